"""Audiences: groups of readers who see exactly the same bytes. Each change says who may see it; silence means no.

A scope is ``None`` (everybody who reads the region) or a list of site ids: dispatch always sees it, a site's
audience only when the site is listed. An empty list is for dispatch alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from diversion import access
from diversion.actors import Actor
from diversion.errors import Denied, Invalid
from hospitals.models import Site

Scope = list[str] | None


@dataclass(frozen=True, slots=True)
class Audience:
    """``sites`` is ``None`` for dispatch, else the sites whose staff this is."""

    region_id: str
    sites: frozenset[str] | None = None

    @property
    def name(self) -> str:
        return "dispatch" if self.sites is None else "sites:" + ",".join(sorted(self.sites))

    def sees(self, scope: Scope) -> bool:
        return self.sites is None or scope is None or not self.sites.isdisjoint(scope)


def audience_of(actor: Actor, region_id: str, wish: str | None = None) -> Audience:
    """The audience an actor belongs to, narrowed to ``wish`` (``sites:a,b``) if asked. Raises Denied, Invalid."""
    widest = _widest(actor, region_id)
    if not wish or wish == widest.name:
        return widest
    if wish == "dispatch":
        raise Denied("feed.read", needs="a role or a token for the whole region, to read as dispatch")
    sites = frozenset(wish.removeprefix("sites:").split(",")) if wish.startswith("sites:") else frozenset()
    if not sites or "" in sites:
        raise Invalid("unknown_audience", "audience must be 'dispatch' or 'sites:ID,ID'.", field="audience")
    if widest.sites is not None and not sites <= widest.sites:
        raise Denied("feed.read", needs="a role at every site named")
    _check_known(sites, region_id)
    return Audience(region_id, sites)


def _check_known(sites: frozenset[str], region_id: str) -> None:
    """An empty picture would look like a quiet night; a misspelt site must not look like one."""
    unknown = sites - set(Site.objects.filter(region_id=region_id).values_list("pk", flat=True))
    if unknown:
        named = ", ".join(repr(site) for site in sorted(unknown))
        raise Invalid("unknown_site", f"{named}: no such site in this region.", field="audience")


def _widest(actor: Actor, region_id: str) -> Audience:
    if actor.kind == "token":
        return _of_token(actor, region_id)
    held = [one for one in access.memberships(actor) if one.region_id == region_id]
    if any(one.role in access.READERS for one in held):
        return Audience(region_id)
    sites = frozenset(one.site_id for one in held if one.site_id)
    if not sites:
        raise Denied("feed.read", needs="a role in this region")
    return Audience(region_id, sites)


def _of_token(actor: Actor, region_id: str) -> Audience:
    token = access.live_token(actor)
    if token is None or "feed:read" not in token.scopes or token.region_id != region_id:
        raise Denied("feed.read", needs="a token of this region with feed:read")
    return Audience(region_id, frozenset({token.site_id}) if token.site_id else None)
