"""Moments as people read them: in the region's own time, 24 hours, with the date, never relative to now.

A page is kept, cached, printed and forwarded; "today" or "in ten minutes" would be wrong by the time it is read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

LOCALES: Final = {"fr": "fr_BE", "nl": "nl_BE", "en": "en_GB"}
#: The forms of the interface design, section 7; \u00a0 keeps a time on one line.
CLOCKS: Final = {"fr": "{0.hour}\u00a0h\u00a0{0.minute:02}", "nl": "{0.hour}.{0.minute:02}\u00a0uur", "en": "{0:%H:%M}"}


def in_full(moment: datetime | str, language: str, zone: str) -> str:
    """Weekday, date and time, such as "Saturday 11 March 2023, 04:00"."""
    local = _local(moment, zone)
    day = format_date(local.date(), "EEEE d MMMM y", locale=LOCALES[language])
    return f"{day}, {clock(local, language, zone)}"


def clock(moment: datetime | str, language: str, zone: str) -> str:
    """The time of day; in the hour that comes twice, with the zone's abbreviation."""
    local = _local(moment, zone)
    text = CLOCKS[language].format(local)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{text}\u00a0{local.tzname()}" if twice else text


def _local(moment: datetime | str, zone: str) -> datetime:
    """To the minute: seconds would claim more than anybody knows."""
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = read.astimezone(ZoneInfo(zone))
    return local - timedelta(seconds=local.second, microseconds=local.microsecond)
