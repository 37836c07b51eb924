"""What messages say, in the region's languages. No patient, no vehicle: a site, what, since when, and where to look.

The English text is the key into the catalogue (diversion/locale), as everywhere else on the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

from hospitals import exercises
from hospitals.models import Region

#: Equal before the law: every message is in both, whatever the reader's own.
LANGUAGES: Final = ("fr", "nl")


@dataclass(frozen=True, slots=True)
class Words:
    """A message as written in the source; ``%(name)s`` stands for what is said."""

    title: str
    body: str


DECLARATION: Final = Words(
    gettext_noop("%(site)s: declaration"), gettext_noop("%(site)s: ambulances %(gate)s, since %(since)s.")
)
UNSEEN: Final = Words(
    gettext_noop("%(site)s: declaration not seen"),
    gettext_noop("Declared at %(since)s; nobody at the 112 emergency centre has marked it as seen."),
)
UNANSWERED: Final = Words(
    gettext_noop("%(site)s: patient announced, no answer"),
    gettext_noop("Announced at %(since)s and not acknowledged. Call the emergency department."),
)
FAILING: Final = Words(
    gettext_noop("Messages do not arrive: %(channel)s"),
    gettext_noop("Nothing has arrived by this way since %(since)s. Whoever it reaches has to be called."),
)
TRIAL: Final = Words(
    gettext_noop("Test: %(channel)s"), gettext_noop("This is a test of %(since)s. There is nothing to do.")
)
UNCONFIRMED: Final = Words(
    gettext_noop("%(site)s: confirmation overdue"),
    gettext_noop("Nobody has confirmed since %(since)s that it is still so. Nothing reopens by itself."),
)
QUESTION: Final = Words(
    gettext_noop("The 112 centre asks for your state"), gettext_noop("Answer before %(until)s. %(text)s")
)
CAPACITY: Final = Words(
    gettext_noop("Many casualties: what can you take?"), gettext_noop("%(place)s. Answer before %(until)s.")
)
SIMULATION: Final = gettext_noop("SIMULATION")
#: What the ambulance gate of a declaration says, as an end of a sentence.
GATE: Final = {
    None: gettext_noop("not affected"),
    "open": gettext_noop("admitted"),
    "life_threatening": gettext_noop("in life-threatening cases only"),
    "closed": gettext_noop("diverted"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is itself in the catalogue."""

    text: str


def message(region: Region, text: str, said: Mapping[str, Any]) -> dict[str, str]:
    """A text in each language, marked when nothing in the region is real."""
    zone = ZoneInfo(region.timezone)
    return {language: _spoken(region, text, said, zone, language) for language in LANGUAGES}


def with_link(body: Mapping[str, str]) -> dict[str, str]:
    """The body, and where to look if the product has been told its own address."""
    link = f"\n{settings.PUBLIC_URL}" if settings.PUBLIC_URL else ""
    return {language: text + link for language, text in body.items()}


def _spoken(region: Region, text: str, said: Mapping[str, Any], zone: ZoneInfo, language: str) -> str:
    with override(language):
        values = {name: _value(value, zone, language) for name, value in said.items()}
        spoken = gettext(text) % values
        # So that nobody takes it for the real thing.
        told = f"{gettext(SIMULATION)} – {spoken}" if region.simulated else spoken
        return exercises.marked(region.pk, told, language)


def _value(value: Any, zone: ZoneInfo, language: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime({"fr": "%-H h %M", "nl": "%-H.%M uur"}[language])
    if isinstance(value, Term):
        return gettext(value.text)
    return str(value[language]) if isinstance(value, Mapping) else str(value)
