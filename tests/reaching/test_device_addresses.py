"""The server posts to push services it knows, by an exact name and port, and to nothing else however it is written."""

from __future__ import annotations

import pytest

from diversion.commands import devices
from diversion.errors import Invalid
from diversion.log import CommandKey
from diversion.models import Channel
from diversion.reaching import push
from tests.reaching.browsers import Browser, PushService
from tests.reaching.channels import Enrol
from tests.world import World


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
