"""A lost answer can be asked for by its key, by whoever sent it and by nobody else."""

from __future__ import annotations

import uuid

from tests.world import World


def test_a_key_that_carried_something_out_gets_the_same_answer(world: World, login) -> None:
    key, clara = str(uuid.uuid4()), login("clara")
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    sent = clara.post(
        "/api/sites/saint-pierre/diversions", body, "application/json", headers={"Idempotency-Key": key}
    ).json()
    found = clara.get(f"/api/receipts/{key}")
    assert found.status_code == 200
    assert found.json() == sent | {"repeated": True}


def test_a_key_that_carried_nothing_out_is_not_found(world: World, login) -> None:
    assert login("clara").get(f"/api/receipts/{uuid.uuid4()}").status_code == 404


def test_somebody_elses_key_is_not_found(world: World, login) -> None:
    key = str(uuid.uuid4())
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    login("clara").post(
        "/api/sites/saint-pierre/diversions", body, "application/json", headers={"Idempotency-Key": key}
    )
    assert login("dina").get(f"/api/receipts/{key}").status_code == 404


def test_nobody_asks_without_a_login(world: World, client) -> None:
    assert client.get(f"/api/receipts/{uuid.uuid4()}").status_code == 401
