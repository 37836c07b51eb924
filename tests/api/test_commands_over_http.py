"""Commands over HTTP: their keys, their answers, their refusals as problem documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from diversion.models import Diversion, Event
from tests.world import REGION, World

Say = Callable[..., HttpResponse]
DECLARE = "/api/sites/saint-pierre/diversions"
BODY = {"cause": "it_outage", "gates": {"ambulances": "closed"}}


def test_a_declaration_answers_with_its_number_and_what_it_changed(world: World, say: Say) -> None:
    answer = say("clara", "POST", DECLARE, BODY).json()
    assert answer["seq"] == Event.objects.get(kind="diversion.declared").seq
    assert {change["kind"] for change in answer["events"][0]["changes"]} == {"diversion", "site"}


def test_the_answer_to_a_coordinator_holds_nothing_of_the_transports_it_affected(world: World, say: Say) -> None:
    world.transport("A1")
    answer = say("clara", "POST", DECLARE, BODY).json()
    assert "transport" not in {change["kind"] for change in answer["events"][0]["changes"]}
    assert "affected" not in answer["events"][0]["fact"]


def test_the_same_key_gets_the_same_answer_and_does_nothing_again(world: World, say: Say) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = say("clara", "POST", DECLARE, BODY, **key).json(), say("clara", "POST", DECLARE, BODY, **key).json()
    assert (first.pop("repeated"), again.pop("repeated")) == (False, True)
    assert first == again
    assert Diversion.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(world: World, say: Say) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    say("clara", "POST", DECLARE, BODY, **key)
    answer = say("clara", "POST", DECLARE, {**BODY, "comment": "other"}, **key)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_without_a_key_nothing_is_done_and_the_header_is_named(world: World, say: Say) -> None:
    answer = say("clara", "POST", DECLARE, BODY, **{"Idempotency-Key": "not a uuid"})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    assert not Diversion.objects.exists()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"gates": {"ambulances": "closed"}}, "cause"),
        ({**BODY, "gates": {"ambulances": "shut"}}, "gates.ambulances"),
        ({**BODY, "gates": {"ambulence": "closed"}}, "gates.ambulence"),
        ({**BODY, "coment": "…"}, "coment"),
        ({**BODY, "services": {"records": {"level": "gone"}}}, "services.records.level"),
        ({**BODY, "comment": "x" * 2001}, "comment"),
        ({**BODY, "comment": "nul\x00"}, "comment"),
        ({**BODY, "state": "lifted"}, "state"),
    ],
)
def test_a_wrong_field_is_named_with_its_path(world: World, say: Say, body: dict[str, Any], path: str) -> None:
    answer = say("clara", "POST", DECLARE, body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert path in [error["path"] for error in answer.json()["errors"]]
    assert len(answer.json()["errors"]) > 1 or answer.json()["field"] == path
    assert not Diversion.objects.exists()


def test_a_service_nobody_knows_is_named(world: World, say: Say) -> None:
    answer = say("clara", "POST", DECLARE, {**BODY, "services": {"magic": {"level": "down"}}})
    assert (answer.status_code, answer.json()["field"]) == (400, "services.magic")


def test_a_conflict_brings_the_row_as_it_is_now(world: World, say: Say) -> None:
    diversion = world.declare()
    say("clara", "POST", f"/api/diversions/{diversion.pk}/amend", {"comment": "first"})
    answer = say("clara", "POST", f"/api/diversions/{diversion.pk}/amend", {"comment": "second", "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert answer.json()["current"]["state"]["comment"] == "first"


def test_another_hospitals_coordinator_is_refused_with_the_role_that_could(world: World, say: Say) -> None:
    answer = say("lucas", "POST", DECLARE, BODY)
    assert answer.status_code == 403
    assert "coordinator" in answer.json()["data"]["needs"]


def test_what_does_not_exist_is_not_found(world: World, say: Say) -> None:
    assert say("dina", "POST", f"/api/diversions/{uuid.uuid4()}/seen").status_code == 404


def test_a_stranger_without_a_session_is_told_to_log_in(world: World) -> None:
    answer = Client().post(DECLARE, BODY, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "logged_out")
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_page_elsewhere_cannot_use_somebodys_session(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.users["clara"], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(
        DECLARE, BODY, content_type="application/json", headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 403
    assert not Diversion.objects.exists()


def test_one_refused_row_does_not_hold_up_the_others(world: World, say: Say) -> None:
    one, two = world.transport("A1"), world.transport("A2")
    items = [{"transport": str(one.pk), "to": "saint-jean"}, {"transport": str(two.pk), "to": "nowhere"}]
    results = say("dina", "POST", f"/api/regions/{REGION}/redirects", {"items": items}).json()["results"]
    assert [row["ok"] for row in results] == [True, False]
    assert results[1]["problem"]["code"] == "not_found"
    one.refresh_from_db()
    assert one.ordered_destination_id == "saint-jean"


def test_orders_for_one_region_move_nobody_in_another(world: World, say: Say) -> None:
    transport = world.transport("A1")
    items = [{"transport": str(transport.pk), "to": "saint-jean"}]
    (row,) = say("dina", "POST", "/api/regions/elsewhere/redirects", {"items": items}).json()["results"]
    assert row["problem"]["code"] == "not_found"
    transport.refresh_from_db()
    assert transport.ordered_destination_id is None


def test_details_are_in_english_whatever_the_browser_prefers(world: World, login: Callable[[str], Client]) -> None:
    answer = login("clara").post(
        DECLARE,
        {},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4()), "Accept-Language": "fr"},
    )
    assert "required" in answer.json()["detail"]
