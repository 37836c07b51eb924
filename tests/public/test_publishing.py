"""When the public is told: from when dispatch has seen it, whatever is news, its end, and that it was an error."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from time_machine import TimeMachineFixture

from diversion.chain import fingerprint
from diversion.commands import attesting, incidents, reopening
from diversion.commands.saying import Declaration
from diversion.log import CommandKey
from diversion.models import Bulletin, Diversion, Event
from tests.public.conftest import Desk
from tests.world import REGION, World

REPORTS = [{"by": "a", "value": "open"}, {"by": "b", "value": "closed"}]
RESTRICTIONS = [{"gates": {"walk_ins": "closed"}}, {"disputes": [{"gate": "walk_ins", "reports": REPORTS}]}]


def latest() -> Bulletin:
    return Bulletin.objects.latest("number")


def attest(world: World, diversion: Diversion) -> None:
    attesting.attest_diversion(actor=world.clara, key=CommandKey.new(), diversion_id=diversion.pk)


def later(time_machine: TimeMachineFixture, minutes: float) -> None:
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_what_dispatch_has_not_seen_is_not_published(desk: Desk):
    desk.world.declare()
    assert desk.numbers() == []


def test_seeing_it_publishes_it_in_the_same_change(desk: Desk):
    desk.told()
    seen, published = Event.objects.order_by("seq")[Event.objects.count() - 2 :]
    assert (seen.kind, published.kind) == ("diversion.seen", "bulletin.published")
    told = {"bulletin": 1, "site": "saint-pierre", "content_sha256": fingerprint(latest().content)}
    assert published.fact == told
    assert published.command_id == seen.command_id
    assert (latest().seq, latest().published_at) == (published.seq, published.at)


def test_seeing_it_twice_publishes_it_once(desk: Desk):
    desk.see(desk.told())
    assert desk.numbers() == [1]


def test_seeing_a_shared_failure_publishes_every_site(desk: Desk):
    incident = incidents.Incident(
        kind="supplier",
        name="Hosting Ltd",
        sites=["saint-pierre", "saint-luc"],
        declaration=Declaration(cause="supplier", gates={"ambulances": "closed"}),
    )
    incidents.declare_incident(actor=desk.world.dina, key=CommandKey.new(), region_id=REGION, incident=incident)
    desk.see(Diversion.objects.first())
    assert set(Bulletin.objects.values_list("site_id", flat=True)) == {"saint-pierre", "saint-luc"}
    assert desk.numbers() == [1, 2]


def test_a_suspicion_that_restricts_nothing_is_not_published(desk: Desk):
    suspicion = desk.told(state="suspected", cause="cyber_suspected", gates={}, services={"records": {"level": "down"}})
    assert desk.numbers() == []
    desk.amend(suspicion, state="active")
    assert desk.numbers() == []
    desk.see(suspicion)
    assert desk.numbers() == [1]


def test_a_suspicion_that_closes_a_gate_is_published(desk: Desk):
    desk.told(state="suspected", cause="unknown")
    assert latest().content["gates"]["ambulances"]["value"] == "closed"


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": "Dr Peeters leads the crisis team"},
        {"authoriser": "Dr Peeters"},
        {"emergency_plan": True},
        {"closed_capabilities": ["ct"]},
        {"gates": {"smur_base": "withdrawn"}},
        {"services": {"kitchen": {"level": "down"}, "theatre_devices": {"level": "down"}}},
        {"contact": "ask for Peeters"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_not_for_the_public_is_no_news(desk: Desk, changes: dict):
    diversion = desk.told()
    desk.amend(diversion, **changes)
    assert desk.numbers() == [1]


@pytest.mark.parametrize(
    "changes",
    [
        {"gates": {"ambulances": "life_threatening"}},
        {"services": {"dialysis": {"level": "normal"}}},
        {"services": {"phones": {"level": "down"}}},
        {"state": "recovering"},
        {"cause": "power"},
        {"cause_embargoed": True},
        {"contact": "0470 12 34 56"},
        {"expected_end": timezone.now() + timedelta(days=1)},
    ],
    ids=lambda changes: f"{next(iter(changes))}",
)
def test_whatever_the_public_would_read_otherwise_is_published(desk: Desk, changes: dict):
    diversion = desk.told()
    desk.amend(diversion, **changes)
    assert desk.numbers() == [1, 2]


@pytest.mark.parametrize("changes", RESTRICTIONS, ids=lambda changes: f"{next(iter(changes))}")
def test_a_restriction_more_is_published_when_dispatch_has_seen_it(desk: Desk, changes: dict):
    diversion = desk.told()
    desk.amend(diversion, **changes)
    desk.amend(diversion, cause="power")
    assert desk.numbers() == [1]
    desk.see(diversion)
    assert desk.numbers() == [1, 2]


def test_the_end_of_what_dispatch_had_yet_to_see_again_is_published_at_once(desk: Desk):
    diversion = desk.told()
    desk.amend(diversion, gates={"walk_ins": "closed"})
    desk.lift(diversion)
    assert (desk.numbers(), latest().content["kind"]) == ([1, 2], "ended")


def test_an_attestation_publishes_the_new_next_update(desk: Desk, time_machine: TimeMachineFixture):
    diversion = desk.told()
    before = latest().content["next_at"]
    later(time_machine, 50)
    attest(desk.world, diversion)
    assert desk.numbers() == [1, 2]
    assert latest().content["next_at"] > before


def test_pressing_twice_publishes_once(desk: Desk, time_machine: TimeMachineFixture):
    diversion = desk.told()
    later(time_machine, 4)
    attest(desk.world, diversion)
    assert desk.numbers() == [1]


def test_an_overdue_confirmation_is_published_and_so_is_its_coming(desk: Desk, time_machine: TimeMachineFixture):
    diversion = desk.told()
    later(time_machine, 61)
    from diversion.actors import CLOCK

    attesting.mark_unconfirmed(actor=CLOCK, key=CommandKey.new(), diversion_id=diversion.pk)
    assert latest().content["unconfirmed_since"] is not None
    attest(desk.world, diversion)
    assert latest().content["unconfirmed_since"] is None
    assert desk.numbers() == [1, 2, 3]


def test_asking_to_reopen_promises_the_public_nothing_before_dispatch_has_agreed(desk: Desk):
    diversion = desk.told()
    wish = reopening.Wish(
        extent="full", checklist=dict.fromkeys(("records", "laboratory", "radiology", "admissions"), "works")
    )
    reopening.ask_reopening(actor=desk.world.clara, key=CommandKey.new(), diversion_id=diversion.pk, wish=wish)
    assert latest().content["gates"]["ambulances"]["value"] == "closed"
    assert latest().content["restoring"] is False
    reopening.acknowledge_reopening(actor=desk.world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    assert latest().content["kind"] == "ended"


def test_a_partial_reopening_dispatch_has_agreed_to_is_told_as_recovery(desk: Desk):
    diversion = desk.told()
    wish = reopening.Wish(
        extent="partial",
        checklist={"records": "not_yet", "laboratory": "works", "radiology": "works", "admissions": "works"},
        gates={"ambulances": "life_threatening"},
    )
    reopening.ask_reopening(actor=desk.world.clara, key=CommandKey.new(), diversion_id=diversion.pk, wish=wish)
    assert desk.numbers() == [1]
    reopening.acknowledge_reopening(actor=desk.world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    assert desk.numbers() == [1, 2]
    assert latest().content["restoring"] is True
    assert latest().content["gates"]["ambulances"]["value"] == "life_threatening"


def test_the_end_is_published_once_nothing_runs_any_more(desk: Desk):
    first, second = desk.told(), desk.told(cause="power", gates={"walk_ins": "closed"})
    desk.lift(first)
    assert latest().content["kind"] == "running"
    assert latest().content["gates"]["ambulances"]["value"] is None
    desk.lift(second)
    assert latest().content["kind"] == "ended"


def test_the_end_of_what_was_never_published_is_not_published(desk: Desk):
    desk.lift(desk.world.declare())
    assert desk.numbers() == []


def test_an_error_is_withdrawn_in_public(desk: Desk):
    diversion = desk.told()
    desk.withdraw(diversion)
    assert latest().content["kind"] == "withdrawn"
    assert latest().content["retracts"][:19] == diversion.seen_at.isoformat()[:19]


def test_an_error_beside_what_is_true_is_withdrawn_too(desk: Desk):
    desk.told(cause="power", gates={"walk_ins": "closed"})
    desk.withdraw(desk.told())
    assert latest().content["kind"] == "running"
    assert latest().content["retracts"] is not None
    assert latest().content["gates"]["ambulances"]["value"] is None


def test_an_error_nobody_outside_has_read_is_not_withdrawn_in_public(desk: Desk):
    desk.withdraw(desk.world.declare())
    assert desk.numbers() == []


def test_a_bulletin_stays_as_it_was_published(desk: Desk):
    desk.told()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Bulletin.objects.update(content={})
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Bulletin.objects.all().delete()


def test_no_number_is_given_twice(desk: Desk):
    desk.told()
    one = latest()
    with pytest.raises(IntegrityError, match="bulletin_number_once_per_region"), transaction.atomic():
        Bulletin.objects.create(
            region_id=REGION, number=one.number, site_id="saint-luc", published_at=one.published_at, content={}, seq=1
        )
