"""Nothing of an exercise reaches the real region, and nobody acts in one with the rights of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from diversion import access, situation
from diversion.clock import tick
from diversion.commands import incidents, redirects, transports, vehicles
from diversion.commands.diversions import withdraw_diversion
from diversion.commands.quarantine import quarantine_site
from diversion.commands.restoring import restored_streams
from diversion.commands.saying import Declaration
from diversion.errors import Denied, DomainError, Invalid, NotFound
from diversion.feed.admission import Request, admit, lost
from diversion.identity import token_actor
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Membership, Stream, Transport, Vehicle
from diversion.wire.audiences import Audience, audience_of
from diversion.wire.entities import ENTITIES, represent
from hospitals.models import Region, Site
from tests.emptying import empty_tables
from tests.exercises.stage import EXERCISE, begin, end, machine, told
from tests.replicas.replica import snapshot
from tests.world import REGION, World, build


def picture(region: str) -> bytes:
    """Everything the database holds of a region: its head, its rows, its log, its rights, byte for byte."""
    # In order: which row comes first is the database's own choice, and may change while nothing else does.
    rows = [represent(row) for entity in ENTITIES for row in entity.live_rows(region).order_by("pk")]
    members = list(Membership.objects.filter(region=region).order_by("pk").values())
    log = list(Event.objects.filter(region=region).order_by("seq").values())
    return orjson.dumps([Stream.objects.filter(pk=region).values().get(), rows, members, log])


def feed(region: str, *sites: str) -> dict[str, Any]:
    """A snapshot without the moment at which it was read, its rows in order."""
    audience = Audience(region, frozenset(sites) if sites else None)
    seen = {name: value for name, value in snapshot(audience).items() if name != "at"}
    return {**seen, "entities": sorted(seen["entities"], key=lambda row: (row["kind"], row["id"]))}


# ---------------------------------------------------------------- any history


class Player:
    """Does to an exercise whatever the numbers say, as far as it is possible there. A refusal leaves no trace."""

    def __init__(self, world: World, cad: Any) -> None:
        self.world, self.cad = world, cad

    def play(self, step: tuple[int, int]) -> None:
        action, which = step
        try:
            [self.declare, self.lift, self.carry, self.send, self.drive, self.quarantine, self.tick][action](which)
        except DomainError:
            return

    def site(self, which: int) -> Site:
        return list(Site.objects.filter(region=EXERCISE).order_by("pk"))[which % 4]

    def declare(self, which: int) -> None:
        self.world.declare(self.site(which).pk, actor=self.world.dina, cause=["it_outage", "saturation"][which % 2])

    def lift(self, which: int) -> None:
        for one in Diversion.objects.running().filter(region=EXERCISE)[: 1 + which % 2]:
            withdraw_diversion(actor=self.world.sofie, key=CommandKey.new(), diversion_id=one.pk, reason="done")

    def carry(self, which: int) -> None:
        ref = f"v{which}"
        vehicles.put_vehicle(
            actor=self.cad,
            key=CommandKey.new(),
            region_id=EXERCISE,
            ref=ref,
            said={"call_sign": ref, "kind": "ambulance"},
        )
        transports.open_transport(
            actor=self.cad,
            key=CommandKey.new(),
            region_id=EXERCISE,
            vehicle_id=Vehicle.objects.get(region=EXERCISE, ref=ref).pk,
            destination_id=self.site(which).pk,
            patient=transports.Patient(urgency="urgent"),
            journey=transports.Journey(),
        )

    def send(self, which: int) -> None:
        transport = Transport.objects.live().filter(region=EXERCISE).first()
        if transport is not None:
            redirects.order_redirect(
                actor=self.world.dina,
                key=CommandKey.new(),
                transport_id=transport.pk,
                to_site_id=self.site(which).pk,
                reason="rehearsed",
            )

    def drive(self, which: int) -> None:
        now = timezone.now()
        vehicles.report_positions(
            actor=self.cad, region_id=EXERCISE, sightings=[vehicles.Sighting(f"v{which}", 50.85, 4.35, now)]
        )

    def quarantine(self, which: int) -> None:
        quarantine_site(actor=self.world.sofie, key=CommandKey.new(), site_id=self.site(which).pk, reason="rehearsed")

    def tick(self, which: int) -> None:
        tick()


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(history=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 11)), min_size=20, max_size=20))
def test_whatever_happens_in_an_exercise_leaves_the_real_region_as_it_was(transactional_db: None, history):
    empty_tables()
    world = told(build())
    world.declare()
    world.transport("real", to="saint-luc")
    begin()
    player = Player(world, machine(EXERCISE, "cad:write")[0])
    # The clock's first look gives a stream that is new the name of its database.
    assert restored_streams() == []
    before, seen = picture(REGION), [feed(REGION), feed(REGION, "saint-luc")]
    head = Stream.objects.get(pk=EXERCISE).head
    for step in history:
        player.play(step)
    assert Stream.objects.get(pk=EXERCISE).head > head
    assert picture(REGION) == before
    assert [feed(REGION), feed(REGION, "saint-luc")] == seen


def test_what_happens_really_leaves_the_exercise_as_it_was(real_stage: World):
    before = picture(EXERCISE)
    real_stage.declare()
    real_stage.order(real_stage.transport("a1"), "saint-luc")
    assert picture(EXERCISE) == before


# ---------------------------------------------------------------- rights


@pytest.fixture
def apart(stage: World) -> World:
    """Dirk works in reality alone, Sam rehearses alone."""
    Membership.objects.filter(user=stage.users["dirk"], region=EXERCISE).delete()
    Membership.objects.create(user=stage.users["sam"], role="dispatcher", region_id=EXERCISE)
    return stage


def test_a_dispatcher_without_a_role_in_the_exercise_is_refused_there(apart: World):
    with pytest.raises(Denied):
        apart.declare("x1-saint-luc", actor=apart.dirk)
    assert apart.declare("saint-luc", actor=apart.dirk)


def test_somebody_with_a_role_in_the_exercise_alone_is_refused_in_reality(apart: World):
    with pytest.raises(Denied):
        apart.declare("saint-luc", actor=apart.sam)
    assert apart.declare("x1-saint-luc", actor=apart.sam)


@pytest.mark.parametrize("action", ["console.open", "transport.read", "question.ask", "policy.change", "member.change"])
def test_a_role_in_one_says_nothing_about_the_other(apart: World, action: str):
    Membership.objects.create(user=apart.users["sam"], role="supervisor", region_id=EXERCISE)
    Membership.objects.create(user=apart.users["sam"], role="administrator", region_id=EXERCISE)
    assert access.may(apart.sam, action, Region.objects.get(pk=EXERCISE))
    assert not access.may(apart.sam, action, apart.region)
    assert not access.may(apart.dirk, action, Region.objects.get(pk=EXERCISE))


def test_a_coordinator_declares_in_each_with_the_role_held_there(stage: World):
    Membership.objects.filter(user=stage.users["clara"], region=EXERCISE).delete()
    with pytest.raises(Denied):
        stage.declare("x1-saint-pierre", actor=stage.clara)


def test_who_reads_one_reads_nothing_of_the_other(apart: World):
    assert audience_of(apart.sam, EXERCISE) == Audience(EXERCISE)
    for actor, region in ((apart.sam, REGION), (apart.dirk, EXERCISE)):
        with pytest.raises(Denied):
            audience_of(actor, region)


def test_a_token_of_one_opens_nothing_in_the_other(stage: World):
    rehearsing, _ = machine(EXERCISE, "feed:read", "cad:write")
    for actor, region in ((rehearsing, REGION), (stage.cad, EXERCISE)):
        with pytest.raises(Denied):
            audience_of(actor, region)
        with pytest.raises(Denied):
            vehicles.report_positions(actor=actor, region_id=region, sightings=[])


def test_no_real_site_is_named_in_an_exercise_nor_the_reverse(stage: World):
    transport = stage.transport("a1")
    with pytest.raises(Invalid):
        stage.order(transport, "x1-saint-luc")
    shared = incidents.Incident(
        kind="network", name="N", sites=["saint-luc", "x1-saint-luc"], declaration=Declaration(cause="it_outage")
    )
    with pytest.raises(Invalid):
        incidents.declare_incident(actor=stage.sofie, key=CommandKey.new(), region_id=REGION, incident=shared)


def test_an_audience_of_real_sites_is_none_in_an_exercise(stage: World):
    with pytest.raises(Invalid):
        audience_of(stage.dina, EXERCISE, "sites:saint-luc")


def test_nobody_is_sent_from_one_to_the_other(stage: World):
    """Options by journey time know the sites of their own region only."""
    options = situation.options_for(stage.transport("a1"), stage.transport("a2").opened_at)
    assert not any(one.site_id.startswith("x1-") for one in options)


def test_a_vehicle_of_reality_is_unknown_in_an_exercise(stage: World):
    rehearsing, _ = machine(EXERCISE, "cad:write")
    with pytest.raises(NotFound):
        transports.open_transport(
            actor=rehearsing,
            key=CommandKey.new(),
            region_id=EXERCISE,
            vehicle_id=stage.vehicle("real").pk,
            destination_id="x1-saint-luc",
            patient=transports.Patient(urgency="urgent"),
            journey=transports.Journey(),
        )


# ---------------------------------------------------------------- what people have open


def test_quarantine_in_an_exercise_logs_nobody_out(stage: World, login: Callable[[str], Client]):
    """The login of a coordinator is the one for the real page too."""
    browser = login("clara")
    quarantine_site(actor=stage.sofie, key=CommandKey.new(), site_id="x1-saint-pierre", reason="rehearsed")
    assert browser.get("/api/me").status_code == 200


def test_an_end_closes_what_is_open_there_and_nothing_else(stage: World, login: Callable[[str], Client]):
    session = login("dina").session.session_key
    _, secret = machine(EXERCISE, "feed:read")
    asked = [Request(REGION, session), Request(EXERCISE, session), Request(EXERCISE, bearer=secret)]
    before = admit(asked)
    end(stage.sofie)
    assert [lost(*pair) for pair in zip(before, admit(asked), strict=True)] == [None, *2 * ["access_changed"]]
    assert token_actor(secret) is None


def test_opening_one_closes_nothing(world: World, login: Callable[[str], Client]):
    told(world)
    asked = [Request(REGION, login("dina").session.session_key)]
    [before] = admit(asked)
    begin()
    assert lost(before, *admit(asked)) is None
