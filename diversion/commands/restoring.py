"""A restored database is told in its own log: to when it goes back, and what was recorded after that and is gone.

PostgreSQL counts a new timeline whenever a database is restored to a moment or a standby takes over, and a database
made anew has another identity. Each stream remembers under which of these it was last written; the clock finds the
difference in its first turn, before it does anything else, so that nobody has to remember to tell.

Receipts of commands are in the same database as what they did: a key whose doing is gone has lost its receipt as well,
so that a retry is carried out, never answered as done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from diversion import access, moment
from diversion.actors import Actor
from diversion.commands.rows import take
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import ClockBeat, Event, Stream
from diversion.verification import Anchor
from diversion.wire.cursor import Cursor
from diversion.wire.positions import instant
from hospitals.models import Region

LINEAGE: Final = """SELECT (SELECT system_identifier FROM pg_control_system())
    || '.' || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"""


def restored_streams() -> list[str]:
    """Streams last written by a database with another past. New ones are given their own; what ended is not told."""
    here = lineage()
    others = Stream.objects.exclude(lineage=here)
    others.filter(Q(lineage=None) | Q(region__closed_at__isnull=False)).update(lineage=here)
    return list(others.order_by("pk").values_list("pk", flat=True))


def lineage() -> str:
    """Which database this is, and on which of its timelines."""
    with connection.cursor() as cursor:
        cursor.execute(LINEAGE)
        return str(cursor.fetchone()[0])


def tell_restored(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """Tell a region that its log goes back to an earlier moment; nothing if that has been told."""
    with change(region_id, actor=actor, key=key) as log:
        region = take(Region.objects.all(), region_id, "region")
        log.role = access.require(actor, "log.restore", region)
        stream = Stream.objects.get(pk=region_id)
        here = lineage()
        if stream.lineage != here:
            # A column of its own, so that nothing of the head, which others count on meanwhile, is written with it.
            Stream.objects.filter(pk=region_id).update(lineage=here)
            until = _until(region_id)
            fact = {"region": region_id, "after": _number_at(region_id, until)}
            log.add(EventKind.LOG_RESTORED, region, fact={**fact, "until": until and instant(until)})
    return log.answer()


def tell_lost(*, actor: Actor, key: CommandKey, region_id: str, seen: Cursor | Anchor) -> Recorded:
    """Tell a region what is known to be gone: up to the number that somebody had read, or that an anchor names.

    Nothing is recorded if that is still there.
    """
    with change(region_id, actor=actor, key=key) as log:
        region = take(Region.objects.all(), region_id, "region")
        log.role = access.require(actor, "log.restore", region)
        if seen.seq > 0 and not _is_kept(region_id, seen):
            told = _told(region_id)
            after = told.fact["after"] if told else Stream.objects.get(pk=region_id).head
            until = told.fact["until"] if told else None
            fact = {"region": region_id, "after": after, "until": until, "lost_to": seen.seq}
            log.add(EventKind.LOG_RESTORED, region, fact=fact)
    return log.answer()


def _is_kept(region_id: str, seen: Cursor | Anchor) -> bool:
    """Whether the very event is there under its number: known by its identity, or by its place in the chain."""
    there = Event.objects.filter(region_id=region_id, seq=seen.seq)
    if isinstance(seen, Anchor):
        return there.filter(hash=seen.hash).exists()
    return seen.event is not None and there.filter(pk=seen.event).exists()


def _told(region_id: str) -> Event | None:
    return Event.objects.filter(region_id=region_id, kind=EventKind.LOG_RESTORED).order_by("-seq").first()


def _until(region_id: str) -> datetime | None:
    """To when the database goes back: to the last that was brought back into it, or the clock's last beat before.

    PostgreSQL forgets the former when it is started again; the clock wrote once a second, so that what was kept of the
    second after its last beat would be told as lost.
    """
    known = [one for one in (_brought_back(), _last_beat()) if one is not None]
    if known:
        return max(known)
    return Event.objects.filter(region_id=region_id).order_by("-seq").values_list("at", flat=True).first()


def _last_beat() -> datetime | None:
    return ClockBeat.objects.filter(name="clock").values_list("at", flat=True).first()


def _brought_back() -> datetime | None:
    """The last commit that this server took from elsewhere before it wrote itself; None if it took none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_last_xact_replay_timestamp()")
        found: datetime | None = cursor.fetchone()[0]
    return found


def _number_at(region_id: str, until: datetime | None) -> int:
    """The last number that was recorded by then: web processes may have written more since.

    A process's idea of the database's time may be a little ahead: what it recorded then is still of the past. Nobody
    has recorded anything so soon after a restore, which takes longer.
    """
    events = Event.objects.filter(region_id=region_id)
    past = events if until is None else events.filter(at__lte=until + timedelta(seconds=moment.NEGLIGIBLE))
    return past.order_by("-seq").values_list("seq", flat=True).first() or 0
