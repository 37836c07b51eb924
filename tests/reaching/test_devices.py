"""A device is enrolled by whoever holds it, told through its browser's push service what they may read, and no more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from py_vapid import Vapid02

from diversion.commands import channels, devices, members, quarantine
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey
from diversion.models import Channel, Delivery, Event
from diversion.reaching import push
from diversion.wire.entities import represent
from tests.reaching.browsers import Browser, PushService, raw
from tests.reaching.channels import deliveries, try_all
from tests.world import REGION, World

Enrol = Callable[..., Channel]


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    """A centre's own push service, which its environment names."""
    found = PushService()
    settings.PUSH_SERVICES = [found.origin]
    yield found
    found.stop()


@pytest.fixture
def phone(service: PushService) -> Browser:
    return Browser(service.origin)


@pytest.fixture
def enrol(world: World) -> Enrol:
    """``enrol("clara", phone)``: at Saint-Pierre; ``site=None`` for the region."""

    def make(who: str, browser: Browser, name: str = "Duty phone", site: str | None = "saint-pierre") -> Channel:
        said = devices.Device(name=name, subscription=browser.subscription)
        common = {"actor": getattr(world, who), "key": CommandKey.new(), "device": said}
        if site:
            devices.enrol_at_site(site_id=site, **common)
        else:
            devices.enrol_for_region(region_id=REGION, **common)
        return Channel.objects.get(name=name, active=True)

    return make


def retire(actor, channel: Channel) -> None:
    channels.retire_channel(actor=actor, key=CommandKey.new(), channel_id=channel.pk)


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


# ------------------------------------------------------------------ where it may be posted


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://fcm.googleapis.com", "fcm.googleapis.com"),
        ("https://updates.push.services.mozilla.com", "updates.push.services.mozilla.com"),
        ("https://web.push.apple.com", "web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com", "wns2-par02p.notify.windows.com"),
        ("https://FCM.googleapis.com:443", "fcm.googleapis.com"),
    ],
)
def test_the_services_of_the_browsers_are_known(origin: str, host: str):
    assert push.check(Browser(origin).subscription) == host


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:5432",
        "https://localhost",
        "https://169.254.169.254",
        "http://fcm.googleapis.com",
        "https://fcm.googleapis.com:8443",
        "https://fcm.googleapis.com.example.org",
        "https://example.org/?https://fcm.googleapis.com",
        "https://fcm.googleapis.com@example.org",
        "https://example.org#@fcm.googleapis.com",
        "https://example.org\\@fcm.googleapis.com",
        "https://user:word@fcm.googleapis.com",
        "https://push.apple.com.example.org",
        "https://evilpush.apple.com",
        "https://notify.windows.com.example.org",
        "file:///etc/passwd",
        "//fcm.googleapis.com",
        "nonsense",
        "",
        "https://[",
    ],
)
def test_the_server_is_sent_nowhere_else(enrol: Enrol, origin: str):
    with pytest.raises(Invalid) as refused:
        enrol("clara", Browser(origin))
    assert refused.value.code == "bad_device"
    assert "t0ken" not in str(refused.value)
    assert not Channel.objects.exists()


def test_a_further_service_is_taken_as_it_is_written_and_no_other_port_of_it(service: PushService, enrol: Enrol):
    assert enrol("clara", Browser(service.origin)).active
    with pytest.raises(Invalid):
        enrol("clara", Browser(service.origin + "1"), "Other")


@pytest.mark.parametrize(("p256dh", "auth"), [("", "AAAAAAAAAAAAAAAAAAAAAA"), ("BAAA", "AA"), ("é", "é"), (None, "AA")])
def test_what_is_no_browsers_key_is_refused(world: World, phone: Browser, p256dh: str | None, auth: str):
    told = phone.subscription
    broken = push.Subscription(told.endpoint, told.p256dh if p256dh is None else p256dh, auth)
    with pytest.raises(Invalid) as refused:
        devices.enrol_at_site(
            actor=world.clara,
            key=CommandKey.new(),
            site_id="saint-pierre",
            device=devices.Device(name="x", subscription=broken),
        )
    assert refused.value.code == "bad_device"


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("who", ["lucas", "ruth", "sam", "ines", "ada", "dina", "sofie", "cad"])
def test_only_its_own_coordinator_has_a_device_told_of_a_site(phone: Browser, enrol: Enrol, who: str):
    with pytest.raises(Denied):
        enrol(who, phone)


@pytest.mark.parametrize("who", ["clara", "ruth", "sam", "ines", "ada", "cad"])
def test_only_dispatch_has_a_device_told_of_the_region(phone: Browser, enrol: Enrol, who: str):
    with pytest.raises(Denied):
        enrol(who, phone, site=None)


@pytest.mark.parametrize("who", ["clara", "ada"])
def test_a_sites_device_is_ended_by_its_coordinator_and_by_an_administrator(
    world: World, service: PushService, phone: Browser, enrol: Enrol, who: str
):
    made = enrol("clara", phone)
    retire(getattr(world, who), made)
    try_all()
    assert [one.state for one in deliveries()] == ["not_needed"]
    assert service.got == []
    with pytest.raises(Conflict):
        retire(world.ada, made)


@pytest.mark.parametrize("who", ["lucas", "ruth", "sam", "ines", "dina", "sofie"])
def test_nobody_else_ends_a_sites_device(world: World, phone: Browser, enrol: Enrol, who: str):
    made = enrol("clara", phone)
    with pytest.raises(Denied):
        retire(getattr(world, who), made)


def test_a_dispatcher_ends_the_own_device_and_no_colleagues(world: World, phone: Browser, enrol: Enrol):
    made = enrol("dina", phone, site=None)
    for other in (world.dirk, world.sofie, world.clara):
        with pytest.raises(Denied):
            retire(other, made)
    retire(world.dina, made)


def test_a_coordinator_ends_no_gateway(world: World):
    said = channels.NewChannel(name="SMS", address="json://127.0.0.1", hears=["question"], site_id="saint-pierre")
    channels.add_channel(actor=world.ada, key=CommandKey.new(), region_id=REGION, channel=said)
    with pytest.raises(Denied):
        retire(world.clara, Channel.objects.get())


def test_who_loses_the_role_is_told_no_more(world: World, service: PushService, phone: Browser, enrol: Enrol):
    made = enrol("dina", phone, site=None)
    try_all()
    members.revoke_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.dina.id, role="dispatcher", region_id=REGION
    )
    made.refresh_from_db()
    assert not made.active
    assert Event.objects.latest("seq").kind == "channel.retired"
    world.declare()
    assert deliveries("declaration") == []


def test_who_is_shut_out_is_told_no_more_and_a_colleague_still_is(world: World, service: PushService, enrol: Enrol):
    enrol("dina", Browser(service.origin, "dinas"), "Dina", site=None)
    kept = enrol("dirk", Browser(service.origin, "dirks"), "Dirk", site=None)
    members.deactivate_user(actor=world.ada, key=CommandKey.new(), user_id=world.dina.id, region_id=REGION)
    assert list(Channel.objects.active()) == [kept]


def test_a_quarantine_ends_a_hospitals_devices_and_they_are_enrolled_anew(
    world: World, service: PushService, enrol: Enrol
):
    enrol("clara", Browser(service.origin, "claras"), "Clara")
    gateway = channels.NewChannel(
        name="E-mail", address="json://127.0.0.1:9", hears=["question"], site_id="saint-pierre"
    )
    channels.add_channel(actor=world.ada, key=CommandKey.new(), region_id=REGION, channel=gateway)
    others = [
        enrol("lucas", Browser(service.origin, "lucass"), "Lucas", site="saint-luc"),
        enrol("dina", Browser(service.origin, "dinas"), "Dina", site=None),
        Channel.objects.get(name="E-mail"),
    ]
    quarantine.quarantine_site(
        actor=world.sofie, key=CommandKey.new(), site_id="saint-pierre", reason="a login was stolen"
    )
    assert set(Channel.objects.active()) == set(others)
    assert enrol("clara", Browser(service.origin, "claras"), "Clara again").active


def test_what_waits_for_somebody_who_has_lost_the_role_elsewhere_is_not_sent(
    world: World, service: PushService, phone: Browser, enrol: Enrol
):
    """By whatever way it was lost: it is asked again when the message is taken up."""
    enrol("clara", phone)
    world.users["clara"].is_active = False
    world.users["clara"].save()
    try_all()
    assert ([one.state for one in deliveries()], service.got) == (["not_needed"], [])


# ------------------------------------------------------------------ once


def test_a_browser_enrolled_twice_is_one_under_its_last_name(service: PushService, phone: Browser, enrol: Enrol):
    first = enrol("clara", phone)
    again = enrol("clara", phone, "Phone of Clara")
    assert again.pk == first.pk
    assert Channel.objects.count() == 1
    assert Event.objects.filter(kind="channel.changed").count() == 1


def test_two_browsers_are_two_and_a_place_each_is_two(world: World, service: PushService, enrol: Enrol):
    one, other = Browser(service.origin, "one"), Browser(service.origin, "other")
    members.grant_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.clara.id, role="dispatcher", region_id=REGION
    )
    enrol("clara", one, "One")
    enrol("clara", other, "Other")
    enrol("clara", one, "Region", site=None)
    assert Channel.objects.active().count() == 3


def test_the_database_holds_that_a_browser_is_once_at_a_place(phone: Browser, enrol: Enrol):
    for site in ("saint-pierre", None):
        made = enrol("clara" if site else "dina", phone, f"At {site}", site=site)
        twin = Channel(
            region=made.region, site=made.site, device=made.device, name="Twin", enrolled_by=made.enrolled_by
        )
        with pytest.raises(IntegrityError, match="channel_device_once_per_place"), transaction.atomic():
            twin.save()


def test_the_database_holds_that_a_device_is_somebodys(phone: Browser, enrol: Enrol):
    enrol("clara", phone)
    with pytest.raises(IntegrityError, match="channel_device_says_whose"), transaction.atomic():
        Channel.objects.update(enrolled_by=None)


def test_a_device_that_is_given_a_gateways_address_is_nobodys_any_more(world: World, phone: Browser, enrol: Enrol):
    made = enrol("clara", phone)
    channels.change_channel(
        actor=world.ada, key=CommandKey.new(), channel_id=made.pk, changes={"address": "json://127.0.0.1"}
    )
    made.refresh_from_db()
    assert (made.medium, made.device, made.enrolled_by) == ("webhook", None, None)


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
