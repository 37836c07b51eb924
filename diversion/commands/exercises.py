"""Exercises: the real region's places and people copied into a region of their own, told in both streams or in neither.

From then on nothing joins the two: each has its own log, rows, tokens and audiences. A closed exercise is written to
no more (``diversion.log``), but can be read and replayed by those who inspect.
"""

from __future__ import annotations

from django.db import transaction

from diversion import access, doorbell
from diversion.actors import Actor
from diversion.commands.registry import copy_registry, current
from diversion.commands.rows import region, take, take_all
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import ApiToken, Membership
from hospitals.exercises import id_prefix, rehearsed
from hospitals.models import Region

#: Who may still look at an exercise that has ended: reading is all they ever could.
STAYING = ("inspector",)


def open_exercise(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """Begin an exercise of a real region. The answer's fact names it.

    Raises Conflict("exercise_open") while one runs, Invalid("not_a_real_region") for an exercise of an exercise,
    Conflict("no_registry") for a region that was never imported.
    """
    with change(region_id, actor=actor, key=key) as log:
        # The real region's row is locked first: two that open at once follow each other.
        real = take(Region.objects.all(), region_id, "region")
        log.role = access.require(actor, "exercise.change", real)
        there = _begin(log, real)
        people = _cast(log.elsewhere(there.pk), real, there)
        fact = {"exercise": there.pk, "of": real.pk, "people": people}
        log.elsewhere(there.pk).add(EventKind.EXERCISE_OPENED, fact=fact)
        log.add(EventKind.EXERCISE_OPENED, real, fact=fact)
    return log.answer()


def close_exercise(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """End an exercise for good: its machines and people are shut out of it, and nothing is written to it any more.

    ``region_id`` is the exercise's. It is for those who may open one in the real region; its answer is that
    region's event. Raises Conflict("wrong_state"), Invalid("not_an_exercise").
    """
    real_id = region(region_id).exercise_of_id
    if real_id is None:
        raise Invalid("not_an_exercise", f"{region_id} is a real region: it cannot be closed.", field="region")
    with change(real_id, actor=actor, key=key) as log:
        rows = {one.pk: one for one in take_all(Region.objects.filter(pk__in=(real_id, region_id)))}
        real, there = rows[real_id], rows[region_id]
        log.role = access.require(actor, "exercise.change", real)
        if there.closed_at is not None:
            raise Conflict("wrong_state", f"{region_id} has ended already.", row=there)
        fact = {"exercise": there.pk, "of": real.pk, **_dismiss(there)}
        there.closed_at = log.now
        # The real region's picture no longer names it, so its row follows the one that has ended.
        log.elsewhere(there.pk).add(EventKind.EXERCISE_CLOSED, there, fact=fact)
        log.add(EventKind.EXERCISE_CLOSED, real, fact=fact)
        transaction.on_commit(doorbell.ring_access, robust=True)
    return log.answer()


def _begin(log: Log, real: Region) -> Region:
    if real.is_exercise:
        raise Invalid("not_a_real_region", f"{real.pk} is an exercise itself; open one of {real.exercise_of_id}.")
    running = real.exercises.open().first()
    if running is not None:
        raise Conflict("exercise_open", f"{running.pk} is running: close it first.", row=running)
    registry = current(real)
    if registry is None:
        raise Conflict("no_registry", f"{real.pk} has no registry that could be copied: import it first.")
    copy = rehearsed(registry, real.exercises.count() + 1)
    return copy_registry(log.elsewhere(copy.region.id), real, copy)


def _cast(log: Log, real: Region, there: Region) -> int:
    """Give whoever holds a role in the real region the same one here; how many roles."""
    prefix = id_prefix(there.pk)
    held = real.memberships.order_by("pk").values_list("user_id", "role", "site_id")
    roles = [(user, role, prefix + site if site else None) for user, role, site in held]
    Membership.objects.bulk_create(
        Membership(user_id=user, role=role, region=there, site_id=site) for user, role, site in roles
    )
    for user, role, site in roles:
        log.add(EventKind.MEMBER_CHANGED, fact={"user": user, "granted": role, "site": site})
    return len(roles)


def _dismiss(there: Region) -> dict[str, int]:
    """End the exercise's roles and tokens; how many of each."""
    roles, _ = Membership.objects.filter(region=there).exclude(role__in=STAYING).delete()
    tokens = ApiToken.objects.filter(region=there, active=True).update(active=False)
    return {"roles_ended": roles, "tokens_ended": tokens}
