"""A device is enrolled by whoever holds it, told through its browser's push service what they may read, and no more."""

from __future__ import annotations

import json
import time

import pytest
from django.utils import timezone
from py_vapid import Vapid02

from diversion.models import Channel, Delivery, Event
from diversion.reaching import push
from diversion.wire.entities import represent
from tests.reaching.browsers import Browser, PushService, raw
from tests.reaching.channels import Enrol, try_all
from tests.world import REGION, World

# ------------------------------------------------------------------ what arrives


def test_a_device_is_tried_as_soon_as_it_is_enrolled_and_silently(service: PushService, phone: Browser, enrol: Enrol):
    made = enrol("clara", phone)
    try_all()
    made.refresh_from_db()
    assert (made.medium, made.ends, made.last_test_ok) == ("push", "127.0.0.1", True)
    told = phone.read(service.got[0])
    assert told["title"] == "Test\u00a0: Duty phone / Test: Duty phone"
    assert told["test"] is True
    assert [one.kind for one in Event.objects.order_by("seq")][-3:] == [
        "channel.added", "channel.test_asked", "channel.tested"]  # fmt: skip


def test_dispatch_is_told_of_a_declaration_in_both_languages_with_the_page_to_open(
    world: World, service: PushService, phone: Browser, enrol: Enrol, settings
):
    settings.PUBLIC_URL = "https://diversion.example"
    enrol("dina", phone, site=None)
    diversion = world.declare()
    try_all()
    told = phone.read(service.got[-1])
    assert told["title"] == "saint-pierre\u00a0: déclaration / saint-pierre: melding"
    assert "ambulances déviées" in told["body"]
    assert "ziekenwagens omgeleid" in told["body"]
    assert (told["url"], told["tag"], told["test"]) == (f"/console/{REGION}/", f"declaration:{diversion.pk}", False)
    assert "diversion.example" not in told["body"], "the device opens the page by itself"


def test_a_hospitals_device_opens_its_own_page_and_is_not_told_what_it_declared(
    world: World, service: PushService, phone: Browser, enrol: Enrol
):
    enrol("clara", phone)
    world.declare()
    try_all()
    assert [phone.read(one)["url"] for one in service.got] == ["/site/saint-pierre/"]


def test_it_is_urgent_kept_for_ten_minutes_and_readable_by_that_browser_alone(
    service: PushService, phone: Browser, enrol: Enrol
):
    enrol("clara", phone)
    try_all()
    [posted] = service.got
    assert posted.path == "/push/t0ken-of-a-browser:APA91b?token=BQ%2bw%2F4%3d"
    wanted = {"urgency": "high", "ttl": "600", "content-encoding": "aes128gcm"}
    assert {name: posted.headers[name] for name in wanted} == wanted
    assert b"Duty phone" not in posted.body
    with pytest.raises(Exception, match="ecryption"):
        Browser(service.origin).read(posted)


def test_the_service_is_shown_that_it_was_us(service: PushService, phone: Browser, enrol: Enrol, settings):
    settings.PUBLIC_URL = "https://diversion.example/somewhere"
    enrol("clara", phone)
    try_all()
    authorisation = service.got[0].headers["authorization"]
    assert Vapid02.verify(authorisation)
    parts = dict(one.split("=", 1) for one in authorisation.removeprefix("vapid ").split(","))
    assert parts["k"] == push.public_key()
    claims = json.loads(raw(parts["t"].split(".")[1]))
    assert (claims["aud"], claims["sub"]) == (service.origin, "https://diversion.example")
    assert 0 < claims["exp"] - time.time() <= 24 * 3600


def test_the_page_gets_the_key_that_we_sign_with_and_another_secret_makes_another(settings):
    former = push.public_key()
    assert (len(raw(former)), raw(former)[0]) == (65, 4)
    assert push.public_key() == former
    settings.SECRET_KEY = "another-" * 6
    assert push.public_key() != former


@pytest.mark.parametrize("letter", ["é", '"'])
def test_the_longest_question_fits_into_what_every_service_takes(
    world: World, service: PushService, phone: Browser, enrol: Enrol, letter: str
):
    from tests.commands.test_questions import ask

    enrol("clara", phone)
    ask(world, sites=["saint-pierre"], text=letter * 280)
    try_all()
    assert phone.read(service.got[-1])["body"].count(letter * 280) == 2
    assert len(service.got[-1].body) <= 4096


# ------------------------------------------------------------------ what does not


@pytest.mark.parametrize("status", [404, 410, 413, 500])
def test_a_browser_that_is_gone_makes_its_channel_fail_and_say_so(
    service: PushService, phone: Browser, enrol: Enrol, status: int
):
    made = enrol("clara", phone)
    service.status = status
    try_all()
    try_all()
    made.refresh_from_db()
    assert made.failing_since is not None
    assert made.last_error == f"refused {status}"


def test_a_service_that_is_away_is_told_from_one_that_refuses(service: PushService, phone: Browser, enrol: Enrol):
    made = enrol("clara", phone)
    service.stop()
    try_all()
    try_all()
    made.refresh_from_db()
    assert made.last_error == "unreachable"


def test_a_service_that_points_elsewhere_is_not_followed(service: PushService, phone: Browser, enrol: Enrol):
    made = enrol("clara", phone)
    service.status, service.location = 307, f"{service.origin}/elsewhere"
    try_all()
    try_all()
    made.refresh_from_db()
    assert made.last_error == "refused 307"
    assert "/elsewhere" not in {one.path for one in service.got}


def test_a_service_that_was_taken_off_the_list_is_posted_to_no_more(
    service: PushService, phone: Browser, enrol: Enrol, settings
):
    made = enrol("clara", phone)
    settings.PUSH_SERVICES = []
    try_all()
    try_all()
    made.refresh_from_db()
    assert (made.last_error, service.got) == ("unreadable", [])


def test_a_device_sealed_under_another_key_has_to_be_enrolled_again(
    service: PushService, phone: Browser, enrol: Enrol, settings
):
    made = enrol("clara", phone)
    settings.SECRET_KEY = "another-" * 6
    try_all()
    try_all()
    made.refresh_from_db()
    assert (made.last_error, service.got) == ("unreadable", [])


# ------------------------------------------------------------------ the doors


def test_the_doors_enrol_show_and_end(say, world: World, service: PushService, phone: Browser):
    body = {"name": "Duty phone", **phone.form}
    added = say("clara", "POST", "/api/sites/saint-pierre/devices", body)
    assert added.status_code == 200, added.content
    [row] = added.json()["events"][0]["changes"]
    assert row["state"]["device"] == push.device(phone.subscription)
    assert (row["state"]["medium"], row["state"]["site_id"]) == ("push", "saint-pierre")
    assert say("lucas", "POST", "/api/sites/saint-pierre/devices", body).status_code == 403
    assert say("dina", "POST", f"/api/regions/{REGION}/devices", body | {"name": "Desk"}).status_code == 200
    assert say("clara", "POST", f"/api/regions/{REGION}/devices", body).status_code == 403
    assert say("clara", "POST", "/api/sites/nowhere/devices", body).status_code == 404
    bad = say("clara", "POST", "/api/sites/saint-pierre/devices", body | {"endpoint": "https://localhost/x"})
    assert (bad.status_code, bad.json()["code"], bad.json()["field"]) == (422, "bad_device", "endpoint")
    assert say("clara", "POST", f"/api/channels/{row['id']}/retire").status_code == 200


def test_the_address_of_a_browser_is_nowhere_to_be_read(say, service: PushService, phone: Browser, capfd, talkative):
    added = say("clara", "POST", "/api/sites/saint-pierre/devices", {"name": "Duty phone", **phone.form})
    try_all()
    service.status, service.location = 410, phone.subscription.endpoint
    say("clara", "POST", f"/api/channels/{Channel.objects.get().pk}/test")
    try_all()
    try_all()
    service.stop()
    try_all()
    made = Channel.objects.get()
    everything = [added.content, *capfd.readouterr(), represent(made), list(Event.objects.values())]
    everything += [list(Channel.objects.values()), list(Delivery.objects.values()), repr(phone.subscription)]
    for text in everything:
        assert "t0ken" not in str(text)
        assert phone.subscription.auth not in str(text)
    assert made.failing_since <= timezone.now()


def test_the_pages_say_the_key_to_subscribe_with(world: World, login):
    page = login("clara").get("/site/saint-pierre/").content.decode()
    assert f'"push_key": "{push.public_key()}"' in page
