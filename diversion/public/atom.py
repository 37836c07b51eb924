"""The Atom feed: one entry for each bulletin and language, under an identity that never changes nor comes again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from diversion.models import Bulletin
from diversion.public.words import Reading, read
from hospitals.models import Region

#: In front of every title of a simulated region: a reader of feeds sees the title alone.
SIMULATION: Final = "SIMULATION / SIMULATIE"
#: Names the feeds themselves; a bulletin's own identity names its entries.
FEEDS: Final = uuid.uuid5(uuid.NAMESPACE_OID, "bulletin")


def feed(region: Region, language: str, bulletins: Sequence[Bulletin]) -> str:
    """The feed in the language in force. Addresses are relative to it: a cached copy does not know its host."""
    about = reverse("bulletin_region", args=[language, region.pk])
    name = region.name.get(language, region.name["fr"])
    made = Atom1Feed(
        title=titled(f"{_('Emergency departments')} – {name}", simulated=region.simulated),
        link=about,
        description=_("What hospitals have announced and the 112 centre has seen."),
        language=language,
        author_name=_("Ambulance diversion coordinator"),
        feed_url=reverse("bulletin_feed", args=[language, region.pk]),
        feed_guid=uuid.uuid5(FEEDS, f"{region.pk}/{language}").urn,
    )
    for one in bulletins:
        _add(made, region, language, one, read(one, region))
    return made.writeString("utf-8")


def _add(made: Atom1Feed, region: Region, language: str, bulletin: Bulletin, reading: Reading) -> None:
    second = "nl" if language == "nl" else "fr"
    title = f"{_('Bulletin no. %(number)s') % {'number': reading.number}} – {reading.name[second]}: {reading.headline}"
    warning = [_("Nothing here is real. No hospital is affected.")] if reading.simulated else []
    made.add_item(
        title=titled(title, simulated=reading.simulated),
        link=reverse("bulletin_permalink", args=[language, region.pk, reading.number]),
        description=format_html_join("", "<p>{}</p>", ((one,) for one in [*warning, *reading.sentences()])),
        unique_id=uuid.uuid5(bulletin.pk, language).urn,
        pubdate=bulletin.published_at,
        updateddate=bulletin.published_at,
    )


def titled(title: str, *, simulated: bool) -> str:
    return f"{SIMULATION} – {title}" if simulated else title
