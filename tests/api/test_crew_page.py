"""What a crew is told: its own vehicle, where it goes and what it is ordered; nothing of anybody else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from diversion.commands import crews, redirects
from diversion.log import CommandKey
from diversion.models import Redirect, Vehicle
from tests.world import REGION, World

Login = Callable[[str], Client]
PATH = f"/api/regions/{REGION}/crew"


@pytest.fixture
def carl(world: World, login: Login) -> Client:
    """Carl's phone."""
    return login("carl")


def read(phone: Client) -> dict[str, Any]:
    answer = phone.get(PATH)
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(phone: Client, path: str, said: Any = None) -> Any:
    return phone.post(path, said or {}, content_type="application/json", headers={"Idempotency-Key": str(uuid.uuid4())})


def board(phone: Client, ref: str) -> None:
    assert post(phone, f"/api/vehicles/{Vehicle.objects.get(ref=ref).pk}/board").status_code == 200


def test_who_is_on_no_vehicle_may_choose_and_learns_nothing_else(world: World, carl: Client):
    world.order(world.transport("a1"), "saint-luc")
    told = read(carl)
    assert [one["call_sign"] for one in told["vehicles"]] == ["a1"]
    assert (told["duty"], told["transport"]) == (None, None)


def test_a_crew_is_told_where_it_goes_and_what_it_is_ordered_and_why(world: World, carl: Client):
    transport = world.transport("a1", needs=["trauma"])
    world.declare()
    redirect = world.order(transport, "saint-luc", reason="their surgeon is in")
    board(carl, "a1")
    told = read(carl)
    assert told["vehicles"] == []
    assert told["duty"]["vehicle"]["call_sign"] == "a1"
    journey = told["transport"]
    assert (journey["destination"]["id"], journey["urgency"]) == ("saint-pierre", "urgent")
    assert [one["code"] for one in journey["needs"]] == ["trauma"]
    order = journey["order"]
    assert (order["id"], order["state"], order["why"]) == (str(redirect.pk), "ordered", "closed")
    assert (order["from_site"]["id"], order["to_site"]["id"]) == ("saint-pierre", "saint-luc")


def test_an_order_without_a_closed_gate_is_dispatchs_decision(world: World, carl: Client):
    world.order(world.transport("a1"), "saint-luc")
    board(carl, "a1")
    assert read(carl)["transport"]["order"]["why"] == "none"


def test_neither_why_dispatch_decided_so_nor_who_the_patient_might_be_nor_another_vehicle_is_told(
    world: World, carl: Client
):
    world.order(world.transport("a1"), "saint-luc", reason="their surgeon is in")
    world.transport("other-vehicle", to="saint-jean")
    board(carl, "a1")
    text = json.dumps(read(carl))
    for hidden in ("surgeon", "Dina", "other-vehicle", "saint-jean", "adult", "age_band", "sex"):
        assert hidden not in text


def test_what_stands_after_the_answer_is_told(world: World, carl: Client):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(carl, "a1")
    answer = post(carl, f"/api/redirects/{redirect.pk}/acknowledge", {"channel": "crew_page"})
    assert (answer.status_code, answer.json()["events"]) == (200, [])
    assert answer.json()["seq"] is not None
    journey = read(carl)["transport"]
    assert (journey["destination"]["id"], journey["order"]["state"]) == ("saint-luc", "acknowledged")


def test_what_a_crew_cannot_reaches_the_record_and_comes_back(world: World, carl: Client):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(carl, "a1")
    assert post(carl, f"/api/redirects/{redirect.pk}/objection", {"reason": "arriving"}).status_code == 200
    order = read(carl)["transport"]["order"]
    assert (order["state"], order["objection"]) == ("ordered", "arriving")
    assert order["objected_at"] is not None


def test_an_order_taken_back_meanwhile_is_refused_without_what_only_dispatch_reads(world: World, carl: Client):
    redirect = world.order(world.transport("a1"), "saint-luc", reason="their surgeon is in")
    board(carl, "a1")
    redirects.cancel_redirect(actor=world.dina, key=CommandKey.new(), redirect_id=redirect.pk)
    answer = post(carl, f"/api/redirects/{redirect.pk}/acknowledge", {"channel": "crew_page"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert "current" not in answer.json()
    assert read(carl)["transport"]["order"]["state"] == "cancelled"


def test_dispatch_that_is_refused_still_gets_the_row_as_it_is_now(world: World, login: Login):
    redirect = world.order(world.transport("a1"), "saint-luc")
    world.crew_answers(redirect)
    answer = post(login("dina"), f"/api/redirects/{redirect.pk}/cancel")
    assert answer.json()["current"]["state"]["state"] == "acknowledged"


def test_somebody_on_another_vehicle_is_refused(world: World, carl: Client):
    redirect = world.order(world.transport("a1"), "saint-luc")
    world.vehicle("a2")
    board(carl, "a2")
    assert read(carl)["transport"] is None
    answer = post(carl, f"/api/redirects/{redirect.pk}/acknowledge", {"channel": "crew_page"})
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert Redirect.objects.get().state == "ordered"


def test_a_crew_reads_no_feed(world: World, carl: Client):
    assert carl.get(f"/api/regions/{REGION}/snapshot").status_code == 403


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "ada", "sam"])
def test_only_a_crew_reads_as_one_and_opens_the_page(world: World, login: Login, who: str):
    browser = login(who)
    assert browser.get(PATH).status_code == 403
    assert browser.get(f"/crew/{REGION}/").status_code == 403


def test_a_crew_goes_straight_to_its_page(world: World, carl: Client):
    assert carl.get("/")["Location"] == f"/crew/{REGION}/"
    assert carl.get(f"/crew/{REGION}/").status_code == 200
    assert carl.get("/crew/nowhere/").status_code == 404


def test_it_is_read_with_the_same_queries_however_much_there_is(
    world: World, carl: Client, django_assert_num_queries: Any
):
    transport = world.transport("a1")
    crews.board_vehicle(actor=world.carl, key=CommandKey.new(), vehicle_id=transport.vehicle_id)
    for site in ("saint-luc", "saint-jean"):
        world.order(transport, site)
    world.declare()
    with django_assert_num_queries(9):
        read(carl)
