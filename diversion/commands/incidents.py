"""One failure at many sites: a hospital group, a network or a shared supplier, declared in one action.

Each site gets an episode of its own, so that each can differ and recover by itself; what they share is named on all.
All are declared or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diversion import access
from diversion.actors import Actor
from diversion.commands import episodes
from diversion.commands.diversions import check_declaration, record_declared
from diversion.commands.rows import region, take_sites
from diversion.commands.saying import Declaration
from diversion.errors import Invalid
from diversion.log import CommandKey, Recorded, change
from diversion.models.diversions import SHARED_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is shared, what is said of all the sites, and where a site differs: {site id: fields said otherwise}."""

    kind: str
    name: str
    sites: Sequence[str]
    declaration: Declaration
    differences: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def at(self, site_id: str) -> Declaration:
        """What is said of one site."""
        return replace(self.declaration, **self.differences.get(site_id, {}))


def declare_incident(*, actor: Actor, key: CommandKey, region_id: str, incident: Incident) -> Recorded:
    """Declare one failure at several sites of a region; whoever declares must be allowed to at every one of them."""
    _check(incident)
    with change(region_id, actor=actor, key=key) as log:
        region(region_id)
        sites = take_sites(incident.sites)
        shared = {"kind": incident.kind, "name": incident.name.strip()}
        begun = []
        for site_id, site in sorted(sites.items()):
            log.role = access.require(actor, "diversion.declare", site)
            _check_here(site.region_id, region_id, site_id)
            said = incident.at(site_id)
            check_declaration(site, said)
            begun.append((site, episodes.opened(log, site, said, shared=shared)))
        for site, diversion in begun:
            # The failure as a whole is called after its first episode.
            diversion.incident = begun[0][1].pk
            record_declared(log, site, diversion)
    return log.answer()


def _check(incident: Incident) -> None:
    if incident.kind not in SHARED_KINDS:
        raise Invalid("unknown_kind", f"kind must be one of {', '.join(SHARED_KINDS)}.", field="kind")
    if not incident.name.strip():
        raise Invalid("name_required", "Say what the sites share, such as the supplier's name.", field="name")
    if len(set(incident.sites)) < 2:
        raise Invalid("too_few_sites", "A shared failure is at two sites or more.", field="sites")
    for site_id in incident.differences:
        if site_id not in incident.sites:
            raise Invalid("unknown_site", f"{site_id} is not among the sites.", field=f"differences.{site_id}")


def _check_here(found: str, region_id: str, site_id: str) -> None:
    if found != region_id:
        raise Invalid("unknown_site", f"{site_id} is not in {region_id}.", field="sites")
