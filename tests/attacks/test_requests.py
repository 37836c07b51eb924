"""Attacks by requests: somebody's rights used by somebody else, and words in places where only facts belong."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.log import CommandKey
from diversion.models import Diversion, Event, LastPosition, Stream
from diversion.reaching import addresses
from hospitals.models import Region
from tests.access.actors import secret_of
from tests.accounts.doors import sign_in, stranger, with_password, words
from tests.api.conftest import Machine
from tests.world import BOUNDARY, REGION, World

Say = Callable[..., HttpResponse]
DECLARE = "/api/sites/saint-pierre/diversions"
BODY = {"cause": "it_outage", "gates": {"ambulances": "closed"}}


# ------------------------------------------------------------------ as somebody else


def test_a_replayed_key_tells_nobody_else_what_it_did(world: World, say: Say):
    key = str(uuid.uuid4())
    first = say("clara", "POST", DECLARE, BODY, **{"Idempotency-Key": key}).json()
    again = say("dina", "POST", DECLARE, BODY, **{"Idempotency-Key": key}).json()
    assert again["repeated"] is False
    assert {event["id"] for event in first["events"]}.isdisjoint(event["id"] for event in again["events"])
    assert say("sofie", "GET", f"/api/receipts/{key}").status_code == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_on_another_page_sends_no_command(world: World, kind: str):
    """These a browser sends from anywhere without asking first."""
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(world.users["clara"], backend="allauth.account.auth_backends.AuthenticationBackend")
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Origin": "https://evil.example"}
    assert victim.generic("POST", DECLARE, json.dumps(BODY), kind, headers=headers).status_code == 403
    assert not Diversion.objects.exists()


@pytest.mark.parametrize("header", ["Basic Y2xhcmE6eA==", "Bearer", "Bearer made-up", "bearer\tmade-up"])
def test_a_made_up_authorization_is_no_way_around_the_form_check(world: World, header: str):
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(world.users["clara"], backend="allauth.account.auth_backends.AuthenticationBackend")
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Authorization": header}
    answer = victim.generic("POST", DECLARE, json.dumps(BODY), "application/json", headers=headers)
    assert answer.status_code in (401, 403)
    assert not Diversion.objects.exists()


@pytest.mark.parametrize("name", ["actor", "author", "role", "declared_by", "user", "at", "clock"])
def test_nobody_says_who_they_are_in_a_body(world: World, say: Say, name: str):
    """Who acts is the session's or the token's; a body that says otherwise is refused or not heard."""
    say("clara", "POST", DECLARE, {**BODY, name: {"kind": "clock", "id": 0, "name": "clock"}})
    assert not Event.objects.filter(kind="diversion.declared").exclude(actor__name="Clara").exists()
    assert not Event.objects.filter(kind="diversion.declared", actor__kind="clock").exists()


def test_a_machine_called_clock_is_a_machine(world: World):
    _, secret = members.issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=REGION, name="clock", scopes=["cad:write"]
    )
    transport = world.transport("a1")
    notice = world.notice(transport)
    assert Machine(secret).send("POST", f"/api/notices/{notice.pk}/acknowledge", {}).status_code == 403
    Machine(secret).send(
        "PUT", f"/api/cad/regions/{REGION}/vehicles", {"vehicles": [{"ref": "b", "kind": "ambulance"}]}
    )
    assert not Event.objects.filter(actor__name="clock", actor__kind="clock").exists()


@pytest.fixture
def foreign(world: World) -> Machine:
    """The dispatch system of another region."""
    region = Region.objects.create(id="elsewhere", name={}, boundary=BOUNDARY)
    Stream.objects.create(region=region)
    _, secret = members.issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id="elsewhere", name="CAD", scopes=["cad:write", "feed:read"]
    )
    return Machine(secret)


def position(vehicle: str) -> dict[str, Any]:
    return {"positions": [{"vehicle": vehicle, "lat": 50.85, "lon": 4.35, "at": timezone.now().isoformat()}]}


def test_another_regions_dispatch_moves_none_of_our_vehicles(world: World, foreign: Machine):
    world.vehicle("a1")
    assert foreign.send("POST", f"/api/cad/regions/{REGION}/positions", position("a1")).status_code == 403
    answer = foreign.send("POST", "/api/cad/regions/elsewhere/positions", position("a1")).json()
    assert answer["accepted"] == 0
    assert not LastPosition.objects.exists()


def test_another_regions_dispatch_reads_none_of_our_picture(world: World, foreign: Machine):
    for path in ("snapshot", "feed", "plan", "deliveries"):
        assert foreign.send("GET", f"/api/regions/{REGION}/{path}").status_code in (403, 404, 405)


@pytest.mark.parametrize("ref", ["%", "_1", "a%", "' OR '1'='1", "a1'; DROP TABLE diversion_event; --", "*", ".*"])
def test_a_pattern_in_place_of_a_name_names_nothing(world: World, cad: Machine, ref: str):
    world.vehicle("a1")
    answer = cad.send("POST", f"/api/cad/regions/{REGION}/positions", position(ref)).json()
    assert answer["accepted"] == 0
    assert Event.objects.exists()


@pytest.mark.parametrize("who", ["sam", "lucas", "clara", "carl"])
@pytest.mark.parametrize("verb", ["seen", "acknowledge", "concern"])
def test_a_notice_is_neither_read_nor_answered_by_a_stranger_or_another_hospital(
    world: World, say: Say, who: str, verb: str
):
    notice = world.notice(world.transport("a1", to="saint-jean"))
    body = {"reason": "full"} if verb == "concern" else {}
    answer = say(who, "POST", f"/api/notices/{notice.pk}/{verb}", body)
    assert answer.status_code == 403
    # Nothing of it comes back with the refusal: no present row, no vehicle, no patient.
    assert "current" not in answer.json()
    assert not any(word in answer.content.decode() for word in ("adult", "urgent", "a1"))
    notice.refresh_from_db()
    assert notice.state == "sent"


# ------------------------------------------------------------------ sessions


def test_a_session_given_to_the_victim_beforehand_is_not_the_one_that_is_logged_in(world: World):
    with_password(world.users["ruth"])
    victim = stranger()
    sign_in(victim, "ruth", "wrong")  # there is a session before the login
    victim.get("/accounts/login/")
    victim.cookies["sessionid"] = planted = "0123456789abcdef0123456789abcdef"
    sign_in(victim, "ruth")
    assert victim.cookies["sessionid"].value != planted
    thief = stranger()
    thief.cookies["sessionid"] = planted
    assert thief.get("/api/me").status_code == 401


def test_a_copied_session_is_worth_nothing_after_its_person_logged_out(world: World, login: Callable[[str], Client]):
    browser, thief = login("dina"), Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert thief.get("/api/me").status_code == 200
    browser.post("/accounts/logout/")
    assert thief.get("/api/me").status_code == 401


def test_a_name_that_exists_is_refused_in_the_same_words_and_with_the_same_work(world: World, settings):
    hashed: list[str] = []

    class Counting(hashers.MD5PasswordHasher):
        def encode(self, password: str, salt: str) -> str:
            hashed.append(password)
            return str(super().encode(password, salt))

    with_password(world.users["ruth"])
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    globals()["Counted"] = Counting
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()
    known, unknown = sign_in(stranger(), "ruth", "guess-one"), sign_in(stranger(), "nobody", "guess-two")
    assert words(known).replace("ruth", "") == words(unknown).replace("nobody", "")
    assert [hashed.count("guess-one"), hashed.count("guess-two")] == [1, 1]


# ------------------------------------------------------------------ addresses and headers


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/me", "/people/testopolis/"])
def test_a_host_that_is_not_ours_is_answered_with_nothing(world: World, login: Callable[[str], Client], path: str):
    answer = login("ada").get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_login_and_a_change_of_language_lead_to_our_own_pages_alone(world: World, target: str):
    with_password(world.users["ruth"])
    browser = stranger()
    answer = browser.post(
        "/accounts/login/", {"login": "ruth", "password": "correct horse battery staple", "next": target}
    )
    assert "evil" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")
    answer = browser.post("/i18n/setlang/", {"language": "nl", "next": target})
    assert "evil" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")


def test_another_method_is_not_smuggled_in_by_a_header(world: World, say: Say):
    answer = say("clara", "GET", DECLARE, BODY, **{"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"})
    assert answer.status_code == 405
    assert not Diversion.objects.exists()


PAGES = ["/", "/accounts/login/", f"/console/{REGION}/", "/screen/saint-pierre/", "/me/", "/api/me", "/api/docs"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_in_a_frame_or_takes_script_from_elsewhere(
    world: World, login: Callable[[str], Client], path: str
):
    answer = login("dina").get(path)
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_somebody_is_called_is_no_script_on_any_page(world: World, login: Callable[[str], Client]):
    script = "</script><script>alert(1)</script>"
    ruth = world.users["ruth"]
    ruth.first_name = ruth.last_name = script
    ruth.save()
    site = world.site("saint-jean")
    site.name = dict.fromkeys(("fr", "nl", "en"), script)
    site.save()
    for who, path in [("ruth", "/"), ("ruth", "/screen/saint-jean/"), ("ruth", "/me/"), ("ada", f"/people/{REGION}/")]:
        answer = login(who).get(path)
        assert answer.status_code in (200, 302), path
        assert b"<script>alert" not in answer.content


# ------------------------------------------------------------------ the server as a means


@pytest.mark.parametrize(
    "url",
    ["json://169.254.169.254/latest/meta-data", "xml://[fe80::1]/x", "jsons://169.254.0.1", "file:///etc/passwd",
     "syslog://", "gopher://127.0.0.1:6379", "dbus://"],
)  # fmt: skip
def test_a_channel_does_not_make_the_server_ask_where_it_should_not(world: World, say: Say, url: str):
    with pytest.raises(addresses.NoAddress):
        addresses.read(url)
    answer = say(
        "ada", "POST", f"/api/regions/{REGION}/channels", {"name": "x", "address": url, "hears": ["declaration"]}
    )
    assert answer.status_code == 422
    assert url not in answer.content.decode()


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "sam", "ines"])
def test_only_an_administrator_gives_the_server_an_address_to_ask(world: World, say: Say, who: str):
    said = {"name": "x", "address": "json://127.0.0.1", "hears": ["declaration"]}
    assert say(who, "POST", f"/api/regions/{REGION}/channels", said).status_code == 403


def test_a_key_of_a_site_speaks_for_that_site_alone(world: World):
    machine = Machine(secret_of(world, "diversions:write", site="saint-luc"))
    assert machine.send("POST", DECLARE, BODY).status_code == 403
    assert not Diversion.objects.exists()


def test_an_unforeseen_error_tells_nothing_of_the_inside(world: World):
    """The database is gone in the middle of an answer."""
    browser = Client(raise_request_exception=False)
    browser.force_login(world.users["dina"], backend="allauth.account.auth_backends.AuthenticationBackend")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diversion_membership RENAME TO out_of_reach")
    answer = browser.get("/api/me")
    assert answer.status_code == 500
    assert not any(
        word in answer.content.decode() for word in ("Traceback", "diversion_membership", "SELECT", "psycopg")
    )
