"""Importing a registry: the whole file becomes the region's picture in one change, or nothing of it does.

The region's row is locked before anything is compared, so that two imports follow each other: region first, then
the order of ``diversion.log``. A site is never deleted, since the log and past decisions refer to it: a file that
leaves one out is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Manager, Model, Q

from diversion import access
from diversion.actors import Actor
from diversion.commands.rows import take, take_all
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import SitePresence, Stream
from hospitals import registry as entries
from hospitals.exercises import is_exercise, is_place_of_exercise
from hospitals.models import Base, Hospital, Region, Site
from hospitals.registry import Change, Registry, plain, plan
from hospitals.registry.plain import base_of, hospital_of, region_of, site_of


def import_registry(
    *,
    actor: Actor,
    key: CommandKey,
    registry: Registry,
    simulated: bool | None = None,
    agreed: Sequence[Change] | None = None,
) -> Recorded:
    """Make a region what its file says; a file that says nothing new records nothing.

    ``simulated`` marks the region as one where nothing is real (None leaves the mark as it is). ``agreed`` is the
    plan somebody has confirmed. Raises Conflict("stale_plan") if another one would be carried out by now,
    Conflict("cannot_retire"), Conflict("taken_elsewhere"), Invalid("too_long"), Invalid("reserved_id").
    """
    _require_room(registry)
    _require_real(registry)
    with change(registry.region.id, actor=actor, key=key) as log:
        region = _take_region(registry.region)
        log.role = access.require(actor, "registry.import", region)
        changes = plan(current(region), registry)
        if agreed is not None and tuple(agreed) != changes:
            raise Conflict("stale_plan", "The registry has changed since this plan was shown; look at it again.")
        require_possible(registry.region.id, changes)
        _apply(_Import(log, region, changes), registry, simulated)
    return log.answer()


def planned(registry: Registry) -> tuple[Change, ...]:
    """What importing this file now would do; nothing is written. Raises Invalid("too_long"), Invalid("reserved_id")."""
    _require_room(registry)
    _require_real(registry)
    return plan(current(Region.objects.filter(pk=registry.region.id).first()), registry)


def copy_registry(log: Log, origin: Region, registry: Registry) -> Region:
    """Write the places of an exercise into a region of its own; part of the change that opens it."""
    _require_room(registry)
    region = Region.objects.create(
        pk=registry.region.id,
        exercise_of=origin,
        simulated=origin.simulated,
        # The same streets: a rehearsed choice rests on the same minutes.
        journey_factors=origin.journey_factors,
        **_region_values(registry.region),
    )
    Stream.objects.create(region=region)
    changes = plan(None, registry)
    require_possible(region.pk, changes)
    _apply(_Import(log, region, changes), registry, None)
    return region


def require_possible(region_id: str, changes: Sequence[Change]) -> None:
    """Refuse a plan that would delete a site or take an identity that another region uses."""
    gone = [one.id for one in changes if (one.action, one.kind) == ("retire", "site")]
    if gone:
        raise Conflict(
            "cannot_retire",
            f"The file leaves out {', '.join(gone)}, and the log refers to every site for good. Keep the site in the "
            "file; if its emergency department has closed, write ed_level none and destination specialty_only.",
            sites=gone,
        )
    for kind, rows in (("hospital", Hospital.objects), ("site", Site.objects), ("base", Base.objects)):
        new = [one.id for one in changes if (one.action, one.kind) == ("add", kind)]
        for pk, owner in rows.filter(pk__in=new).order_by("pk").values_list("pk", "region_id"):
            detail = f"{kind} {pk} already belongs to region {owner}; in {region_id} it needs an id of its own."
            raise Conflict("taken_elsewhere", detail)


# ---------------------------------------------------------------- what is there


def _take_region(wanted: entries.Region) -> Region:
    """The region's row, locked; one that is new is inserted first, so that two first imports queue, not collide."""
    new = Region(pk=wanted.id, **_region_values(wanted))
    Region.objects.bulk_create([new], ignore_conflicts=True)
    region = take(Region.objects.all(), wanted.id, "region")
    Stream.objects.get_or_create(region=region)
    return region


def current(region: Region | None) -> Registry | None:
    """The registry the rows were made from; None for a region of which nothing has been recorded yet."""
    if region is None or region.version == 0:
        return None
    return Registry(
        region=region_of(region.registry),
        hospitals=tuple(hospital_of(row.registry) for row in region.hospitals.order_by("pk")),
        sites=tuple(site_of(row.registry) for row in region.sites.order_by("pk")),
        bases=tuple(base_of(row.registry) for row in region.bases.order_by("pk")),
        # Kept in the log with each import; plans do not compare it.
        attribution="",
    )


# ---------------------------------------------------------------- what is to be done


@dataclass(frozen=True, slots=True)
class _Import:
    """One plan on its way into the rows."""

    log: Log
    region: Region
    changes: tuple[Change, ...]

    def of(self, kind: str, *actions: str) -> dict[str, Change]:
        """The changes of one kind of entry by id, in the order of the plan."""
        return {one.id: one for one in self.changes if one.kind == kind and one.action in actions}


def _apply(work: _Import, registry: Registry, simulated: bool | None) -> None:
    marks = simulated is not None and simulated != work.region.simulated
    if not work.changes and not marks:
        return
    fact = {**_counts(work.changes), "attribution": registry.attribution}
    work.log.add(EventKind.REGISTRY_IMPORTED, fact=fact)
    if marks:
        work.region.simulated = bool(simulated)
    _write_region(work, marks)
    # A site's representation names its hospital: hospitals come first.
    _write_unlogged(work, "hospital", Hospital.objects)
    _write_known_sites(work)
    _write_new_sites(work)
    _write_unlogged(work, "base", Base.objects)
    Base.objects.filter(pk__in=[*work.of("base", "retire")]).delete()
    # Only now has the last site left a hospital that is gone.
    Hospital.objects.filter(pk__in=[*work.of("hospital", "retire")]).delete()


def _counts(changes: Sequence[Change]) -> dict[str, dict[str, int]]:
    """{action: {kind: number}} of what the plan holds."""
    actions = dict.fromkeys(one.action for one in changes)
    return {action: dict(Counter(one.kind for one in changes if one.action == action)) for action in actions}


def _write_region(work: _Import, marks: bool) -> None:
    wanted = work.of("region", "add", "change").get(work.region.pk)
    if wanted is None and not marks:
        return
    if wanted is not None:
        _fill(work.region, _values(wanted.wanted))
    fields = [*_paths(wanted), *(["simulated"] if marks else [])]
    work.log.add(EventKind.REGION_CHANGED, work.region, fact={"region": work.region.pk, "fields": fields})


def _write_unlogged(work: _Import, kind: str, rows: Manager[Hospital] | Manager[Base]) -> None:
    """Hospitals and bases have no representation of their own: what of them is seen is seen on sites."""
    for pk, one in work.of(kind, "add", "change").items():
        rows.update_or_create(pk=pk, defaults={**_values(one.wanted), "region": work.region})


def _write_known_sites(work: _Import) -> None:
    """Sites that changed, and those of hospitals that did: a hospital's new name is news of each of its sites."""
    own, hospitals = work.of("site", "change"), work.of("hospital", "change")
    touched = Q(pk__in=[*own]) | Q(hospital__in=[*hospitals])
    for site in take_all(work.region.sites.select_related("hospital").filter(touched)):
        hospital = hospitals.get(site.hospital_id)
        if site.pk in own:
            _fill(site, _values(own[site.pk].wanted))
        fields = [*_paths(own.get(site.pk)), *(f"hospital.{path}" for path in _paths(hospital))]
        work.log.add(EventKind.SITE_CHANGED, site, fact={"site": site.pk, "fields": fields})


def _write_new_sites(work: _Import) -> None:
    """A site and its presence arrive together: until a screen is heard of, dispatch must read *never*."""
    for pk, one in work.of("site", "add").items():
        site = Site(pk=pk, region=work.region, **_values(one.wanted))
        presence = SitePresence(site=site, region=work.region)
        work.log.add(EventKind.SITE_ADDED, site, presence, fact={"site": pk})


def _paths(one: Change | None) -> list[str]:
    """What changed, as paths; of an entry that is new every path is new and none is worth telling."""
    return [] if one is None or one.action == "add" else [field.path for field in one.fields]


def _fill(row: Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


# ---------------------------------------------------------------- entries as columns


def _values(entity: object) -> dict[str, Any]:
    return _VALUES[type(entity)](entity)


def _region_values(one: entries.Region) -> dict[str, Any]:
    said = plain(one)
    same = ("name", "timezone", "dispatch_phone", "boundary", "vehicle_statuses", "capabilities", "policy")
    return {**{name: said[name] for name in same}, "registry": said}


def _hospital_values(one: entries.Hospital) -> dict[str, Any]:
    return {"name": plain(one.name), "network": one.network, "registry": plain(one)}


def _base_values(one: entries.Base) -> dict[str, Any]:
    return {"registry": plain(one)}


def _site_values(one: entries.Site) -> dict[str, Any]:
    said = plain(one)
    return {
        **{name: said[name] for name in _SITE_SAME},
        "hospital_id": one.hospital,
        "lat": one.position.lat,
        "lon": one.position.lon,
        "position_precision": one.position.precision,
        "position_confidence": one.position.confidence,
        # Null stays null: an unknown number of beds is not none.
        "beds": None if one.beds is None else one.beds.count,
        "registry": said,
    }


_SITE_SAME: Final = (
    "name", "short", "zone", "address", "phone", "phone_ed", "ed_level", "destination", "smur_base",
    "capabilities", "confidence", "sources", "notes",
)  # fmt: skip
_VALUES: Final[Mapping[type, Callable[[Any], dict[str, Any]]]] = {
    entries.Region: _region_values,
    entries.Hospital: _hospital_values,
    entries.Site: _site_values,
    entries.Base: _base_values,
}
_MODELS: Final[Mapping[str, type[Model]]] = {"region": Region, "hospital": Hospital, "site": Site, "base": Base}

#: The greatest whole number of a PostgreSQL integer column.
_GREATEST: Final = 2**31 - 1


def _require_room(registry: Registry) -> None:
    """Refuse values that do not fit their columns, all at once, before the database refuses the first of them."""
    problems = [
        f"{kind} {entity.id}: {name}: {fault}"
        for kind, entity in registry.entities()
        for name, value in {"id": entity.id, **_values(entity)}.items()
        if (fault := _fault(getattr(_MODELS[kind], name).field.max_length, value)) is not None
    ]
    if problems:
        raise Invalid("too_long", "\n".join(problems))


def _require_real(registry: Registry) -> None:
    """Refuse ids by which an exercise is told: a file would bring real telephone numbers and names into one."""
    reserved = [
        entity.id for kind, entity in registry.entities() if kind != "region" and is_place_of_exercise(entity.id)
    ]
    if is_exercise(registry.region.id) or reserved:
        named = ", ".join(reserved) or registry.region.id
        raise Invalid("reserved_id", f"{named}: such ids are kept for exercises; give it another.", field="id")


def _fault(limit: int | None, value: object) -> str | None:
    if isinstance(value, str) and limit is not None and len(value) > limit:
        return f"{len(value)} characters; at most {limit} fit"
    if isinstance(value, int) and value > _GREATEST:
        return f"{value} is more than {_GREATEST}"
    return None
