"""A region as its registry file says: places, ways between them and the region's own limits. No database.

A capability that the file does not establish stays unknown, as on the screens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Final

from diversion.journeys.chain import Chain
from diversion.journeys.port import Journey, Mode
from diversion.planning.inbound import inbound_counts
from diversion.planning.options import Place
from diversion.planning.plan import Policy
from diversion.simulate import assumptions
from diversion.simulate.town import Town, build, city_file
from hospitals import gates
from hospitals.geo import Located
from hospitals.policies import policy_of
from hospitals.registry import load, parse, shipped
from hospitals.registry.entities import Site

#: Any day would do: without a region's own factors a journey takes as long at every hour.
MIDNIGHT: Final = datetime(2026, 1, 1, tzinfo=UTC)
ALL_OPEN: Final = gates.effective(())
_JOURNEYS: Final = Chain()


@dataclass(frozen=True)
class Region:
    """``places`` as they are with every gate open and nobody on the way; ``networks`` by site, None where unknown."""

    code: str
    town: Town
    places: tuple[Place, ...]
    networks: Mapping[str, str | None]
    capabilities: frozenset[str]
    policy: Policy
    crew_overdue_s: int
    scale: float

    def ways(self, origin: Located, at: float, mode: Mode) -> tuple[Journey, ...]:
        """The journey to each place, in their order, ``at`` seconds after midnight."""
        return _JOURNEYS.eta_matrix([origin], self.places, MIDNIGHT + timedelta(seconds=at), mode)[0]

    def column(self, site_id: str) -> int:
        """Where a site stands among the places, and its journey among the journeys."""
        return self._columns[site_id]

    def way(self, ways: Sequence[Journey], site_id: str) -> Journey:
        return ways[self._columns[site_id]]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {place.site_id: number for number, place in enumerate(self.places)}

    def as_it_is(
        self, effective: Mapping[str, gates.Effective], bound: Sequence[tuple[str, str | None]]
    ) -> tuple[Place, ...]:
        """The places with these gates in force, and with the patients who are bound there."""
        inbound = inbound_counts(bound)
        return tuple(
            replace(_gated(place, effective.get(place.site_id, ALL_OPEN)), inbound=inbound[place.site_id])
            for place in self.places
        )


@cache
def region(code: str) -> Region:
    """A shipped region. Raises FileNotFoundError naming those there are."""
    registry = parse(load(shipped(code)))
    networks = {one.id: one.network for one in registry.hospitals}
    known = frozenset(one.code for one in registry.region.capabilities)
    numbers = policy_of(dict(registry.region.policy))
    return Region(
        code=code,
        town=build(code, [(site.position.lon, site.position.lat) for site in registry.sites]),
        places=tuple(_place(site) for site in sorted(registry.sites, key=lambda site: site.id)),
        networks={site.id: networks[site.hospital] for site in registry.sites},
        capabilities=known,
        policy=Policy.of(numbers),
        crew_overdue_s=numbers["crew_overdue_s"],
        # The volumes are those of Brussels; elsewhere as many as the simulated city's smaller fleet belongs to.
        scale=1.0 if city_file(code) else assumptions.SMALL_FLEET / assumptions.FLEET,
    )


def _place(site: Site) -> Place:
    return Place(
        site_id=site.id,
        destination=site.destination,
        gate_ambulances=ALL_OPEN.gates[gates.AMBULANCES],
        gate_smur_destination=ALL_OPEN.gates[gates.SMUR_DESTINATION],
        closed_capabilities=frozenset(),
        capabilities={claim.code: claim.value for claim in site.capabilities},
        inbound=0,
        lat=site.position.lat,
        lon=site.position.lon,
    )


def _gated(place: Place, now: gates.Effective) -> Place:
    return replace(
        place,
        gate_ambulances=now.gates[gates.AMBULANCES],
        gate_smur_destination=now.gates[gates.SMUR_DESTINATION],
        closed_capabilities=frozenset(now.closed_capabilities),
    )
