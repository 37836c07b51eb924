"""Many casualties at one place: every hospital is asked what it can take, and each vehicle that leaves is counted."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from diversion import clock, situation
from diversion.commands import casualties, transports
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Event, MassCasualty, Notice, Transport
from diversion.wire.entities import represent
from tests.world import REGION, World

TWENTY = {"vital": 3, "urgent": 5, "routine": 12}
FEW = {"vital": 1, "urgent": 2, "routine": 3}


def opened(world: World, who: str = "dina", **more: Any) -> MassCasualty:
    scene = {"place": "Gare centrale, quai 3", "lat": 50.845, "lon": 4.357, "counts": TWENTY}
    scene |= {name: more.pop(name) for name in ("place", "counts", "needs") if name in more}
    recorded = casualties.open_mass_casualty(
        actor=getattr(world, who), key=CommandKey.new(), region_id=REGION, scene=casualties.Scene(**scene), **more
    )
    return MassCasualty.objects.get(pk=recorded.events[0].fact["mass_casualty"])


def offer(world: World, casualty: MassCasualty, site: str = "saint-pierre", who: str = "clara", **more: Any) -> None:
    said = {"numbers": FEW, **more}
    casualties.offer_capacity(
        actor=getattr(world, who), key=CommandKey.new(), mass_casualty_id=casualty.pk, site_id=site, **said
    )
    casualty.refresh_from_db()


def sent(world: World, casualty: MassCasualty, ref: str, to: str, urgency: str = "urgent", **more: Any) -> Transport:
    """A vehicle leaves the place with one patient, as a dispatcher sends it."""
    recorded = transports.open_transport(
        actor=world.dina,
        key=CommandKey.new(),
        region_id=REGION,
        vehicle_id=world.vehicle(ref).pk,
        destination_id=to,
        patient=transports.Patient(urgency=urgency),
        mass_casualty_id=casualty.pk,
        **more,
    )
    return Transport.objects.get(pk=recorded.events[0].fact["transport"])


def end(world: World, casualty: MassCasualty, who: str = "dina") -> None:
    casualties.end_mass_casualty(actor=getattr(world, who), key=CommandKey.new(), mass_casualty_id=casualty.pk)
    casualty.refresh_from_db()


def shares(casualty: MassCasualty, urgency: str) -> dict[str, Any]:
    found = situation.distribution_for(casualty, timezone.now())
    (one,) = (group for group in found if group.urgency == urgency)
    return {"waiting": one.waiting, **{share.option.site_id: share for share in one.shares}}


def test_opening_asks_every_hospital_that_receives_ambulances_in_the_same_action(world: World):
    casualty = opened(world)
    assert casualty.sites == ["huderf", "saint-jean", "saint-luc", "saint-pierre"]
    assert casualty.deadline_at - casualty.asked_at == timedelta(minutes=5)
    assert opened(world, sites=["saint-luc"], minutes=2).sites == ["saint-luc"]


def test_an_offer_is_on_record_with_who_made_it_and_a_later_one_replaces_it(world: World):
    casualty = opened(world)
    offer(world, casualty, comment="two theatres free")
    given = casualty.offers["saint-pierre"]
    assert (given["vital"], given["comment"], given["by"]) == (1, "two theatres free", "Clara")
    offer(world, casualty, numbers={**FEW, "vital": 0})
    assert casualty.offers["saint-pierre"]["vital"] == 0


def test_the_department_offers_for_itself_and_dispatch_for_who_says_so_by_telephone(world: World):
    casualty = opened(world)
    offer(world, casualty, site="saint-jean", who="ruth")
    offer(world, casualty, site="saint-luc", who="dina", called_by="the head nurse")
    assert casualty.offers["saint-luc"]["by"] == "the head nurse (Dina)"
    assert casualty.missing() == ["huderf", "saint-pierre"]


def test_the_proposal_takes_offers_at_their_word_and_counts_who_was_sent(world: World):
    casualty = opened(world)
    offer(world, casualty, numbers={"vital": 0, "urgent": 2, "routine": 0})
    sent(world, casualty, "a1", "saint-pierre")
    found = shares(casualty, "urgent")
    assert found["waiting"] == 4
    room = found["saint-pierre"].room
    assert (room.offered, room.sent, room.left) == (2, 1, 1)
    assert found["saint-jean"].room.offered is None


def test_who_is_sent_is_announced_with_an_estimate_and_the_department_reads_where_from(world: World):
    casualty = opened(world)
    transport = sent(world, casualty, "a1", "saint-jean", "vital")
    notice = Notice.objects.get(transport=transport)
    assert represent(notice)["state"]["mass_casualty_id"] == str(casualty.pk)
    assert (notice.site_id, notice.state) == ("saint-jean", "sent")


def test_who_has_arrived_goes_on_being_counted(world: World):
    casualty = opened(world)
    transport = sent(world, casualty, "a1", "saint-jean", "vital")
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")
    event = Event.objects.latest("seq")
    (told,) = (row["state"] for row in event.changes if row["kind"] == "mass_casualty")
    assert told["arrived"] == [{"site_id": "saint-jean", "urgency": "vital", "number": 1}]
    assert shares(casualty, "vital")["waiting"] == 2


def test_who_was_not_taken_after_all_waits_again(world: World):
    casualty = opened(world)
    transport = sent(world, casualty, "a1", "saint-jean", "vital")
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="cancelled")
    assert shares(casualty, "vital")["waiting"] == 3


def test_who_is_redirected_counts_where_they_are_going(world: World):
    casualty = opened(world)
    world.order(sent(world, casualty, "a1", "saint-jean", "vital"), "saint-luc")
    found = shares(casualty, "vital")
    assert (found["saint-jean"].room.sent, found["saint-luc"].room.sent) == (0, 1)


def test_a_vehicle_that_was_under_way_already_can_be_counted_as_from_there(world: World):
    casualty = opened(world)
    transport = world.transport("a1", to="saint-jean", urgency="vital")
    transports.update_transport(
        actor=world.dina,
        key=CommandKey.new(),
        transport_id=transport.pk,
        changes={"mass_casualty_id": casualty.pk},
    )
    assert shares(casualty, "vital")["waiting"] == 2


def test_a_new_count_from_the_place_replaces_the_old_and_says_when(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    casualty = opened(world)
    time_machine.move_to(now + timedelta(minutes=7), tick=False)
    casualties.count_casualties(
        actor=world.dina, key=CommandKey.new(), mass_casualty_id=casualty.pk, counts={"vital": 9}
    )
    casualty.refresh_from_db()
    assert casualty.counts == {"vital": 9, "urgent": None, "routine": None}
    assert casualty.counted_at == now + timedelta(minutes=7)
    assert shares(casualty, "urgent")["waiting"] == 0


def test_a_report_from_somebody_whose_picture_is_old_is_refused(world: World):
    casualty = opened(world)
    offer(world, casualty)
    with pytest.raises(Conflict, match="changed since"):
        casualties.count_casualties(
            actor=world.dina, key=CommandKey.new(), mass_casualty_id=casualty.pk, counts=FEW, version=1
        )


def test_who_has_not_offered_in_time_is_named_once_for_each_time_they_were_asked(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    casualty = opened(world, sites=["saint-luc", "saint-pierre"])
    offer(world, casualty)
    time_machine.move_to(now + timedelta(minutes=5), tick=False)
    clock.tick()
    clock.tick()
    assert Event.objects.get(kind="capacity.overdue").fact["missing"] == ["saint-luc"]
    casualties.ask_capacity(
        actor=world.dina, key=CommandKey.new(), mass_casualty_id=casualty.pk, sites=["saint-jean"], minutes=2
    )
    time_machine.move_to(now + timedelta(minutes=8), tick=False)
    clock.tick()
    late = Event.objects.filter(kind="capacity.overdue").order_by("seq")
    assert [event.fact["missing"] for event in late] == [["saint-luc"], ["saint-jean", "saint-luc"]]


def test_when_all_have_offered_nobody_is_named(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    offer(world, opened(world, sites=["saint-pierre"]))
    time_machine.move_to(now + timedelta(minutes=9), tick=False)
    clock.tick()
    assert not Event.objects.filter(kind="capacity.overdue").exists()


def test_what_has_ended_takes_nothing_more_and_leaves_the_picture_while_its_vehicles_go_on(world: World):
    casualty = opened(world)
    transport = sent(world, casualty, "a1", "saint-jean")
    end(world, casualty)
    assert Event.objects.latest("seq").changes[0]["state"] is None
    for late in (
        lambda: offer(world, casualty),
        lambda: end(world, casualty),
        lambda: sent(world, casualty, "a2", "saint-jean"),
    ):
        with pytest.raises(Conflict, match="ended"):
            late()
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "carl", "sam", "cad"])
def test_only_dispatch_opens_counts_asks_and_ends(world: World, who: str):
    casualty = opened(world)
    actor, key = getattr(world, who), CommandKey.new
    for attempt in (
        lambda: opened(world, who=who),
        lambda: casualties.count_casualties(actor=actor, key=key(), mass_casualty_id=casualty.pk, counts=FEW),
        lambda: casualties.ask_capacity(actor=actor, key=key(), mass_casualty_id=casualty.pk),
        lambda: end(world, casualty, who=who),
    ):
        with pytest.raises(Denied):
            attempt()


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "carl", "sam", "cad"])
def test_nobody_offers_for_another_hospital(world: World, who: str):
    with pytest.raises(Denied):
        offer(world, opened(world), who=who)


def test_nobody_but_the_clock_names_who_is_missing(world: World):
    with pytest.raises(Denied):
        casualties.tell_missing_offers(actor=world.dina, key=CommandKey.new(), mass_casualty_id=opened(world).pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": "  "}, "place"),
        ({"counts": {"vital": -1}}, "counts"),
        ({"counts": {"vital": 100_000}}, "counts"),
        ({"counts": {"dead": 1}}, "counts"),
        ({"needs": {"vital": ["magic"]}}, "needs"),
        ({"needs": {"dead": ["stroke"]}}, "needs"),
        ({"sites": ["saint-elsewhere"]}, "sites"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_field_named(world: World, wrong: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        opened(world, **wrong)
    assert refused.value.field == field
    assert not MassCasualty.objects.exists()


def test_an_offer_that_cannot_be_meant_is_refused(world: World):
    casualty = opened(world, sites=["saint-luc"])
    with pytest.raises(Invalid, match="was not asked"):
        offer(world, casualty)
    with pytest.raises(Invalid, match="each of"):
        offer(world, casualty, site="saint-luc", who="lucas", numbers={"vital": 1})
    with pytest.raises(NotFound):
        offer(world, MassCasualty())
    with pytest.raises(Invalid, match="no such place"):
        sent(world, MassCasualty(pk=uuid.uuid4()), "a1", "saint-luc")
