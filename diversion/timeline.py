"""The timeline of an episode: what became different at each event, read from the log alone.

The log is the truth, so the timeline is its reading: successive states of one row, told as differences. Pure but for
the two queries at the end; nothing is stored for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from diversion.models import Diversion, Event
from diversion.wire.audiences import Audience
from diversion.wire.frames import event_for

#: Fields of an episode's state that are told as they stand: {field: what it is called}.
PLAIN: Final[Mapping[str, str]] = {
    "state": "state",
    "cause": "cause",
    "cause_embargoed": "embargo",
    "emergency_plan": "plan",
    "contact": "contact",
    "expected_end": "expected_end",
    "unconfirmed_since": "unconfirmed",
    "suspended_until": "suspended",
    "seen_by": "seen",
    "confirmed_by": "confirmed",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that became different; None on a side where nothing was said."""

    what: str
    name: str | None
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What two successive states of an episode differ in, in the order in which a reader asks."""
    return [
        *_plain(before, after),
        *_values("gate", before.get("gates") or {}, after["gates"]),
        *_listed("capability", before.get("closed_capabilities") or (), after["closed_capabilities"], "closed"),
        *_listed("accepts", before.get("accepts") or (), after["accepts"], "accepted"),
        *_values("service", _levels(before), _levels(after)),
        *_listed("dispute", _disputed(before), _disputed(after), "disputed"),
        *_reopening(before.get("reopening"), after["reopening"]),
    ]


def _plain(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for field, what in PLAIN.items():
        was, now = before.get(field), after[field]
        # What was never said does not become news by being said not to be.
        if was != now and not (was is None and now is False):
            yield Difference(what, None, _text(was), _text(now))


def _values(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in [*before, *(one for one in after if one not in before)]:
        if before.get(name) != after.get(name):
            yield Difference(what, name, before.get(name), after.get(name))


def _listed(what: str, before: Iterable[str], after: Iterable[str], word: str) -> Iterator[Difference]:
    was, now = set(before), set(after)
    for name in sorted(was ^ now):
        yield Difference(what, name, word if name in was else None, word if name in now else None)


def _reopening(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Difference]:
    was, now = (one["extent"] if one else None for one in (before, after))
    if was != now:
        yield Difference("reopening", None, was, now)


def _levels(state: Mapping[str, Any]) -> dict[str, str]:
    return {code: one["level"] for code, one in (state.get("services") or {}).items()}


def _disputed(state: Mapping[str, Any]) -> list[str]:
    return [one["gate"] for one in state.get("disputes") or ()]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def timeline(diversion: Diversion, audience: Audience) -> list[dict[str, Any]]:
    """Every event of an episode as this audience may read it, oldest first, with what it changed."""
    entries: list[dict[str, Any]] = []
    state: Mapping[str, Any] = {}
    for event in Event.objects.about(diversion):
        found = next((one["state"] for one in event.changes if one["id"] == str(diversion.pk)), None)
        frame = event_for(event, audience)
        if frame is None:
            continue
        # An episode that ended has left the live set: its last event says how, in its fact.
        now = found or {**state, "state": event.fact.get("state", state.get("state")), "reopening": None}
        entries.append(_entry(frame, state, now))
        state = now
    return entries


def _entry(frame: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    changed = [*differences(before, after)]
    if frame["kind"] == "diversion.attested":
        changed.append(Difference("attested", None, None, frame["actor"]["name"]))
    return {
        **{name: frame[name] for name in ("seq", "at", "said_at", "kind")},
        "by": frame["actor"],
        "changed": changed,
        "words": frame["fact"].get("comment") or frame["fact"].get("reason"),
    }
