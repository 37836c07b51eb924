"""What is graver than a login of this evening: acts that ask who is there, and the question as it stands on screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from diversion.accounts.sessions import SessionStore
from diversion.identity import LOGIN_AT, PROVEN_AT
from diversion.models import LoginSession
from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.visits import Visits
from tests.e2e.words import Words


def long_ago(who: str) -> None:
    """All logins of this person, and what they proved since, lie at the beginning of the night."""
    for row in LoginSession.objects.filter(user__username=who):
        session: SessionBase = SessionStore(row.session_key)
        session[LOGIN_AT] = (timezone.now() - timedelta(hours=6)).isoformat()
        session.pop(PROVEN_AT, None)
        session.save()


def asked(page: Page, say: Words) -> Locator:
    return page.get_by_role("dialog", name=say("common:proof.title"), exact=True)


def overrides(console: Console, sign: str, say: Words) -> None:
    """With keys: other destination, the only closed hospital, a reason, and off."""
    console.row(sign).focus()
    console.page.keyboard.press("o")
    dialog = console.dialog
    dialog.get_by_role("radio").and_(dialog.get_by_label("Saint-Luc", exact=False)).check()
    dialog.get_by_role("textbox", name=say.like("common:reason")).fill("surgeon waits there")
    console.page.keyboard.press("Control+Enter")


def quarantines(page: Page, say: Words) -> None:
    page.get_by_text(say("site:more.title"), exact=True).click()
    page.get_by_role("button", name=say("site:more.quarantine")).click()
    page.get_by_label(say("site:quarantine.reason")).fill("ransom note on a screen")
    page.get_by_role("button", name=say("site:reopen.next"), exact=True).click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=say("site:quarantine.commit"), exact=True).click()


def nobody_admits(visit: Visits, city: City, say: Words, language: str, **options: Any) -> Console:
    """Dina's console, hours after her login, with one ambulance and two closed hospitals."""
    city.under_way("AMB 11")
    city.declare()
    city.declare("saint-luc", who="lucas")
    console = Console(visit("dina", Console.path, language, **options), say)
    expect(console.options("AMB 11")).to_have_count(3)
    long_ago("dina")
    return console


def asks_for_her_password(question: Locator, say: Words) -> Locator:
    """The field, with the focus in it."""
    field = question.get_by_label(say("common:proof.field.password", x="dina"))
    expect(field).to_be_focused()
    return field
