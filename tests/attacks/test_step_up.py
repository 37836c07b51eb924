"""An open desk, a copied session: overriding a gate and quarantining a site ask whether it is still its person.

Declaring, redirecting and keeping a destination ask nobody anything, however long ago the login was.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from diversion.commands.vehicles import put_vehicle
from diversion.identity import LOGIN_AT, PROVEN_AT, proven_until, token_actor, user_actor
from diversion.log import CommandKey
from diversion.models import Event, Redirect
from hospitals.models import Site
from tests.access.actors import secret_of
from tests.accounts.doors import GOOD, card, stranger, with_password
from tests.accounts.test_logins import code_now, with_code_app
from tests.api.conftest import Machine
from tests.logins import log_in
from tests.world import REGION, World

PROVE = "/accounts/prove/"
QUARANTINE = "/api/sites/saint-pierre/quarantine"
WHY = {"reason": "nowhere else"}


def post(browser: Client, path: str, body: Any, key: str | None = None) -> HttpResponse:
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return browser.post(path, json.dumps(body), "application/json", headers=headers)


def prove(browser: Client, way: str, proof: Any) -> HttpResponse:
    return post(browser, PROVE, {"way": way, "proof": proof})


def long_ago(world: World, who: str) -> Client:
    """Somebody who has a password, and logged in at the beginning of the night."""
    user = world.users[who]
    # A new password would end the sessions of the old one.
    browser = log_in(stranger(), user if user.has_usable_password() else with_password(user))
    session = browser.session
    session[LOGIN_AT] = (timezone.now() - timedelta(hours=6)).isoformat()
    session.save()
    return browser


def asked_to_prove(answer: HttpResponse) -> bool:
    return answer.status_code == 403 and answer.json()["code"] == "reauthentication_required"


@pytest.fixture
def override(world: World) -> tuple[str, dict[str, str]]:
    """Where and how to order AMB 1 to Saint-Luc, which takes nobody."""
    transport = world.transport("AMB 1", to="saint-jean")
    world.declare("saint-luc", actor=world.lucas)
    return f"/api/transports/{transport.pk}/redirect", {"to": "saint-luc", **WHY}


# ---------------------------------------------------------------- what is asked for, and of whom


def test_an_override_long_after_the_login_is_refused_until_it_is_proven_and_is_then_the_same_command(
    world: World, override: tuple[str, dict[str, str]]
):
    path, body = override
    dina, key = long_ago(world, "dina"), str(uuid.uuid4())
    before = Event.objects.count()
    refused = post(dina, path, body, key)
    assert asked_to_prove(refused)
    assert refused.json()["data"] == {"prove_at": PROVE}
    assert (Event.objects.count(), Redirect.objects.count()) == (before, 0)
    assert prove(dina, "password", GOOD).status_code == 200
    done = post(dina, path, body, key)
    assert (done.status_code, done.json()["repeated"]) == (200, False)
    assert Redirect.objects.get().reason == WHY["reason"]
    assert post(dina, path, body, key).json()["repeated"]


def test_nobody_is_asked_to_prove_themselves_for_what_is_refused_anyhow(
    world: World, override: tuple[str, dict[str, str]]
):
    path, body = override
    assert post(long_ago(world, "dina"), path, {**body, "reason": ""}).json()["code"] == "reason_required"
    assert post(long_ago(world, "ruth"), path, body).json()["code"] == "denied"
    assert post(long_ago(world, "dina"), QUARANTINE, WHY).json()["code"] == "denied"


@pytest.mark.parametrize("who", ["sofie", "clara", "ada"])
def test_quarantining_a_site_long_after_the_login_is_refused_until_it_is_proven(world: World, who: str):
    browser = long_ago(world, who)
    assert asked_to_prove(post(browser, QUARANTINE, WHY))
    assert Site.objects.get(pk="saint-pierre").quarantined_at is None
    assert prove(browser, "password", GOOD).status_code == 200
    assert post(browser, QUARANTINE, WHY).status_code == 200


def test_letting_a_sites_machines_in_again_asks_too(world: World):
    sofie = long_ago(world, "sofie")
    assert post(log_in(stranger(), world.users["ada"]), QUARANTINE, WHY).status_code == 200
    assert asked_to_prove(post(sofie, "/api/sites/saint-pierre/release", WHY))
    assert prove(sofie, "password", GOOD).status_code == 200
    assert post(sofie, "/api/sites/saint-pierre/release", WHY).status_code == 200


def test_among_many_orders_at_once_only_the_override_asks_and_the_same_parcel_then_does_it(world: World):
    there, shut = world.transport("AMB 1", to="saint-jean"), world.transport("AMB 2", to="saint-jean")
    world.declare("saint-luc", actor=world.lucas)
    dina, path, key = long_ago(world, "dina"), f"/api/regions/{REGION}/redirects", str(uuid.uuid4())
    items = [
        {"transport": str(there.pk), "to": "saint-pierre"},
        {"transport": str(shut.pk), "to": "saint-luc", **WHY},
    ]
    first = post(dina, path, {"items": items}, key).json()["results"]
    assert [row["ok"] for row in first] == [True, False]
    assert first[1]["problem"]["code"] == "reauthentication_required"
    assert prove(dina, "password", GOOD).status_code == 200
    second = post(dina, path, {"items": items}, key).json()["results"]
    assert [row["ok"] for row in second] == [True, True]
    assert [row["answer"]["repeated"] for row in second] == [True, False]


def test_declaring_redirecting_and_keeping_never_ask(world: World):
    dina, clara = long_ago(world, "dina"), long_ago(world, "clara")
    going, staying = world.transport("AMB 1"), world.transport("AMB 2")
    closed = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    assert post(clara, "/api/sites/saint-pierre/diversions", closed).status_code == 200
    assert post(dina, f"/api/transports/{going.pk}/redirect", {"to": "saint-jean"}).status_code == 200
    assert post(dina, f"/api/transports/{staying.pk}/keep", WHY).status_code == 200


def test_a_machine_is_not_asked_and_cannot_prove_anything(world: World):
    machine = token_actor(secret_of(world, "cad:write"))
    assert machine is not None
    put_vehicle(actor=machine, key=CommandKey.new(), region_id=REGION, ref="AMB 9", said={"call_sign": "AMB 9"})
    told = Machine(world.cad_secret).send("POST", PROVE, {"way": "password", "proof": GOOD})
    assert told.status_code in (401, 403)
    assert Machine(world.cad_secret).send("GET", PROVE).status_code == 401


# ---------------------------------------------------------------- what counts as a proof, and for how long


def test_a_fresh_login_is_a_proof_and_an_old_one_is_not(world: World, settings, time_machine):
    time_machine.move_to(1_700_000_000.0, tick=False)
    sofie = log_in(stranger(), world.users["sofie"])
    time_machine.shift(settings.PROOF_LASTS_S - 1)
    assert post(sofie, QUARANTINE, WHY).status_code == 200
    time_machine.shift(1)
    assert asked_to_prove(post(sofie, "/api/sites/saint-pierre/release", WHY))


def test_one_proof_covers_everything_for_its_time_and_using_it_makes_it_no_longer(world: World, settings, time_machine):
    time_machine.move_to(1_700_000_000.0, tick=False)
    sofie = long_ago(world, "sofie")
    assert prove(sofie, "password", GOOD).status_code == 200
    for path in (QUARANTINE, "/api/sites/saint-pierre/release"):
        time_machine.shift(settings.PROOF_LASTS_S // 2 - 1)
        assert post(sofie, path, WHY).status_code == 200
    time_machine.shift(2)
    assert asked_to_prove(post(sofie, QUARANTINE, WHY))


def test_the_proof_of_another_session_counts_for_nothing(world: World):
    here, there = long_ago(world, "sofie"), long_ago(world, "sofie")
    assert prove(there, "password", GOOD).status_code == 200
    assert asked_to_prove(post(here, QUARANTINE, WHY))


def test_a_session_that_says_nothing_of_its_login_has_proven_nothing(world: World):
    assert proven_until({}) is None
    assert proven_until({LOGIN_AT: "yesterday", PROVEN_AT: 5}) is None
    assert not user_actor(world.users["sofie"]).proven


def test_everybody_proves_it_with_what_they_have(world: World, still: None):
    sofie = long_ago(world, "sofie")
    assert sofie.get(PROVE).json()["ways"] == ["password"]
    secret = with_code_app(world.users["sofie"])
    printed = card(world, "sofie")
    told = sofie.get(PROVE).json()
    assert (told["ways"], told["username"]) == (["code", "password", "card"], "sofie")
    for way, proof in (("code", code_now(secret)), ("card", printed.codes[0])):
        browser = long_ago(world, "sofie")
        assert asked_to_prove(post(browser, QUARANTINE, WHY))
        assert prove(browser, way, proof).status_code == 200
        # Neither works a second time.
        assert prove(browser, way, proof).status_code == 422
        assert browser.get(PROVE).json()["proven_until"] > timezone.now().isoformat()
    assert post(browser, QUARANTINE, WHY).status_code == 200


def test_a_card_proves_presence_and_still_changes_nothing_about_how_one_signs_in(world: World):
    sofie = long_ago(world, "sofie")
    printed = card(world, "sofie")
    assert prove(sofie, "card", printed.codes[0]).status_code == 200
    assert sofie.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")


# ---------------------------------------------------------------- guessing


@pytest.mark.parametrize(
    ("way", "proof"),
    [
        ("password", "wrong"),
        ("password", ""),
        ("password", {"$ne": None}),
        ("code", "000000"),
        ("code", 7),
        ("card", "0000 0000 0000"),
        ("card", None),
        ("passkey", {}),
        ("passkey", "{}"),
        ("passkey", {"id": "x", "rawId": "x", "type": "public-key", "response": {}}),
        ("nothing", "x"),
        ("", None),
    ],
)
def test_what_proves_nothing_is_refused_and_opens_nothing(world: World, way: str, proof: Any):
    sofie = long_ago(world, "sofie")
    with_code_app(world.users["sofie"])
    card(world, "sofie")
    refused = prove(sofie, way, proof)
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert asked_to_prove(post(sofie, QUARANTINE, WHY))


def test_a_body_that_is_no_json_proves_nothing(world: World):
    sofie = long_ago(world, "sofie")
    for body in ("", "way=password", "[1]", '"x"', "{", "null"):
        assert sofie.post(PROVE, body, "application/json").status_code == 422


def test_guessing_is_stopped_as_at_the_login(world: World):
    sofie = long_ago(world, "sofie")
    statuses = [prove(sofie, "password", f"wrong {n}").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    stopped = prove(sofie, "password", GOOD)
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert asked_to_prove(post(sofie, QUARANTINE, WHY))


def test_a_form_on_another_page_proves_nothing(world: World):
    with_password(world.users["sofie"])
    victim = log_in(Client(enforce_csrf_checks=True), world.users["sofie"])
    assert prove(victim, "password", GOOD).status_code == 403


def test_somebody_not_logged_in_is_told_to_log_in(world: World):
    assert stranger().get(PROVE).status_code == 401
    assert prove(stranger(), "password", GOOD).status_code == 401


# ---------------------------------------------------------------- on record


def test_the_lines_say_who_proved_and_who_failed_and_nothing_of_what_was_typed(
    world: World, still: None, capsys, caplog
):
    sofie = long_ago(world, "sofie")
    secret = with_code_app(world.users["sofie"])
    code = code_now(secret)
    prove(sofie, "password", "a-typed-secret")
    prove(sofie, "code", code)
    told = "".join(capsys.readouterr()) + caplog.text
    assert "login_failed" in told
    assert "proven" in told
    assert "a-typed-secret" not in told
    assert code not in told
