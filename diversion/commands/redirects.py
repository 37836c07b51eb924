"""Redirects: sending a transport elsewhere, or deciding that it stays. An order moves nothing until its crew answers.

Ordering marks where the transport should go; the crew's acknowledgement moves it, withdraws the former
department's notice and sends the new one's. Until then both departments' pictures stay true.
"""

from __future__ import annotations

from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.chain import fingerprint
from diversion.commands.intake import admitted, gates_now, reassess
from diversion.commands.notices import notices_of, open_notice
from diversion.commands.rows import fresh, region_of, take, take_all, take_sites
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Basis, Redirect, Transport
from diversion.models.transports import CHANNELS, CREW_PAGE, OBJECTIONS
from diversion.planning.record import answer, as_record, options_as_record
from diversion.situation import arrival_of, foretold, question_for
from hospitals.models import Site, Versioned


def order_redirect(
    *,
    actor: Actor,
    key: CommandKey,
    transport_id: UUID,
    to_site_id: str,
    reason: str = "",
    version: int | None = None,
) -> Recorded:
    """Order a crew to another site.

    A site whose gate excludes the patient needs a reason, and whoever orders it to have proved lately that it is they;
    it is never refused. Keeping a destination takes no proof: without it the vehicle would go on all the same.
    """
    with change(region_of(Transport, transport_id, "transport"), actor=actor, key=key) as log:
        transport, sites = _take(log, transport_id, to_site_id)
        fresh(transport, version)
        _check_move(transport, sites[to_site_id])
        intake = gates_now(to_site_id)
        if not admitted(transport, intake):
            _check_override(actor, to_site_id, reason)
        former = _supersede(log, transport)
        redirect = _decide(log, transport, to_site_id, choice="redirect", state="ordered", reason=reason)
        transport.ordered_destination = sites[to_site_id]
        reassess(transport, intake, log.now)
        log.write(transport)
        log.add(EventKind.REDIRECT_ORDERED, transport, *former, redirect, fact=_decided(redirect))
    return log.answer()


def keep_destination(
    *, actor: Actor, key: CommandKey, transport_id: UUID, reason: str, version: int | None = None
) -> Recorded:
    """Decide that a transport stays where it is going, and why."""
    if not reason.strip():
        raise Invalid("reason_required", "Keeping the destination needs a reason.", field="reason")
    with change(region_of(Transport, transport_id, "transport"), actor=actor, key=key) as log:
        transport, _ = _take(log, transport_id, None)
        fresh(transport, version)
        former = _supersede(log, transport)
        redirect = _decide(log, transport, transport.destination_id, choice="keep", state="acknowledged", reason=reason)
        transport.ordered_destination = None
        reassess(transport, gates_now(transport.destination_id), log.now)
        log.write(transport)
        log.add(EventKind.REDIRECT_KEPT, transport, *former, redirect, fact=_decided(redirect))
    return log.answer()


def acknowledge_redirect(
    *, actor: Actor, key: CommandKey, redirect_id: UUID, channel: str, by: str | None = None
) -> Recorded:
    """The crew has answered: the transport moves, the former notice is withdrawn, the new one sent."""
    if channel not in CHANNELS:
        raise Invalid("unknown_channel", f"channel must be one of {', '.join(CHANNELS)}.", field="channel")
    with change(region_of(Redirect, redirect_id, "redirect"), actor=actor, key=key) as log:
        transport, redirect = _take_order(log, redirect_id, "redirect.acknowledge")
        _check_channel(log.role, channel)
        if redirect.state == "acknowledged":
            return Recorded(log.region_id, log.now)
        states.require(states.REDIRECT, now=redirect.state, to="acknowledged", what="This redirect", row=redirect)
        redirect.state, redirect.acknowledged_at = "acknowledged", log.now
        redirect.acknowledged_by, redirect.channel = by or transport.vehicle.call_sign, channel
        transport.destination_id, transport.ordered_destination = redirect.to_site_id, None
        # The old estimate was for the old place; ours holds until the dispatch system sends its own.
        transport.journey = foretold(transport, redirect.to_site, log.now)
        transport.eta_at = arrival_of(transport.journey)
        reassess(transport, gates_now(transport.destination_id), log.now)
        log.write(transport)
        notices = _move_notices(log, transport, redirect)
        # Both departments read this event; why dispatch decided so stays with the decision, which only dispatch reads.
        fact = {name: value for name, value in _fact(redirect).items() if name != "reason"}
        log.add(EventKind.REDIRECT_ACKNOWLEDGED, transport, redirect, *notices, fact=fact)
    return log.answer()


def object_to_redirect(*, actor: Actor, key: CommandKey, redirect_id: UUID, reason: str, comment: str = "") -> Recorded:
    """The crew says why it cannot follow an order. The order stands until dispatch decides: news, never a veto."""
    if reason not in OBJECTIONS:
        raise Invalid("unknown_reason", f"reason must be one of {', '.join(OBJECTIONS)}.", field="reason")
    if reason == "other" and not comment.strip():
        raise Invalid("reason_required", "Say what it is.", field="comment")
    with change(region_of(Redirect, redirect_id, "redirect"), actor=actor, key=key) as log:
        _, redirect = _take_order(log, redirect_id, "redirect.object")
        if redirect.state != "ordered":
            raise Conflict("wrong_state", f"This redirect is {redirect.state}.", row=redirect, now=redirect.state)
        redirect.objection, redirect.objection_comment, redirect.objected_at = reason, comment.strip(), log.now
        # Why dispatch decided so is no part of what the crew says.
        fact = {**_fact(redirect), "reason": redirect.objection_comment, "objection": reason}
        log.add(EventKind.REDIRECT_OBJECTED, redirect, fact=fact)
    return log.answer()


def cancel_redirect(*, actor: Actor, key: CommandKey, redirect_id: UUID) -> Recorded:
    """Take an order back before its crew has answered; afterwards only a new redirect helps."""
    with change(region_of(Redirect, redirect_id, "redirect"), actor=actor, key=key) as log:
        transport, redirect = _take_order(log, redirect_id, "redirect.order")
        if redirect.state != "ordered":
            raise Conflict("wrong_state", f"This redirect is {redirect.state}.", row=redirect, now=redirect.state)
        redirect.state, transport.ordered_destination = "cancelled", None
        reassess(transport, gates_now(transport.destination_id), log.now)
        log.write(transport)
        log.add(EventKind.REDIRECT_CANCELLED, transport, redirect, fact=_fact(redirect))
    return log.answer()


def _check_channel(role: str | None, channel: str) -> None:
    """What a crew says itself is told apart from what others report of it."""
    if (role == "crew") != (channel == CREW_PAGE):
        raise Invalid("unknown_channel", f"{CREW_PAGE} is a crew's own answer, and its only one.", field="channel")


def _take(log: Log, transport_id: UUID, to_site_id: str | None) -> tuple[Transport, dict[str, Site]]:
    """Lock the sites concerned, then the transport, and only then ask whether this may be done."""
    here = Transport.objects.only("destination_id", "ordered_destination_id").get(pk=transport_id)
    sites = take_sites({here.destination_id, here.heading_to_id} | ({to_site_id} if to_site_id else set()))
    transport = take(Transport.objects.select_related("vehicle"), transport_id, "transport")
    log.role = access.require(log.actor, "redirect.order", transport)
    if transport.state not in states.TRANSPORT_LIVE:
        raise Conflict("wrong_state", f"This transport is {transport.state}.", row=transport, now=transport.state)
    return transport, sites


def _take_order(log: Log, redirect_id: UUID, action: str) -> tuple[Transport, Redirect]:
    order = Redirect.objects.only("transport_id", "from_site_id", "to_site_id").get(pk=redirect_id)
    take_sites({order.from_site_id, order.to_site_id})
    transport = take(Transport.objects.select_related("vehicle"), order.transport_id, "transport")
    redirect = take(Redirect.objects.all(), redirect_id, "redirect")
    redirect.transport = transport
    log.role = access.require(log.actor, action, redirect)
    return transport, redirect


def _check_override(actor: Actor, to_site_id: str, reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_required", f"{to_site_id} does not admit this patient: say why.", field="reason")
    access.require_proof(actor)


def _check_move(transport: Transport, to: Site) -> None:
    if to.region_id != transport.region_id:
        raise Invalid("unknown_site", f"{to.pk!r} is no site of this region.", field="to")
    if to.pk == transport.heading_to_id:
        raise Conflict("already_heading_there", f"It is already heading for {to.pk}.", row=transport)
    if to.pk == transport.destination_id:
        raise Conflict("cancel_the_order", "It is still going there: cancel the open order.", row=transport)


def _supersede(log: Log, transport: Transport) -> list[Redirect]:
    """An open order gives way to the new decision; written at once, since only one order may be open at a time."""
    former = take_all(Redirect.objects.filter(transport=transport, state="ordered"))
    for redirect in former:
        redirect.transport, redirect.state = transport, "superseded"
        log.write(redirect)
    return former


def _decide(log: Log, transport: Transport, to_site_id: str, *, choice: str, state: str, reason: str) -> Redirect:
    """The decision with the options as they stand now, and beside it the question they answer."""
    question = question_for(transport, log.now)
    redirect = Redirect(
        region_id=transport.region_id,
        transport=transport,
        from_site_id=transport.destination_id,
        to_site_id=to_site_id,
        choice=choice,
        options=options_as_record(answer(question)),
        reason=reason.strip(),
        state=state,
        ordered_at=log.now,
        ordered_by=log.author(),
        acknowledged_at=log.now if state == "acknowledged" else None,
    )
    log.write(redirect)
    Basis.objects.create(redirect=redirect, question=as_record(question))
    return redirect


def _move_notices(log: Log, transport: Transport, redirect: Redirect) -> list[Versioned]:
    known = notices_of(transport)
    for notice in known:
        if notice.state in states.NOTICE_OPEN:
            notice.state, notice.ended_at, notice.redirected_to_id = "withdrawn", log.now, redirect.to_site_id
            log.write(notice)
    sent = open_notice(transport, site_id=redirect.to_site_id, now=log.now, redirected_from=redirect.from_site_id)
    return [*known, sent]


def _decided(redirect: Redirect) -> dict[str, object]:
    """With the fingerprint of the question it rested on: what is kept beside the log is bound by its chain too."""
    return {**_fact(redirect), "basis_sha256": fingerprint(redirect.basis.question)}


def _fact(redirect: Redirect) -> dict[str, object]:
    vehicle = redirect.transport.vehicle
    return {
        "redirect": str(redirect.pk),
        "transport": str(redirect.transport_id),
        "vehicle": str(vehicle.pk),
        "call_sign": vehicle.call_sign,
        "from": redirect.from_site_id,
        "to": redirect.to_site_id,
        "reason": redirect.reason,
        "channel": redirect.channel,
    }
