"""Several orders in one request, and a database that fails half-way: uncertain until asked again, then done once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from diversion.models import Redirect, Transport
from tests.world import REGION, World


@contextmanager
def full_when_told_of(transport: Transport) -> Iterator[None]:
    """The disk has no room left for this one's order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON diversion_redirect FOR EACH ROW "
            f"WHEN (NEW.transport_id = '{transport.pk}') EXECUTE FUNCTION no_room()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room() CASCADE")


def test_orders_of_which_some_are_recorded_are_told_as_uncertain_and_under_the_same_key_each_is_given_once(
    real_world: World, login: Callable[[str], Client]
) -> None:
    transports = [real_world.transport(sign) for sign in ("A1", "A2", "A3")]
    items = [{"transport": str(one.pk), "to": "saint-jean"} for one in transports]
    dina, key = login("dina"), str(uuid.uuid4())

    def order() -> HttpResponse:
        path, headers = f"/api/regions/{REGION}/redirects", {"Idempotency-Key": key}
        return dina.post(path, json.dumps({"items": items}), content_type="application/json", headers=headers)

    with full_when_told_of(transports[1]):
        answer = order()
    assert (answer.status_code, answer.json()["code"]) == (503, "not_known")
    assert "Idempotency-Key" in answer.json()["detail"]
    assert {one.transport_id for one in Redirect.objects.all()} == {transports[0].pk}

    results = order().json()["results"]
    assert [(row["ok"], row["answer"]["repeated"]) for row in results] == [(True, True), (True, False), (True, False)]
    assert sorted(one.transport_id for one in Redirect.objects.all()) == sorted(one.pk for one in transports)
