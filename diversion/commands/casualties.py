"""Many casualties at one place: dispatch says how many, every hospital asked says what it can take, silence is named.

An offer counts once given and stands until the site changes it; what it has been sent since is counted, not deducted
by hand. Who is driven where is decided vehicle by vehicle, as everywhere: ``diversion.commands.transports``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from diversion import access
from diversion.actors import Actor
from diversion.commands.asking import as_said, deadline, fallen_due, site_that_answers, sites_to_ask
from diversion.commands.escalation import tell_capacity_asked
from diversion.commands.intake import check_needs
from diversion.commands.rows import fresh, region, region_of, take
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import MassCasualty
from diversion.models.transports import URGENCIES
from hospitals.models import Region

#: The sites that are asked unless others are named: those that receive whoever an ambulance brings.
ASKED: Final = ("general", "belt", "paediatric_only")
#: A number beyond this is a slip of the keyboard: the largest incidents on Belgian record had some hundreds.
MOST: Final = 2000

Counts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where it is and what is reported there: how many of each urgency (None: not established), and what they need."""

    place: str
    lat: float
    lon: float
    counts: Counts
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)


def open_mass_casualty(
    *,
    actor: Actor,
    key: CommandKey,
    region_id: str,
    scene: Scene,
    sites: Sequence[str] | None = None,
    minutes: int | None = None,
) -> Recorded:
    """Say that there are many casualties at one place, and ask the hospitals what they can take, in one action."""
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "mass_casualty.change", here)
        if not scene.place.strip():
            raise Invalid("blank", "Say where it is, as the radio does.", field="place")
        casualty = MassCasualty(
            region=here,
            place=scene.place.strip(),
            lat=scene.lat,
            lon=scene.lon,
            counts=_counted(scene.counts),
            needs=_needed(scene.needs, here),
            counted_at=log.now,
            sites=_asked(here, sites),
            asked_at=log.now,
            deadline_at=deadline(log, here, minutes, rule="offer_minutes"),
            opened_at=log.now,
            opened_by=log.author(),
        )
        _record(log, EventKind.MASS_CASUALTY_OPENED, casualty, counts=casualty.counts)
        tell_capacity_asked(log, casualty)
    return log.answer()


def count_casualties(
    *,
    actor: Actor,
    key: CommandKey,
    mass_casualty_id: UUID,
    counts: Counts,
    needs: Mapping[str, Sequence[str]] | None = None,
    version: int | None = None,
) -> Recorded:
    """A new report from the place: how many there are in all, those already taken away included."""
    with change(_region(mass_casualty_id), actor=actor, key=key) as log:
        casualty = _take(log, mass_casualty_id, "mass_casualty.change")
        fresh(casualty, version)
        casualty.counts, casualty.counted_at = _counted(counts), log.now
        if needs is not None:
            casualty.needs = _needed(needs, casualty.region)
        _record(log, EventKind.MASS_CASUALTY_COUNTED, casualty, counts=casualty.counts)
    return log.answer()


def ask_capacity(
    *,
    actor: Actor,
    key: CommandKey,
    mass_casualty_id: UUID,
    sites: Sequence[str] | None = None,
    minutes: int | None = None,
) -> Recorded:
    """Ask again, or others too: a new deadline. Offers already given stand until the site changes them."""
    with change(_region(mass_casualty_id), actor=actor, key=key) as log:
        casualty = _take(log, mass_casualty_id, "mass_casualty.change")
        casualty.sites = sorted({*casualty.sites, *_asked(casualty.region, sites)})
        casualty.asked_at, casualty.overdue_at = log.now, None
        casualty.deadline_at = deadline(log, casualty.region, minutes, rule="offer_minutes")
        _record(log, EventKind.CAPACITY_ASKED, casualty, missing=casualty.missing())
        tell_capacity_asked(log, casualty)
    return log.answer()


def offer_capacity(
    *,
    actor: Actor,
    key: CommandKey,
    mass_casualty_id: UUID,
    site_id: str,
    numbers: Mapping[str, int],
    comment: str = "",
    called_by: str | None = None,
) -> Recorded:
    """What one site can take of them in all; a later offer replaces it. ``called_by`` says who told dispatch so."""
    if set(numbers) != set(URGENCIES):
        raise Invalid("incomplete", f"Say a number for each of {', '.join(URGENCIES)}; 0 is one.", field="numbers")
    with change(_region(mass_casualty_id), actor=actor, key=key) as log:
        casualty = take(MassCasualty.objects.all(), mass_casualty_id, "mass_casualty")
        site = site_that_answers(casualty, site_id)
        log.role = access.require(actor, "capacity.offer", site)
        _refuse_ended(casualty)
        said = as_said(log, _counted(numbers), comment=comment, called_by=called_by)
        casualty.offers = {**casualty.offers, site_id: said}
        _record(log, EventKind.CAPACITY_OFFERED, casualty, site=site_id, offer={u: numbers[u] for u in URGENCIES})
    return log.answer()


def end_mass_casualty(*, actor: Actor, key: CommandKey, mass_casualty_id: UUID) -> Recorded:
    """Nobody is left at the place. Vehicles still under way go on; what was offered stays in the log."""
    with change(_region(mass_casualty_id), actor=actor, key=key) as log:
        casualty = _take(log, mass_casualty_id, "mass_casualty.change")
        casualty.ended_at = log.now
        _record(log, EventKind.MASS_CASUALTY_ENDED, casualty)
    return log.answer()


def tell_missing_offers(*, actor: Actor, key: CommandKey, mass_casualty_id: UUID) -> Recorded:
    """The deadline has passed: who has not said what they can take is told, once for each time they were asked."""
    with change(_region(mass_casualty_id), actor=actor, key=key) as log:
        casualty = _take(log, mass_casualty_id, "capacity.fall_due")
        if casualty.overdue_at is None and casualty.missing():
            casualty.overdue_at = log.now
            _record(log, EventKind.CAPACITY_OVERDUE, casualty, missing=casualty.missing())
    return log.answer()


def overdue_offers() -> list[UUID]:
    """Open ones past their deadline of which nobody has been told who is missing."""
    return fallen_due(MassCasualty.objects.open())


def check_open(region_id: str, mass_casualty_id: UUID) -> None:
    """Refuse a patient taken from where none is open. Raises Invalid, Conflict.

    Read, not locked: one that is ended in the same moment has one more under way, as it may have anyhow.
    """
    casualty = MassCasualty.objects.filter(pk=mass_casualty_id, region_id=region_id).first()
    if casualty is None:
        raise Invalid("unknown_mass_casualty", "There is no such place in this region.", field="mass_casualty")
    _refuse_ended(casualty)


def _counted(counts: Counts) -> dict[str, int | None]:
    unknown = sorted(set(counts) - set(URGENCIES))
    if unknown:
        raise Invalid("unknown_urgency", f"{unknown[0]!r}: send among {', '.join(URGENCIES)}.", field="counts")
    for urgency, number in counts.items():
        if number is not None and not 0 <= number <= MOST:
            raise Invalid("out_of_range", f"{urgency} must be from 0 to {MOST}, or null.", field="counts")
    return {urgency: counts.get(urgency) for urgency in URGENCIES}


def _needed(needs: Mapping[str, Sequence[str]], here: Region) -> dict[str, list[str]]:
    unknown = sorted(set(needs) - set(URGENCIES))
    if unknown:
        raise Invalid("unknown_urgency", f"{unknown[0]!r}: send among {', '.join(URGENCIES)}.", field="needs")
    for wanted in needs.values():
        check_needs(wanted, here)
    return {urgency: list(needs.get(urgency, ())) for urgency in URGENCIES}


def _asked(here: Region, sites: Sequence[str] | None) -> list[str]:
    receiving = here.sites.filter(destination__in=ASKED).values_list("pk", flat=True)
    return sites_to_ask(here, sites, otherwise=receiving)


def _region(mass_casualty_id: UUID) -> str:
    return region_of(MassCasualty, mass_casualty_id, "mass_casualty")


def _take(log: Log, mass_casualty_id: UUID, action: str) -> MassCasualty:
    casualty = take(MassCasualty.objects.select_related("region"), mass_casualty_id, "mass_casualty")
    log.role = access.require(log.actor, action, casualty)
    _refuse_ended(casualty)
    return casualty


def _refuse_ended(casualty: MassCasualty) -> None:
    if casualty.ended_at is not None:
        raise Conflict("wrong_state", "This has been ended.", row=casualty)


def _record(log: Log, kind: EventKind, casualty: MassCasualty, **fact: object) -> None:
    log.add(kind, casualty, fact={"mass_casualty": str(casualty.pk), "place": casualty.place, **fact})
