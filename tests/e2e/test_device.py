"""A device that is told while its page is closed: what the browser lets happen, and what the page says of it.

The browser of these tests reaches no push service, so that nobody can be enrolled in it, and the page has to say so.
What a service would deliver is handed to the page's worker by the browser's own tools.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from diversion.actors import SYSTEM
from diversion.commands import devices
from diversion.log import CommandKey
from diversion.models import Channel
from tests.e2e.city import City
from tests.e2e.faces import Console, SitePage
from tests.e2e.test_reaching import picture
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.reaching.browsers import Browser
from tests.server import eventually

SITE = SitePage.path("saint-pierre")
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, silent, requireInteraction, data }) => (
    { title, body, tag, silent, requireInteraction, url: data.url }));
}"""

#: A push service that answers, in place of the one that cannot be reached from here.
ANSWERS = """
let made = null;
PushManager.prototype.getSubscription = async () => made;
PushManager.prototype.subscribe = async () => {
  const { endpoint, ...keys } = %s;
  return (made = { endpoint, options: {}, toJSON: () => ({ endpoint, keys }) });
};
"""


def opened(context: BrowserContext, city: City) -> SitePage:
    clara = SitePage(context.new_page())
    clara.page.goto(f"{city.url}{SITE}")
    clara.is_live()
    return clara


def pushed(context: BrowserContext, page: Page, url: str, said: dict[str, Any]) -> None:
    """Hand a message to the worker as the browser does when its push service brings one."""
    tools = context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools.send("ServiceWorker.enable")
    # Events of the tools arrive while something is asked of the page.
    eventually(lambda: bool(page.evaluate("0") or found), 15, lambda: "the page has no worker")
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": url, "registrationId": found[-1], "data": json.dumps(said)},
    )


def test_a_push_service_that_does_not_answer_is_told_and_nobody_is_thought_to_be_reached(visit: Visits, city: City):
    # Its windows here are private ones, which reach none at all; the browser says so to whoever develops.
    visit.watch.expect("Push API in incognito mode")
    context = visit.context("clara", viewport=PHONE)
    context.grant_permissions(["notifications"], origin=city.url)
    clara = opened(context, city)
    own = clara.page.get_by_role("region", name=clara.say("common:reach.title"))
    clara.button("common:device.enrol", own).click()
    expect(own).to_contain_text(clara.say("common:device.unanswered"))
    own.scroll_into_view_if_needed()
    picture(clara.page, "device-phone")
    expect(clara.button("common:device.enrol", own)).to_be_enabled()
    assert not Channel.objects.exists()


def test_an_enrolled_device_knows_itself_and_is_ended_where_it_is_listed(visit: Visits, city: City):
    context = visit.context("clara", viewport=PHONE)
    context.grant_permissions(["notifications"], origin=city.url)
    context.add_init_script(ANSWERS % json.dumps(Browser("https://fcm.googleapis.com").form))
    clara = opened(context, city)
    own = clara.page.get_by_role("region", name=clara.say("common:reach.title"))
    own.get_by_label(clara.say("common:device.name")).fill("Duty phone")
    clara.button("common:device.enrol", own).click()
    expect(own).to_contain_text(clara.say("common:device.waiting", c="Duty phone"))
    entry = own.get_by_role("listitem").filter(has_text="Duty phone")
    expect(entry).to_contain_text(clara.say("common:reach.this_device"))
    own.scroll_into_view_if_needed()
    picture(clara.page, "device-enrolled")
    clara.button("common:reach.end_of", entry, c="Duty phone").click()
    clara.button("common:reach.end_sure", entry).click()
    expect(clara.button("common:device.enrol", own)).to_be_enabled()
    assert not Channel.objects.active().exists()


def test_a_browser_that_was_told_never_to_says_how_to_undo_it(visit: Visits, city: City):
    clara = opened(visit.context("clara", viewport=PHONE), city)
    own = clara.page.get_by_role("region", name=clara.say("common:reach.title"))
    clara.page.evaluate("Notification.requestPermission()")
    clara.page.reload()
    expect(own).to_contain_text(clara.say("common:device.denied"))
    expect(clara.button("common:device.enrol", own)).to_have_count(0)


@pytest.mark.parametrize("test", [True, False])
def test_what_is_pushed_is_shown_by_the_worker_and_a_test_is_silent(visit: Visits, city: City, test: bool):
    context = visit.context("clara", viewport=PHONE)
    context.grant_permissions(["notifications"], origin=city.url)
    clara = opened(context, city)
    said = {"title": "Titre", "body": "Corps\n\nTekst", "tag": "question:1", "url": SITE, "test": test}
    pushed(context, clara.page, city.url, said)
    shown: list[Any] = []
    eventually(lambda: bool(shown.extend(clara.page.evaluate(SHOWN)) or shown), 15, lambda: "nothing was shown")
    assert shown[0] == {
        "title": "Titre", "body": "Corps\n\nTekst", "tag": "question:1", "url": SITE,
        "silent": test, "requireInteraction": not test,
    }  # fmt: skip


def test_a_coordinator_ends_a_lost_phone_in_two_presses(visit: Visits, city: City):
    lost = devices.Device(name="Lost phone", subscription=Browser("https://fcm.googleapis.com").subscription)
    devices.enrol_at_site(actor=SYSTEM, key=CommandKey.new(), site_id="saint-pierre", device=lost)
    clara = opened(visit.context("clara", viewport=PHONE), city)
    own = clara.page.get_by_role("region", name=clara.say("common:reach.title"))
    entry = own.get_by_role("listitem").filter(has_text="Lost phone")
    expect(entry).to_contain_text("fcm.googleapis.com")
    clara.button("common:reach.end_of", entry, c="Lost phone").click()
    expect(clara.button("common:action.cancel", entry)).to_be_focused()
    picture(clara.page, "device-ending")
    clara.button("common:reach.end_sure", entry).click()
    expect(entry).to_have_count(0)
    assert not Channel.objects.active().exists()


def test_dispatch_is_offered_it_too_and_an_inspector_is_not(visit: Visits, city: City, say: Words):
    for who, offered in (("dina", 1), ("ines", 0)):
        desk = Console(visit(who, Console.path))
        desk.is_live()
        desk.page.get_by_role("button", name=say("console:bar.p2")).click()
        desk.button("common:reach.title", desk.dialog).click()
        expect(desk.dialog).to_contain_text(say("common:reach.none"))
        picture(desk.page, f"device-{who}")
        expect(desk.dialog.get_by_role("heading", name=say("common:device.title"))).to_have_count(offered)
