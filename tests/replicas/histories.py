"""Command histories out of plain numbers: each step does something to something, as far as it is possible there.

A refused command is part of a history too: it must leave no trace. Everything goes through the commands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils import timezone

from diversion import clock
from diversion.actors import CLOCK, SYSTEM, WORKER
from diversion.commands import (
    attesting,
    casualties,
    channels,
    crews,
    diversions,
    escalation,
    incidents,
    journeys,
    members,
    notices,
    policies,
    presence,
    quarantine,
    questions,
    reaching,
    redirects,
    reopening,
    saying,
    transports,
    vehicles,
)
from diversion.errors import DomainError
from diversion.journeys.factors import ANY, Factor, Factors
from diversion.journeys.port import Mode
from diversion.log import CommandKey
from diversion.models import Channel, Delivery, Diversion, MassCasualty, Notice, Question, Redirect, Transport, Vehicle
from diversion.states import DIVERSION_RUNNING, TRANSPORT_LIVE
from hospitals import gates, services
from tests.world import REGION, SITES, World


class Step(NamedTuple):
    """What to do, to which of those there are, and how."""

    action: str
    which: int
    how: int
    other: int


def perform(world: World, step: Step) -> bool:
    """Whether the command was carried out."""
    try:
        ACTIONS[step.action](world, step)
    except DomainError:
        return False
    return True


def _pick(rows: QuerySet[Any], which: int) -> Any:
    """One of the rows, in the order they came to be; a refusal when there is none."""
    found = list(rows)
    if not found:
        raise DomainError("none", "There is nothing to do this to.")
    return found[which % len(found)]


def _site(number: int) -> str:
    return list(SITES)[number % len(SITES)]


def _key() -> CommandKey:
    return CommandKey.new()


def _diversion(which: int) -> Diversion:
    row: Diversion = _pick(Diversion.objects.filter(state__in=DIVERSION_RUNNING).order_by("declared_at", "pk"), which)
    return row


def _transport(which: int) -> Transport:
    row: Transport = _pick(Transport.objects.live().order_by("opened_at", "pk"), which)
    return row


def _of(model: type[Model], order: str, which: int) -> Any:
    """One of a model's rows whose transport is live, or has just ended: late answers are part of life."""
    return _pick(model._default_manager.order_by(order, "-pk"), which)


def _gates(how: int) -> dict[str, str | None]:
    """A different saying for each number: about one gate, or two, or taking one back."""
    names = list(gates.GATES)
    name = names[how % 4]
    value = gates.VALUES[name][(how // 4) % len(gates.VALUES[name])]
    return {name: value, "ambulances": "closed"} if how % 3 == 0 else {name: None if how % 7 == 6 else value}


def _declare(world: World, step: Step) -> None:
    state = "suspected" if step.other % 4 == 3 else "active"
    closed = ["ct", "stroke"][: step.other % 3]
    said = saying.Declaration(cause="it_outage", state=state, gates=_gates(step.how), closed_capabilities=closed)
    diversions.declare_diversion(actor=world.dina, key=_key(), site_id=_site(step.which), declaration=said)


def _amend(world: World, step: Step) -> None:
    changes: dict[str, Any] = {"gates": _gates(step.how), "services": {"records": {"level": "manual"}}}
    if step.other % 2:
        changes["state"] = ["active", "recovering"][step.how % 2]
    diversions.amend_diversion(actor=world.dina, key=_key(), diversion_id=_diversion(step.which).pk, changes=changes)


def _lift(world: World, step: Step) -> None:
    diversions.lift_diversion(actor=world.dina, key=_key(), diversion_id=_diversion(step.which).pk)


def _withdraw(world: World, step: Step) -> None:
    diversions.withdraw_diversion(
        actor=world.sofie, key=_key(), diversion_id=_diversion(step.which).pk, reason="an error"
    )


def _see(world: World, step: Step) -> None:
    diversions.see_diversion(actor=world.dina, key=_key(), diversion_id=_diversion(step.which).pk)


def _vehicle(world: World, step: Step) -> None:
    ref = f"v{step.which}"
    said: dict[str, Any] = {"call_sign": f"{ref}-{step.how % 3}", "kind": ["ambulance", "pit", "smur"][step.other % 3]}
    if step.how % 5 == 4:
        said["active"] = bool(step.other % 2)
    if step.how % 5 == 3:
        said["base"] = {"name": "base", "site_id": _site(step.other), "lat": 50.8, "lon": 4.3}
    vehicles.put_vehicle(actor=world.cad, key=_key(), region_id=REGION, ref=ref, said=said)


def _open(world: World, step: Step) -> None:
    vehicle = _pick(Vehicle.objects.filter(active=True).order_by("ref"), step.which)
    patient = transports.Patient(
        urgency=["vital", "urgent", "routine"][step.other % 3],
        needs=["stroke"][: step.how % 2],
        physician_on_board=step.other % 5 == 4,
    )
    journey = transports.Journey(
        state="planned" if step.how % 4 == 3 else "under_way",
        eta_at=timezone.now() + timedelta(minutes=step.other) if step.how % 2 else None,
    )
    transports.open_transport(
        actor=world.dina,
        key=_key(),
        region_id=REGION,
        vehicle_id=vehicle.pk,
        destination_id=_site(step.how),
        patient=patient,
        journey=journey,
    )


def _update(world: World, step: Step) -> None:
    changes: list[dict[str, Any]] = [
        {"urgency": ["vital", "urgent", "routine"][step.other % 3]},
        {"eta_at": timezone.now() + timedelta(minutes=5 * step.other)},
        {"physician_on_board": bool(step.other % 2)},
        {"state": "under_way"},
        {"needs": ["ct", "trauma"][: step.other % 3]},
    ]
    transports.update_transport(
        actor=world.dina, key=_key(), transport_id=_transport(step.which).pk, changes=changes[step.how % 5]
    )


def _finish(world: World, step: Step) -> None:
    outcome = ["arrived", "cancelled"][step.how % 2]
    transports.finish_transport(actor=world.cad, key=_key(), transport_id=_transport(step.which).pk, outcome=outcome)


def _order(world: World, step: Step) -> None:
    redirects.order_redirect(
        actor=world.dina,
        key=_key(),
        transport_id=_transport(step.which).pk,
        to_site_id=_site(step.how),
        reason="agreed by phone" if step.other % 2 else "",
    )


def _keep(world: World, step: Step) -> None:
    redirects.keep_destination(
        actor=world.dina, key=_key(), transport_id=_transport(step.which).pk, reason="nearly there"
    )


def _crew(world: World, step: Step) -> None:
    redirect = _of(Redirect, "-ordered_at", step.which % 3)
    redirects.acknowledge_redirect(actor=world.cad, key=_key(), redirect_id=redirect.pk, channel="cad")


def _aboard(world: World, step: Step) -> None:
    """A crew takes a vehicle over, says that it cannot follow its order, or leaves it."""
    if step.how % 3 == 2:
        crews.leave_vehicle(actor=world.carl, key=_key(), region_id=REGION)
    elif step.how % 3:
        redirect = _of(Redirect, "-ordered_at", step.which % 3)
        redirects.object_to_redirect(actor=world.carl, key=_key(), redirect_id=redirect.pk, reason="road")
    else:
        redirect = _of(Redirect, "-ordered_at", step.which % 3)
        crews.board_vehicle(actor=world.carl, key=_key(), vehicle_id=redirect.transport.vehicle_id)


def _cancel(world: World, step: Step) -> None:
    redirects.cancel_redirect(actor=world.dina, key=_key(), redirect_id=_of(Redirect, "-ordered_at", step.which % 3).pk)


def _announce(world: World, step: Step) -> None:
    notices.send_notice(actor=world.dina, key=_key(), transport_id=_transport(step.which).pk)


def _answer(world: World, step: Step) -> None:
    """Dispatch may answer for every department, which keeps histories short."""
    notice = _of(Notice, "-sent_at", step.which)
    common = {"key": _key(), "notice_id": notice.pk}
    match step.how % 4:
        case 0:
            notices.see_notice(actor=world.dina, **common)
        case 1:
            notices.acknowledge_notice(actor=world.dina, **common)
        case 2:
            notices.raise_concern(actor=world.dina, reason="no bed", **common)
        case _:
            notices.escalate_notice(actor=CLOCK, **common)


def _beat(world: World, step: Step) -> None:
    actor, site_id = [(world.clara, "saint-pierre"), (world.lucas, "saint-luc"), (world.ruth, "saint-jean")][
        step.which % 3
    ]
    presence.beat(
        actor=actor,
        site_id=site_id,
        screen=f"s{step.how % 3}",
        visible=bool(step.other % 2),
        sound_armed=bool(step.how % 2),
    )


def _member(world: World, step: Step) -> None:
    """A right that changes nothing in this history, but is an event that only dispatch reads."""
    change = members.grant_role if step.how % 2 else members.revoke_role
    change(
        actor=world.ada,
        key=_key(),
        user_id=world.users["sam"].pk,
        role="receiver",
        region_id=REGION,
        site_id=_site(step.which),
    )


def _attest(world: World, step: Step) -> None:
    attesting.attest_diversion(actor=world.dina, key=_key(), diversion_id=_diversion(step.which).pk)


def _reopen(world: World, step: Step) -> None:
    """Asked for by whichever site it is, and answered at once or left to wait."""
    diversion = _diversion(step.which)
    full = bool(step.how % 2)
    wish = reopening.Wish(
        extent="full" if full else "partial",
        checklist=dict.fromkeys(services.CHECKLIST, "works"),
        gates={} if full else _gates(step.how),
    )
    reopening.ask_reopening(actor=SYSTEM, key=_key(), diversion_id=diversion.pk, wish=wish)
    if step.other % 3 == 1:
        reopening.acknowledge_reopening(actor=world.dina, key=_key(), diversion_id=diversion.pk)
    if step.other % 3 == 2:
        reopening.decline_reopening(actor=world.dina, key=_key(), diversion_id=diversion.pk, reason="not yet")


def _incident(world: World, step: Step) -> None:
    said = saying.Declaration(cause="supplier", gates=_gates(step.how), accepts=["trauma"][: step.other % 2])
    incident = incidents.Incident(
        kind="supplier", name="Labnet", sites=[_site(step.which), _site(step.which + 1)], declaration=said
    )
    incidents.declare_incident(actor=world.dina, key=_key(), region_id=REGION, incident=incident)


def _question(world: World, step: Step) -> None:
    if step.how % 3 == 0:
        questions.ask_question(actor=world.dina, key=_key(), region_id=REGION)
        return
    asked = _pick(Question.objects.open().order_by("asked_at", "pk"), step.which)
    if step.how % 3 == 1:
        site = _site(step.other)
        questions.answer_question(actor=world.dina, key=_key(), question_id=asked.pk, site_id=site, answer="normal")
    else:
        questions.close_question(actor=world.dina, key=_key(), question_id=asked.pk)


def _quarantine(world: World, step: Step) -> None:
    command = quarantine.quarantine_site if step.how % 2 else quarantine.release_site
    command(actor=world.sofie, key=_key(), site_id=_site(step.which), reason="compromised")


def _policy(world: World, step: Step) -> None:
    changes = {"undo_s": 30 + step.how, "suspend_at_sites": step.other % 3}
    policies.change_policy(actor=world.sofie, key=_key(), region_id=REGION, changes=changes)


def _casualties(world: World, step: Step) -> None:
    """Opened, offered to, counted, a vehicle sent from there, asked again, overdue, ended."""
    if step.how % 7 == 0:
        scene = casualties.Scene(place="Gare", lat=50.84, lon=4.35, counts={"vital": 2, "urgent": step.other})
        casualties.open_mass_casualty(actor=world.dina, key=_key(), region_id=REGION, scene=scene)
        return
    one: MassCasualty = _pick(MassCasualty.objects.open().order_by("opened_at", "pk"), step.which)
    said: dict[str, Any] = {"key": _key(), "mass_casualty_id": one.pk}
    match step.how % 7:
        case 1:
            numbers = {"vital": 1, "urgent": step.other, "routine": 0}
            site = _site(step.which)
            casualties.offer_capacity(actor=world.dina, site_id=site, numbers=numbers, **said)
        case 2:
            casualties.count_casualties(actor=world.dina, counts={"vital": step.other}, **said)
        case 3:
            _sent_from(world, one, step)
        case 4:
            casualties.ask_capacity(actor=world.dina, minutes=2, **said)
        case 5:
            casualties.tell_missing_offers(actor=CLOCK, **said)
        case _:
            casualties.end_mass_casualty(actor=world.dina, **said)


def _sent_from(world: World, place: MassCasualty, step: Step) -> None:
    free = Vehicle.objects.filter(active=True).exclude(transports__state__in=TRANSPORT_LIVE)
    transports.open_transport(
        actor=world.dina,
        key=_key(),
        region_id=REGION,
        vehicle_id=_pick(free.order_by("ref"), step.other).pk,
        destination_id=_site(step.which),
        patient=transports.Patient(urgency="vital"),
        mass_casualty_id=place.pk,
    )


def _calibrate(world: World, step: Step) -> None:
    factor = Factor(0.8 + step.how / 100, 0.6, 1.4, 40)
    factors = Factors({("line", Mode.PRIORITY, ANY): factor})
    journeys.calibrate_journeys(actor=world.sofie, key=_key(), region_id=REGION, factors=factors)


def _fall_due(world: World, step: Step) -> None:
    """What the clock finds; overload is declared first so that there is something to suspend."""
    for number in range(step.which % 3):
        said = saying.Declaration(cause="saturation", gates={"ambulances": "closed"})
        diversions.declare_diversion(actor=world.dina, key=_key(), site_id=_site(number), declaration=said)
    clock.tick()


def _unseen(world: World, step: Step) -> None:
    waiting = Diversion.objects.running().filter(seen_at__isnull=True)
    escalation.report_unseen(actor=CLOCK, key=_key(), diversion_id=_pick(waiting, step.which).pk)


def _supervisor(world: World, step: Step) -> None:
    escalation.escalate_to_supervisor(actor=CLOCK, key=_key(), notice_id=_of(Notice, "-sent_at", step.which).pk)


def _channel(world: World, step: Step) -> None:
    """A region's channel, or one of a site, to a gateway that nobody asks: the outcomes are told by ``_outcome``."""
    if step.how % 4 == 0:
        site = _site(step.which) if step.other % 2 else None
        hears = ["declaration", "channel_failing"]
        new = channels.NewChannel(
            name=f"c{step.which}-{step.other}", address="json://127.0.0.1", hears=hears, site_id=site
        )
        channels.add_channel(actor=world.ada, key=_key(), region_id=REGION, channel=new)
        return
    row = _pick(Channel.objects.active().order_by("name"), step.which)
    common = {"actor": world.ada, "key": _key(), "channel_id": row.pk}
    match step.how % 4:
        case 1:
            channels.change_channel(changes={"name": f"d{step.which}-{step.other}"}, **common)
        case 2:
            channels.test_channel(**common)
        case _:
            channels.retire_channel(**common)


def _outcome(world: World, step: Step) -> None:
    """What a worker would report of a delivery that is due."""
    row = _pick(Delivery.objects.waiting().order_by("created_at", "pk"), step.which)
    Delivery.objects.filter(pk=row.pk).update(next_at=timezone.now())
    taken = reaching.claim(row.pk)
    if taken is None:
        raise DomainError("none", "It is no longer needed.")
    error = "unreachable" if step.how % 2 else None
    reaching.record_outcome(actor=WORKER, key=_key(), delivery_id=row.pk, attempt=taken.attempt, error=error)


ACTIONS: dict[str, Callable[[World, Step], None]] = {
    "declare": _declare,
    "amend": _amend,
    "lift": _lift,
    "withdraw": _withdraw,
    "see": _see,
    "vehicle": _vehicle,
    "open": _open,
    "update": _update,
    "finish": _finish,
    "order": _order,
    "keep": _keep,
    "crew": _crew,
    "aboard": _aboard,
    "cancel": _cancel,
    "announce": _announce,
    "answer": _answer,
    "beat": _beat,
    "member": _member,
    "attest": _attest,
    "reopen": _reopen,
    "incident": _incident,
    "question": _question,
    "quarantine": _quarantine,
    "policy": _policy,
    "fall_due": _fall_due,
    "unseen": _unseen,
    "supervisor": _supervisor,
    "channel": _channel,
    "outcome": _outcome,
    "calibrate": _calibrate,
    "casualties": _casualties,
}

#: Where a history begins, so that most of its steps have something to be done to.
OPENING = [
    *(Step("vehicle", n, 0, n) for n in range(4)),
    *(Step("open", n, n, n) for n in range(3)),
    Step("declare", 0, 0, 0),
    Step("order", 0, 1, 1),
    Step("crew", 0, 0, 0),
]

#: What the steps are drawn from: the chain of a redirect more often, since it needs several steps in a row.
OFTEN = ["open", "update", "update", "order", "order", "crew", "crew", "vehicle"]
