"""What a schema cannot say: identities are unique, references lead somewhere, positions are plausible, and no two
entries contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hospitals import geo
from hospitals.registry.problem import Problem, Steps, path_of
from hospitals.registry.sound import Entry, Sound

#: Precisions at which several sites of one town rightly share a point.
COARSE = ("neighbourhood_approx", "commune_centroid")

#: Metres. Two campuses closer than this are one campus entered twice, or one position copied to another.
SAME_POINT_M = 25.0

#: Emergency departments at which the Belgian decree of 11 July 2003 does not allow a SMUR.
NOT_FOR_SMUR = ("first_reception", "none")


def broken_rules(sound: Sound) -> Iterator[Problem]:
    """Every problem between entries, rule by rule."""
    yield from _repeated_identities(sound)
    yield from _dangling_references(sound)
    yield from _implausible_boundary(sound)
    yield from _outside_boundary(sound)
    yield from _sites_at_one_point(sound)
    yield from _site_contradictions(sound)
    yield from _smur_contradictions(sound)


def _at(steps: Steps, *more: str | int) -> str:
    return path_of((*steps, *more))


def _repeated_identities(sound: Sound) -> Iterator[Problem]:
    yield from _repeated(sound.vehicle_statuses, "code")
    yield from _repeated(sound.capabilities, "code")
    yield from _repeated(sound.hospitals, "id")
    yield from _repeated(sound.sites, "id")
    yield from _repeated(sound.bases, "id")
    yield from _repeated(sound.sites, "fps_site_number")


def _repeated(entries: Iterable[Entry], field: str) -> Iterator[Problem]:
    first: dict[Any, Steps] = {}
    for steps, entry in entries:
        value = entry[field]
        if value is None:
            continue
        if value in first:
            remedy = f"{value!r} already stands at {_at(first[value], field)}; each must be unique"
            yield Problem(_at(steps, field), "duplicate", remedy)
        first.setdefault(value, steps)


def _dangling_references(sound: Sound) -> Iterator[Problem]:
    for steps, site in sound.sites:
        yield from _reference(sound, (*steps, "hospital"), site["hospital"], "hospitals")
        for code in site["capabilities"]:
            yield from _reference(sound, (*steps, "capabilities", code), code, "capabilities")
    for steps, base in sound.bases:
        if base["site"] is not None:
            yield from _reference(sound, (*steps, "site"), base["site"], "sites")


def _reference(sound: Sound, steps: Steps, value: str, collection: str) -> Iterator[Problem]:
    if value not in sound.ids[collection]:
        detail = f"{value!r} is not in {collection}; add it there or correct it"
        yield Problem(path_of(steps), "unknown_reference", detail)


def _implausible_boundary(sound: Sound) -> Iterator[Problem]:
    if sound.region is not None and geo.area_deg2(sound.region["boundary"]) == 0:
        detail = "encloses no area; give at least three corners that are not on one line"
        yield Problem("region.boundary", "empty_boundary", detail)


def _outside_boundary(sound: Sound) -> Iterator[Problem]:
    boundary = None if sound.region is None else sound.region["boundary"]
    # Against a boundary that is itself wrong, every position would be reported.
    if boundary is None or geo.area_deg2(boundary) == 0:
        return
    for steps, entry in (*sound.sites, *sound.bases):
        yield from _outside(boundary, (*steps, "position"), entry["position"])


def _outside(boundary: geo.Ring, steps: Steps, position: Mapping[str, Any]) -> Iterator[Problem]:
    lat, lon = position["lat"], position["lon"]
    if geo.inside(boundary, geo.Point(lat, lon)):
        return
    if geo.inside(boundary, geo.Point(lat=lon, lon=lat)):
        detail = f"{lat} and lon {lon} look exchanged: the other way round they are inside the region"
        yield Problem(_at(steps, "lat"), "outside_region", detail)
        return
    field, value = _stray(boundary, lat, lon)
    remedy = "correct the position, or widen region.boundary"
    yield Problem(_at(steps, field), "outside_region", f"{value} is outside the region's boundary; {remedy}")


def _stray(boundary: geo.Ring, lat: float, lon: float) -> tuple[str, float]:
    """The coordinate to name: longitude when only it leaves the boundary's extent, else latitude."""
    lats = [corner[1] for corner in boundary]
    return ("lon", lon) if min(lats) <= lat <= max(lats) else ("lat", lat)


def _sites_at_one_point(sound: Sound) -> Iterator[Problem]:
    exact = [entry for entry in sound.sites if entry[1]["position"]["precision"] not in COARSE]
    for index, (steps, site) in enumerate(exact):
        for other_steps, other in exact[:index]:
            if geo.distance_m(_point(site), _point(other)) < SAME_POINT_M:
                detail = f"the same point as {_at(other_steps)} ({other['id']}); correct one, or merge the two sites"
                yield Problem(_at(steps, "position"), "same_point", detail)


def _point(entry: Mapping[str, Any]) -> geo.Point:
    return geo.Point(entry["position"]["lat"], entry["position"]["lon"])


def _site_contradictions(sound: Sound) -> Iterator[Problem]:
    for steps, site in sound.sites:
        for field, detail in _contradictions(site):
            yield Problem(_at(steps, field), "contradiction", detail)


def _contradictions(site: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    destination = site["destination"]
    if destination == "paediatric_only" and _denied(site, "paediatric_ed"):
        yield "destination", "paediatric_only, yet capabilities.paediatric_ed is false; correct one of the two"
    if destination in ("general", "belt") and _denied(site, "adult_ed"):
        yield "destination", f"{destination}, yet capabilities.adult_ed is false; correct one of the two"
    if destination in ("general", "belt") and site["ed_level"] == "none":
        yield "destination", f"{destination}, yet ed_level is none; a general destination needs an ED"
    if site["ed_level"] is None and site["ed_level_inferred"]:
        yield "ed_level_inferred", "true, yet ed_level is null; what is not established was not inferred either"


def _denied(site: Mapping[str, Any], code: str) -> bool:
    claim = site["capabilities"].get(code)
    return claim is not None and not claim["value"]


def _smur_contradictions(sound: Sound) -> Iterator[Problem]:
    # Of two sites with one id, itself a problem already, the first is meant.
    sites = {site["id"]: site for _, site in reversed(sound.sites)}
    smurs = [(steps, base) for steps, base in sound.bases if base["kind"] == "smur"]
    for steps, base in smurs:
        if base["active"]:
            yield from _active_smur(steps, base, sites)
    if "bases" in sound.whole:
        yield from _missing_smur(sound, {base["site"] for _, base in smurs})


def _active_smur(steps: Steps, base: Mapping[str, Any], sites: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    if base["site"] is None:
        detail = "an active SMUR base stands at a hospital site; name the site, or set active to false"
        yield Problem(_at(steps, "site"), "contradiction", detail)
        return
    site = sites.get(base["site"])
    if site is None:
        return
    if site["smur_base"] is not True:
        detail = f"an active SMUR base, yet smur_base of site {site['id']} is not true; correct one of the two"
        yield Problem(_at(steps, "active"), "contradiction", detail)
    if site["ed_level"] in NOT_FOR_SMUR and base["legal_clause"] is None:
        detail = f"a SMUR needs a specialised ED, site {site['id']} has {site['ed_level']}; cite a legal_clause if any"
        yield Problem(_at(steps, "site"), "contradiction", detail)


def _missing_smur(sound: Sound, named: set[str | None]) -> Iterator[Problem]:
    for steps, site in sound.sites:
        if site["smur_base"] and site["id"] not in named:
            detail = "true, yet no SMUR base in bases names this site; add the base or correct this"
            yield Problem(_at(steps, "smur_base"), "contradiction", detail)
