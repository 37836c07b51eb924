"""Replays: reported incidents as files anybody could write (`replays/README.md`), read strictly.

A file that breaks the format is refused with the place and the reason. Nothing is guessed: every step names its
sources and how precise its time is, and what is assumed is marked as assumed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FORMAT = "diversion-replay/1"
REPLAYS = Path(__file__).parent / "replays"
LANGUAGES = ("fr", "nl", "en")
PRECISIONS = ("reported", "about", "assumed", "day_only", "expected")
VERBS = ("declare", "amend", "reopen", "lift")


class ReplayError(ValueError):
    """The file is not a replay; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Action:
    verb: str
    name: str  # the episode's name inside the replay
    site: str | None  # only for "declare"
    body: Mapping[str, Any]

    def placed(self, prefix: str) -> Action:
        return self if self.site is None else replace(self, site=prefix + self.site)


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    precision: str
    sources: tuple[str, ...]
    what: Mapping[str, str]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class InFlight:
    """Transports assumed to be under way to the site when the step comes."""

    site: str
    step: int
    minutes: tuple[float, float]
    patients: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Replay:
    id: str
    region: str
    title: Mapping[str, str]
    start: datetime
    steps: tuple[Step, ...]
    in_flight: InFlight | None

    @property
    def sites(self) -> tuple[str, ...]:
        sites = [action.site for step in self.steps for action in step.actions if action.site]
        return tuple(dict.fromkeys(sites))

    def placed(self, prefix: str) -> Replay:
        """The same story told of the sites of an exercise, whose ids begin with the prefix."""
        steps = tuple(replace(step, actions=tuple(one.placed(prefix) for one in step.actions)) for step in self.steps)
        flight = self.in_flight and replace(self.in_flight, site=prefix + self.in_flight.site)
        return replace(self, steps=steps, in_flight=flight)


def available() -> list[str]:
    return sorted(path.stem for path in REPLAYS.glob("*.json") if path.stem != "schema")


def load(name: str) -> Replay:
    """By the name of a shipped replay, or by the path of a file."""
    path = REPLAYS / f"{name}.json" if name in available() else Path(name)
    if not path.is_file():
        raise ReplayError(f"no replay {name!r}; there are: {', '.join(available())}")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReplayError(f"{path.name}: not JSON: {error}") from error
    return read(document)


def read(document: Any) -> Replay:
    """What a file tells. Raises ReplayError with the place of the first fault."""
    _need(isinstance(document, dict) and document.get("format") == FORMAT, "format", f"must be {FORMAT!r}")
    zone = _zone(document)
    rows = _list(document["steps"], "steps")
    steps = tuple(_step(row, zone, f"steps[{index}]", document) for index, row in enumerate(rows))
    _need(bool(steps), "steps", "is empty")
    times = [step.at for step in steps]
    _need(times == sorted(times), "steps", "must be in the order of their times")
    _need(times[0] == _time(document["start_local"], zone, "start_local"), "start_local", "must be the first step's")
    _known_episodes(steps)
    return Replay(
        id=_text(document, "id"),
        region=_text(document, "region"),
        title=_words(document.get("title"), "title"),
        start=times[0],
        steps=steps,
        in_flight=_in_flight(document.get("in_flight"), len(steps)),
    )


def _zone(document: Mapping[str, Any]) -> ZoneInfo:
    for key in ("steps", "start_local", "timezone", "sources", "conflicts"):
        _need(key in document, key, "is missing")
    try:
        return ZoneInfo(document["timezone"])
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise ReplayError("timezone: is not known here") from error


def _step(row: Any, zone: ZoneInfo, at: str, document: Mapping[str, Any]) -> Step:
    _need(isinstance(row, dict), at, "must be an object")
    _need(row.get("precision") in PRECISIONS, f"{at}.precision", f"must be one of {', '.join(PRECISIONS)}")
    sources = tuple(_list(row.get("sources") or [], f"{at}.sources"))
    _need(bool(sources), f"{at}.sources", "must name at least one source")
    for source in sources:
        known = isinstance(source, str) and source in _object(document["sources"], "sources")
        _need(known, f"{at}.sources", f"{source!r} is not among the file's sources")
    told = _list(row.get("do") or [], f"{at}.do")
    actions = tuple(_action(each, f"{at}.do[{index}]") for index, each in enumerate(told))
    when = _time(row.get("at_local"), zone, f"{at}.at_local")
    return Step(when, row["precision"], sources, _words(row.get("what"), f"{at}.what"), actions)


def _action(row: Any, at: str) -> Action:
    _need(isinstance(row, dict) and len(row) == 1, at, "must have exactly one verb")
    [(verb, told)] = row.items()
    _need(verb in VERBS, at, f"the verb must be one of {', '.join(VERBS)}")
    _need(isinstance(told, dict) and isinstance(told.get("body"), dict), at, "must have a body")
    name = told.get("as" if verb == "declare" else "of")
    _need(isinstance(name, str), at, "must name its episode: declare as, amend of, reopen of, lift of")
    _need(verb != "declare" or isinstance(told.get("site"), str), at, "must name its site")
    return Action(verb, str(name), told.get("site"), told["body"])


def _known_episodes(steps: Sequence[Step]) -> None:
    declared: set[str] = set()
    for index, step in enumerate(steps):
        for action in step.actions:
            if action.verb == "declare":
                declared.add(action.name)
            _need(action.name in declared, f"steps[{index}]", f"{action.name!r} was not declared before")


def _in_flight(row: Any, steps: int) -> InFlight | None:
    if row is None:
        return None
    _words(_object(row, "in_flight").get("assumption"), "in_flight.assumption")
    _need(isinstance(row.get("step"), int) and 0 <= row["step"] < steps, "in_flight.step", "is no step of this file")
    patients = tuple(_list(row.get("patients"), "in_flight.patients"))
    for patient in patients:
        known = _object(patient, "in_flight.patients").get("urgency") in ("vital", "urgent", "routine")
        _need(known, "in_flight.patients", "urgency must be vital, urgent or routine")
    return InFlight(_text(row, "site"), row["step"], _minutes(row.get("minutes")), patients)


def _minutes(value: Any) -> tuple[float, float]:
    try:
        least, most = value
        return float(least), float(most)
    except (TypeError, ValueError, OverflowError) as error:
        raise ReplayError("in_flight.minutes: must be the least and the most") from error


def _time(value: Any, zone: ZoneInfo, at: str) -> datetime:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone)
    except (TypeError, ValueError) as error:
        raise ReplayError(f"{at}: must be a local time such as 2023-03-11T04:00") from error


def _words(value: Any, at: str) -> Mapping[str, str]:
    complete = isinstance(value, dict) and all(isinstance(value.get(key), str) for key in LANGUAGES)
    _need(complete, at, "must say it in fr, nl and en")
    words: dict[str, str] = value
    return words


def _list(value: Any, at: str) -> list[Any]:
    _need(isinstance(value, list), at, "must be a list")
    return list(value)


def _object(value: Any, at: str) -> dict[str, Any]:
    _need(isinstance(value, dict), at, "must be an object")
    return dict(value)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    _need(isinstance(value, str) and bool(value), key, "must be a text")
    return str(value)


def _need(held: bool, at: str, reason: str) -> None:
    if not held:
        raise ReplayError(f"{at}: {reason}")
