"""What the public may know of a site: the effect, what it can use and when more comes; never who, how many or why not.

Pure: plain values in, codes and moments out. What is not listed here by name does not leave: comments, notes, staff,
sources of contradictory reports, vehicles and counts have no way through. A cause under embargo and one nobody is
certain of yield the same content, whatever the cause is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hospitals import gates
from hospitals.causes import OVERLOAD
from hospitals.services import LEVELS

Content = dict[str, Any]

#: Never told as a cause: what is only supposed is speculation.
UNCERTAIN: Final = frozenset({"unknown", "cyber_suspected"})
#: What overload is called: too many patients, without a word about staff or numbers.
PRESSURE: Final = "pressure"

#: Capabilities somebody would come for by himself. The others matter to crews and to other hospitals.
CAPABILITIES: Final = ("adult_ed", "paediatric_ed", "maternity", "psychiatry", "dialysis")
#: Services somebody uses or has an appointment with, in the order they are told.
SERVICES: Final = (
    "consultations",
    "elective_surgery",
    "radiology",
    "mri",
    "endoscopy",
    "chemotherapy",
    "radiotherapy",
    "dialysis",
    "births",
    "inpatients",
    "website",
)
#: Only told when they work: a doubt about those already in hospital is for their families, not for everybody.
REASSURING: Final = frozenset({"inpatients"})
#: Only told when they do not work.
UNREMARKABLE: Final = frozenset({"website"})
#: Of these the public notices one thing: that it takes longer.
SLOWS: Final = frozenset({"records", "laboratory", "pharmacy", "admissions", "staff_tools"})

#: The gates the public reads about; where a mobile team starts from is dispatch's business.
GATES: Final = (gates.AMBULANCES, gates.SMUR_DESTINATION, gates.WALK_INS)

#: An attestation alone is news only if it moves the announced next update by as much: a page that promises
#: "about 15:00" stays true, and somebody who presses twice publishes once.
MOVES: Final = timedelta(minutes=5)
#: What an attestation moves; and what is said once and not repeated.
_PASSING: Final = frozenset({"confirmed_at", "next_at", "retracts"})

#: A telephone number inside free text; nothing else of the text is told, it may name somebody.
_NUMBER: Final = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ ./()-]{0,2}\d){7,13}(?!\w)")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a site anyway."""

    name: Mapping[str, str]
    phone: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """One running episode. Moments are UTC, ISO 8601, in one form, so that the earliest text is the earliest moment."""

    said: gates.Said
    cause: str
    seen: bool
    since: str
    confirmed_at: str
    next_at: str
    embargoed: bool = False
    unconfirmed_since: str | None = None
    expected_at: str | None = None
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    contact: str | None = None

    def told(self) -> bool:
        """Whether the public hears of it: dispatch has seen it, and it is more than a suspicion."""
        only_suspected = self.said.state == "suspected" and not gates.restricts(self.said)
        # Suspended by the region's rule it restricts nothing: telling it would keep people away for nothing.
        return self.seen and not only_suspected and not self.said.suspended


def running(place: Place, episodes: Iterable[Episode], *, retracts: str | None = None) -> Content | None:
    """What is to be told while episodes run; None when none of them is for the public.

    ``retracts`` is the moment another announcement was published that has just been withdrawn as an error.
    """
    told = [one for one in episodes if one.told()]
    if not told:
        return None
    overdue = [one.unconfirmed_since for one in told if one.unconfirmed_since]
    expected = [one.expected_at for one in told]
    return {
        **_place("running", place, told),
        "since": min(one.since for one in told),
        "restoring": all(one.said.state == "recovering" for one in told),
        **_access(told),
        "services": _services(told),
        "slower": any(_level(told, code) not in (None, "normal") for code in SLOWS),
        "causes": _causes(told),
        # All of it is back when the last of it is; where one does not say, nobody knows.
        "expected_at": None if None in expected else max(str(one) for one in expected),
        "confirmed_at": min(one.confirmed_at for one in told),
        "next_at": min(one.next_at for one in told),
        "unconfirmed_since": min(overdue, default=None),
        "retracts": retracts,
    }


def over(place: Place, before: Content, now: str, *, retracts: str | None = None) -> Content:
    """What is to be told when nothing runs any more: the end, or that the announcement was an error."""
    kind = "withdrawn" if retracts else "ended"
    return {**_place(kind, place, ()), "since": before["since"], "ended_at": now, "retracts": retracts}


def is_news(before: Content | None, now: Content) -> bool:
    """Whether the public would read anything else than it was told before."""
    if before is None or before["kind"] != now["kind"]:
        return True
    if _lasting(before) != _lasting(now):
        return True
    return _apart(before["next_at"], now["next_at"]) >= MOVES


def numbers_in(text: str | None) -> list[str]:
    """The telephone numbers in a text, as they are written there."""
    return [found.group().strip() for found in _NUMBER.finditer(text or "")]


def _place(kind: str, place: Place, told: Sequence[Episode]) -> Content:
    level = _level(told, "phones")
    return {
        "kind": kind,
        "name": dict(place.name),
        "simulated": place.simulated,
        "phone": place.phone,
        "phones": level if level in ("degraded", "down") else "normal",
        "instead": list(dict.fromkeys(number for one in told for number in numbers_in(one.contact))),
    }


def _access(told: Sequence[Episode]) -> Content:
    effective = gates.effective(one.said for one in told)
    closed = [code for code in CAPABILITIES if code in effective.closed_capabilities]
    accepted = {code for gate in GATES for code in effective.gates[gate].accepts} - set(closed)
    return {
        "gates": {gate: _gate(gate, effective.gates[gate], told) for gate in GATES},
        "closed": closed,
        "accepts": [code for code in CAPABILITIES if code in accepted],
    }


def _gate(name: str, gate: gates.Gate, told: Sequence[Episode]) -> Content:
    """A gate as said: a value nobody has said is None, and where reports differ nothing is claimed."""
    if gate.because:
        return {"value": gate.value, "disputed": False, "since": gate.since}
    said = any(one.said.gates.get(name) is not None for one in told)
    disputed = bool(gate.disputed)
    return {"value": gate.value if said and not disputed else None, "disputed": disputed, "since": None}


def _services(told: Sequence[Episode]) -> Content:
    levels = {code: level for code in SERVICES if (level := _level(told, code)) is not None and _matters(code, level)}
    return {code: {"level": level, "expected_at": _expected(told, code, level)} for code, level in levels.items()}


def _matters(code: str, level: str) -> bool:
    if code in REASSURING:
        return level == "normal"
    return not (code in UNREMARKABLE and level == "normal")


def _level(told: Iterable[Episode], code: str) -> str | None:
    """The worst level anybody said of a service; None when nobody spoke of it."""
    said = [one.services[code]["level"] for one in told if code in one.services]
    return max(said, key=LEVELS.index, default=None)


def _expected(told: Iterable[Episode], code: str, level: str) -> str | None:
    """When it is expected back, if everybody who says so names a time; what works is not expected."""
    if level == "normal":
        return None
    moments = [one.services[code]["expected_at"] for one in told if one.services.get(code, {}).get("level") == level]
    return None if None in moments else max(moments, default=None)


def _causes(told: Iterable[Episode]) -> list[str]:
    """What may be named; empty says the same of an embargo as of a doubt."""
    named = {one.cause for one in told if not one.embargoed and one.cause not in UNCERTAIN}
    return sorted({PRESSURE if cause in OVERLOAD else cause for cause in named})


def _lasting(content: Content) -> Content:
    return {name: value for name, value in content.items() if name not in _PASSING}


def _apart(one: str, other: str) -> timedelta:
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other))
