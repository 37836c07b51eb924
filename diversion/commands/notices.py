"""Notices: announcing a patient to an emergency department until a person there has acknowledged it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.commands.rows import region_of, take, take_all, take_sites
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Notice, Transport


def open_notice(transport: Transport, *, site_id: str, now: datetime, redirected_from: str | None = None) -> Notice:
    """A new notice of this transport to this site; the caller records it in its own event."""
    return Notice(
        region_id=transport.region_id,
        site_id=site_id,
        transport=transport,
        redirected_from_id=redirected_from,
        state="sent",
        sent_at=now,
    )


def notices_of(transport: Transport) -> list[Notice]:
    """Every notice of a transport, locked. Each shows the transport and its vehicle: when these change, so do they."""
    found = take_all(Notice.objects.filter(transport=transport))
    for notice in found:
        notice.transport = transport
    return found


def send_notice(*, actor: Actor, key: CommandKey, transport_id: UUID) -> Recorded:
    """Announce a transport that has no open notice yet, such as a planned one."""
    with change(region_of(Transport, transport_id, "transport"), actor=actor, key=key) as log:
        here = Transport.objects.only("destination_id").get(pk=transport_id)
        take_sites([here.destination_id])
        transport = take(Transport.objects.select_related("vehicle"), transport_id, "transport")
        log.role = access.require(actor, "notice.send", transport)
        if transport.state not in states.TRANSPORT_LIVE:
            raise Conflict("wrong_state", f"This transport is {transport.state}.", row=transport)
        if Notice.objects.filter(transport=transport, state__in=states.NOTICE_OPEN).exists():
            raise Conflict("already_announced", "This transport already has an open notice.", row=transport)
        notice = open_notice(transport, site_id=transport.destination_id, now=log.now)
        _record(log, EventKind.NOTICE_SENT, notice)
    return log.answer()


def see_notice(*, actor: Actor, key: CommandKey, notice_id: UUID) -> Recorded:
    """A screen has shown it to somebody. Seen is not acknowledged."""
    with change(_region(notice_id), actor=actor, key=key) as log:
        notice = _take(log, notice_id)
        if notice.seen_at is None and notice.state == "sent":
            notice.state, notice.seen_at = "seen", log.now
            _record(log, EventKind.NOTICE_SEEN, notice)
    return log.answer()


def acknowledge_notice(*, actor: Actor, key: CommandKey, notice_id: UUID) -> Recorded:
    """Somebody takes it on, which ends every alarm about it. A late acknowledgement never reopens an ended one."""
    with change(_region(notice_id), actor=actor, key=key) as log:
        notice = _take(log, notice_id)
        if notice.state != "acknowledged":
            states.require(states.NOTICE, now=notice.state, to="acknowledged", what="This notice", row=notice)
            notice.state, notice.acknowledged_at, notice.acknowledged_by = "acknowledged", log.now, actor.name
            _record(log, EventKind.NOTICE_ACKNOWLEDGED, notice)
    return log.answer()


def raise_concern(*, actor: Actor, key: CommandKey, notice_id: UUID, reason: str) -> Recorded:
    """The department tells dispatch what worries it about this patient coming; dispatch decides."""
    if not reason.strip():
        raise Invalid("reason_required", "A concern needs its reason.", field="reason")
    with change(_region(notice_id), actor=actor, key=key) as log:
        notice = _take(log, notice_id)
        states.require(states.NOTICE, now=notice.state, to="concern", what="This notice", row=notice)
        notice.state, notice.concern = "concern", reason.strip()
        _record(log, EventKind.NOTICE_CONCERN_RAISED, notice, reason=notice.concern)
    return log.answer()


def escalate_notice(*, actor: Actor, key: CommandKey, notice_id: UUID) -> Recorded:
    """Nobody has answered in time: dispatch is told, once."""
    with change(_region(notice_id), actor=actor, key=key) as log:
        notice = _take(log, notice_id, "notice.escalate")
        if notice.escalated_at is None and notice.state in states.NOTICE_UNANSWERED:
            notice.escalated_at = log.now
            _record(log, EventKind.NOTICE_ESCALATED, notice)
    return log.answer()


def _region(notice_id: UUID) -> str:
    return region_of(Notice, notice_id, "notice")


def _take(log: Log, notice_id: UUID, action: str = "notice.answer") -> Notice:
    """Lock the transport, then its notice: whoever ends the transport holds the same lock."""
    transport_id = Notice.objects.values_list("transport_id", flat=True).get(pk=notice_id)
    transport = take(Transport.objects.select_related("vehicle"), transport_id, "transport")
    notice = take(Notice.objects.all(), notice_id, "notice")
    notice.transport = transport
    log.role = access.require(log.actor, action, notice)
    return notice


def _record(log: Log, kind: EventKind, notice: Notice, **more: str) -> None:
    fact = {
        "notice": str(notice.pk),
        "site": notice.site_id,
        "transport": str(notice.transport_id),
        "call_sign": notice.transport.vehicle.call_sign,
        **more,
    }
    log.add(kind, notice, fact=fact)
