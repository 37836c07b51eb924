"""Bodies and addresses that nobody sends by accident: each gets a problem document, none a failure of the server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from diversion.models import Event
from tests.world import REGION, World

DECLARE = "/api/sites/saint-pierre/diversions"
POSITIONS = f"/api/cad/regions/{REGION}/positions"
VEHICLES = f"/api/cad/regions/{REGION}/vehicles"

Send = Callable[..., HttpResponse]


@pytest.fixture
def send(world: World) -> Send:
    """Raw bytes as somebody of the cast, or with the dispatch system's token; a 500 is an answer, not an exception."""

    def raw(path: str, body: bytes | str, *, who: str = "clara", method: str = "POST", **more: Any) -> HttpResponse:
        client = Client(raise_request_exception=False)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if who == "cad":
            headers["Authorization"] = f"Bearer {world.cad_secret}"
        else:
            client.force_login(world.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
        kind = more.pop("content_type", "application/json")
        return client.generic(method, path, body, kind, headers=headers)

    return raw


def assert_problem(answer: HttpResponse, *statuses: int) -> dict[str, Any]:
    assert answer.status_code in statuses, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert {"type", "title", "code", "detail"} <= set(problem)
    return problem


def test_the_honest_body_is_taken(send: Send):
    """So that the refusals below are about what is wrong with the others."""
    assert send(DECLARE, '{"cause": "it_outage"}').status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"cause"',
        b'{"cause": NaN}',
        b"\xff\xfe\x00",
        b'{"cause": "it_outage", "comment": "\\ud800"}',
        b'{"cause": "it_outage", "\\ud800": 1}',
        b'{"cause": "it_outage", "services": {"\\ud800": {"level": "down"}}}',
        b'{"cause": "it_outage", "services": {"\\u0000": {"level": "down"}}}',
        b'{"cause": "it_outage", "gates": []}',
        b'{"cause": "it_outage", "gates": {"ambulances": ["closed"]}}',
        b'{"cause": "it_outage", "gates": {"ambulances": {}}}',
        b'{"cause": "it_outage", "services": {"records": {}}}',
        b'{"cause": "it_outage", "closed_capabilities": [["ct"]]}',
        b'{"cause": "it_outage", "said_at": "0001-01-01T00:00:00+14:00"}',
        b'{"cause": "it_outage", "expected_end": "9999-12-31T23:59:59-14:00"}',
        b'{"cause": "it_outage", "said_at": 5}',
        b'{"cause": "it_outage", "said_at": "2026-03-11T04:09:00"}',
        b"[" * 50_000,
    ],
)
def test_a_body_that_is_wrong_is_refused_as_a_problem(send: Send, body: bytes):
    before = Event.objects.count()
    assert_problem(send(DECLARE, body), 400, 422)
    assert Event.objects.count() == before


@pytest.mark.parametrize("version", ["1e400", str(10**30), str(-1), '"1"', "true", "1.5"])
def test_a_version_that_is_no_version_is_refused(world: World, send: Send, version: str):
    diversion = world.declare()
    answer = send(f"/api/diversions/{diversion.pk}/amend", f'{{"version": {version}}}')
    assert answer.status_code in (200, 400, 409, 422), answer.content[:300]


@pytest.mark.parametrize("lat", [str(10**400), "1e999", "-1e999", '"x"', "[]", "null", "true"])
def test_a_position_that_is_no_number_is_refused_alone(world: World, send: Send, lat: str):
    body = f'{{"positions": [{{"vehicle": "a1", "lat": {lat}, "lon": 4.3, "at": "2026-01-01T00:00:00Z"}}]}}'
    answer = send(POSITIONS, body, who="cad")
    assert answer.status_code in (200, 400), answer.content[:300]
    if answer.status_code == 200:
        assert answer.json()["accepted"] == 0


def test_what_is_wrong_inside_an_item_is_told_in_words(send: Send):
    base = {"name": "base", "lat": 95, "lon": 4, "city": "x"}
    items = [{"ref": "a1", "call_sign": "a1", "kind": "ambulance", "base": base}]
    answer = send(VEHICLES, json.dumps({"vehicles": items}), who="cad", method="PUT")
    errors = answer.json()["errors"]
    assert [error["field"] for error in errors] == ["base.city"]
    assert "ErrorDetail" not in str(errors)
    del base["city"]
    answer = send(VEHICLES, json.dumps({"vehicles": items}), who="cad", method="PUT")
    assert [error["field"] for error in answer.json()["errors"]] == ["base.lat"]


@pytest.mark.parametrize("item", ["null", "1", "[]", '"a1"', "{}"])
def test_an_item_that_is_no_item_is_refused_alone(world: World, send: Send, item: str):
    good = '{"ref": "a1", "call_sign": "a1", "kind": "ambulance"}'
    answer = send(VEHICLES, f'{{"vehicles": [{item}, {good}]}}', who="cad", method="PUT")
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert {error["index"] for error in answer.json()["errors"]} == {0}
    if item != "{}":
        assert answer.json()["errors"][0]["detail"] == "Expected a JSON object."


@pytest.mark.parametrize(
    "address",
    [
        f"/api/regions/{REGION}/plan?site=%00",
        f"/api/regions/{REGION}/plan?site=nowhere",
        f"/api/regions/{REGION}/feed?after=%00",
        f"/api/regions/{REGION}/feed?after=1:{uuid.UUID(int=0)}",
        f"/api/regions/{REGION}/feed?after={'9' * 400}:-",
        f"/api/regions/{REGION}/feed?after={10**18}:{uuid.UUID(int=0)}",
        f"/api/regions/{REGION}/feed?after={10**30}:{uuid.UUID(int=0)}",
    ],
)
def test_an_address_that_is_wrong_is_answered(real_world: World, login: Callable[[str], Client], address: str):
    browser = login("dina")
    browser.raise_request_exception = False
    assert browser.get(address).status_code < 500


@pytest.mark.parametrize("audience", ["%00", "sites:", "sites:%00", "sites:nowhere", "x" * 5000])
def test_an_audience_nobody_is_in_is_answered(real_world: World, login: Callable[[str], Client], audience: str):
    browser = login("dina")
    browser.raise_request_exception = False
    assert browser.get(f"/api/regions/{REGION}/snapshot?audience={audience}").status_code < 500


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/", 404),
        ("/api/nothing/here", 404),
        ("/api/diversions/not-a-uuid/lift", 404),
        ("/api/sites/saint%00pierre/diversions", 404),
        ("/api/sites/nowhere/diversions", 404),
        ("/api/me", 405),
    ],
)
def test_an_address_that_does_not_exist_is_a_problem_too(send: Send, path: str, status: int):
    assert_problem(send(path, '{"cause": "it_outage"}'), status)


def test_a_body_in_another_format_is_refused(send: Send):
    assert_problem(send(DECLARE, "cause=it_outage", content_type="application/x-www-form-urlencoded"), 415)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(send: Send):
    problem = assert_problem(send(DECLARE, json.dumps({"comment": "x" * 2_000_000})), 413)
    assert problem["code"] == "body_too_large"
    assert "1,048,576 bytes" in problem["detail"]


def test_html_in_a_comment_is_text_and_stays_text(world: World, send: Send):
    answer = send(DECLARE, '{"cause": "it_outage", "comment": "<script>alert(1)</script>"}')
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("text", ["é", "日本", "🚑", "\u202e", "a\tb\nc"])
def test_any_script_of_the_world_may_stand_in_a_comment(send: Send, text: str):
    answer = send(DECLARE, json.dumps({"cause": "it_outage", "comment": text}))
    assert answer.json()["events"][0]["fact"]["comment"] == text
