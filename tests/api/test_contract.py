"""The published contract: it is up to date, whatever is sent never breaks the server, and reads stay cheap."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from diversion.feed.consumer import CODES
from diversion.wire import frames
from diversion.wire.audiences import Audience
from diversion.wire.positions import instant
from tests.replicas.replica import snapshot
from tests.world import CAST, REGION, World

PUBLISHED = Path(__file__).resolve().parents[2] / "diversion" / "api" / "openapi.json"


def test_the_published_schema_is_what_the_views_say(tmp_path: Path) -> None:
    made = tmp_path / "openapi.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(made))
    assert json.loads(made.read_text()) == json.loads(PUBLISHED.read_text())


def faults(form: str, sent: Any) -> list[str]:
    """What a document sent has, or lacks, that the published form says otherwise."""
    from jsonschema import Draft202012Validator

    components = json.loads(PUBLISHED.read_text())["components"]
    published = Draft202012Validator({"$ref": f"#/components/schemas/{form}", "components": components})
    return [error.message for error in published.iter_errors(json.loads(json.dumps(sent)))]


def test_every_row_of_a_snapshot_has_the_published_form(real_world: World) -> None:
    real_world.declare()
    real_world.order(real_world.transport("A1"), "saint-jean")
    assert faults("SnapshotFrame", snapshot(Audience(REGION))) == []


def test_every_frame_of_a_socket_has_the_published_form() -> None:
    now, audience = timezone.now(), Audience(REGION)
    you = {"name": "Dina", "roles": [{"role": "dispatcher", "region": REGION, "site": None}]}
    position = [str(uuid.uuid4()), 50.8, 4.3, instant(now), None, 12.5]
    sent = [
        frames.hello_frame(audience, you=you, now=now),
        frames.events_frame("0:-", []),
        frames.positions_frame([position], now),
        frames.tick_frame("0:-", now=now, clock_at=None),
        *(frames.bye_frame(reason) for reason in CODES),
    ]
    assert [faults("SocketFrame", frame) for frame in sent] == [[]] * len(sent)
    assert faults("SocketFrame", frames.bye_frame("tired"))


def test_receipts_and_refusals_have_the_published_form(world: World, say: Any) -> None:
    transport = world.transport("A1")
    order, nowhere = ({"transport": str(transport.pk), "to": to} for to in ("saint-jean", "nowhere"))
    told = say("dina", "POST", f"/api/regions/{REGION}/redirects", {"items": [order, nowhere]}).json()
    assert faults("RedirectResults", told) == []
    path = f"/api/transports/{transport.pk}/redirect"
    stale = say("dina", "POST", path, {"to": "saint-luc", "version": 0}).json()
    assert stale["current"]["kind"] == "transport"
    assert faults("Problem", stale) == []


schema = schemathesis.openapi.from_path(PUBLISHED)


#: Whoever there is: the dispatch system's token, everybody of the cast, and nobody.
CALLERS = ["cad", *CAST, "sam", None]


@pytest.fixture
def callers(world: World) -> dict[str | None, Client]:
    """Clients that show a failure of the server as an answer, one for each of them."""
    found: dict[str | None, Client] = {who: Client(raise_request_exception=False) for who in CALLERS}
    for who, user in world.users.items():
        found[who].force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    found["cad"] = Client(headers={"Authorization": f"Bearer {world.cad_secret}"}, raise_request_exception=False)
    return found


@schema.given(who=st.sampled_from(CALLERS))
@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    # The world is one transaction for all examples of an operation: they may meet each other's rows, as in life.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_nothing_that_anybody_can_send_breaks_the_server(
    case: Any, who: str | None, callers: dict[str | None, Client]
) -> None:
    call = case.as_transport_kwargs(base_url="http://testserver")
    body = call.get("json")
    answer = callers[who].generic(
        call["method"],
        call["url"],
        json.dumps(body) if body is not None else "",
        "application/json",
        query_params=call.get("params") or None,
        headers={name: str(value) for name, value in (call.get("headers") or {}).items() if str(value).isascii()},
    )
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        problem = answer.json()
        assert answer["Content-Type"] == "application/problem+json"
        assert problem["code"]
        assert problem["detail"]


def queries(read: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert read().status_code == 200
    return len(made)


@pytest.mark.parametrize("path", [f"/api/regions/{REGION}/snapshot", f"/api/regions/{REGION}/plan"])
def test_a_read_asks_the_database_the_same_number_of_questions_for_many_rows_as_for_few(
    real_world: World, login: Any, path: str
) -> None:
    browser = login("dina")
    real_world.declare()
    for number in range(2):
        real_world.transport(f"A{number}")
    few = queries(lambda: browser.get(path))
    for number in range(2, 12):
        real_world.transport(f"A{number}")
    assert queries(lambda: browser.get(path)) == few


def test_options_ask_the_same_number_of_questions_however_many_are_under_way(real_world: World, login: Any) -> None:
    browser = login("dina")
    path = f"/api/transports/{real_world.transport('A0').pk}/options"
    browser.get(path)  # what is asked once and remembered
    few = queries(lambda: browser.get(path))
    for number in range(1, 12):
        real_world.transport(f"A{number}")
    assert queries(lambda: browser.get(path)) == few
