"""Audiences: groups of readers who see exactly the same bytes. Each change says who may see it; silence means no.

A scope is ``None`` (everybody who reads the region) or a list of site ids: dispatch always sees it, a site's
audience only when the site is listed. An empty list is for dispatch alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from diversion import access
from diversion.access import Standing
from diversion.actors import Actor
from diversion.errors import Denied, Invalid
from diversion.models import ApiToken
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

    @property
    def kind(self) -> str:
        """Of which sort it is, without saying whose."""
        return "dispatch" if self.sites is None else "sites"

    def sees(self, scope: Scope) -> bool:
        return self.sites is None or scope is None or not self.sites.isdisjoint(scope)


def audience_of(actor: Actor, region_id: str, wish: str | None = None) -> Audience:
    """The audience an actor belongs to, narrowed to ``wish`` (``sites:a,b``) if asked. Raises Denied, Invalid."""
    return audience_within(access.standing(actor), region_id, wish)


def audience_within(standing: Standing, region_id: str, wish: str | None = None) -> Audience:
    """The same for somebody whose standing is known: asks the database nothing unless part of a region is wished."""
    widest = _widest(standing, region_id)
    if not wish or wish == widest.name:
        return widest
    if wish == "dispatch":
        raise Denied("feed.read", needs="a role or a token for the whole region, to read as dispatch")
    sites = frozenset(wish.removeprefix("sites:").split(",")) if wish.startswith("sites:") else frozenset()
    if not sites or "" in sites:
        raise Invalid("unknown_audience", "audience must be 'dispatch' or 'sites:ID,ID'.", field="audience")
    if widest.sites is None:
        _check_known(sites, region_id)
    elif not sites <= widest.sites:
        raise Denied("feed.read", needs="a role at every site named")
    return Audience(region_id, sites)


def _check_known(sites: frozenset[str], region_id: str) -> None:
    """An empty picture would look like a quiet night; a misspelt site must not look like one."""
    unknown = sites - set(Site.objects.filter(region_id=region_id).values_list("pk", flat=True))
    if unknown:
        named = ", ".join(repr(site) for site in sorted(unknown))
        raise Invalid("unknown_site", f"{named}: no such site in this region.", field="audience")


def _widest(standing: Standing, region_id: str) -> Audience:
    if standing.token is not None:
        return _of_token(standing.token, region_id)
    held = [one for one in standing.memberships if one.region_id == region_id]
    if any(one.role in access.READERS for one in held):
        return Audience(region_id)
    sites = frozenset(one.site_id for one in held if one.site_id)
    if not sites:
        raise Denied("feed.read", needs="a role in this region, or a token of it with feed:read")
    return Audience(region_id, sites)


def _of_token(token: ApiToken, region_id: str) -> Audience:
    if "feed:read" not in token.scopes or token.region_id != region_id:
        raise Denied("feed.read", needs="a token of this region with feed:read")
    return Audience(region_id, frozenset({token.site_id}) if token.site_id else None)
