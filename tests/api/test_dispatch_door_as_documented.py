"""What CAD.md tells an integrator besides the single items: whole requests that are refused, and what repeats do."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from diversion.models import Transport, Vehicle
from tests.api.conftest import Machine
from tests.world import REGION, World

DOCUMENT = (Path(__file__).resolve().parents[2] / "diversion" / "api" / "CAD.md").read_text()
VEHICLES = f"/api/cad/regions/{REGION}/vehicles"
JSON = "application/json"


@pytest.mark.parametrize(
    ("status", "code", "request_"),
    [
        (400, "parse_error", {"body": b'{"vehicles": [{"ref": NaN}]}'}),
        (400, "parse_error", {"body": b'{"vehicles": [{"ref": "\\ud800"}]}'}),
        (401, "logged_out", {"token": None}),
        (401, "authentication_failed", {"token": "made-up"}),
        (404, "not_found", {"path": "/api/cad/regions/nowhere/vehicles"}),
        (405, "method_not_allowed", {"method": "POST"}),
        (413, "body_too_large", {"body": b" " * 1_048_577}),
        (415, "unsupported_media_type", {"kind": "text/csv"}),
        (422, "batch_required", {"body": b"{}"}),
        (422, "batch_too_large", {"body": b'{"vehicles": [' + b",".join([b"1"] * 1001) + b"]}"}),
    ],
)
def test_a_request_refused_as_a_whole_has_its_documented_code(
    world: World, status: int, code: str, request_: dict[str, Any]
):
    token = request_.get("token", world.cad_secret)
    client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = client.generic(
        request_.get("method", "PUT"),
        request_.get("path", VEHICLES),
        request_.get("body", b'{"vehicles": []}'),
        request_.get("kind", JSON),
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert f"| {status} | `{code}` |" in DOCUMENT


def test_other_keys_beside_the_batch_are_ignored_and_numbers_become_text(cad: Machine):
    items = [{"ref": 7, "call_sign": " Alpha 7 ", "kind": "ambulance"}]
    answer = cad.send("PUT", VEHICLES, {"vehicles": items, "sent_by": "us"})
    assert answer.json() == {"accepted": 1, "errors": []}
    assert Vehicle.objects.values_list("ref", "call_sign").get() == ("7", "Alpha 7")


def test_one_item_may_bring_several_errors(cad: Machine):
    answer = cad.send("PUT", VEHICLES, {"vehicles": [{"ref": "a1"}]}).json()
    assert answer["accepted"] == 0
    assert [(error["index"], error["field"]) for error in answer["errors"]] == [(0, "call_sign"), (0, "kind")]


def test_an_order_acknowledged_again_under_another_key_changes_nothing(world: World, cad: Machine):
    order = world.order(world.transport("a1"), "saint-luc")
    path = f"/api/redirects/{order.pk}/acknowledge"
    assert cad.send("POST", path, {"channel": "cad"}).json()["seq"] is not None
    again = cad.send("POST", path, {"channel": "cad"})
    assert (again.status_code, again.json()["seq"], again.json()["repeated"]) == (200, None, False)
    assert Transport.objects.get().destination_id == "saint-luc"


def test_an_acknowledgement_that_cannot_be_taken_has_its_documented_code(world: World, cad: Machine):
    order = world.order(world.transport("a1"), "saint-luc")
    path = f"/api/redirects/{order.pk}/acknowledge"
    key = str(uuid.uuid4())
    nobody = cad.send("POST", f"/api/redirects/{uuid.uuid4()}/acknowledge", {"channel": "cad"})
    wrong = cad.send("POST", path, {"channel": "pigeon"})
    unkeyed = cad.send("POST", path, {"channel": "cad"}, key="no uuid")
    cad.send("POST", path, {"channel": "cad"}, key=key)
    reused = cad.send("POST", path, {"channel": "radio"}, key=key)
    told = [(answer.status_code, answer.json()["code"]) for answer in (nobody, wrong, unkeyed, reused)]
    assert told == [(404, "not_found"), (400, "invalid"), (422, "key_required"), (422, "key_reused")]
    assert wrong.json()["field"] == "channel"
