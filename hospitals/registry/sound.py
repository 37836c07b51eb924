"""The rules see only entries whose shape is right, each with its place, so that a rule never meets a missing field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hospitals.registry.problem import Steps

Entry = tuple[Steps, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sound:
    """The well-shaped part of a document; ``None`` or absent is what could not be read."""

    region: Mapping[str, Any] | None
    vehicle_statuses: tuple[Entry, ...]
    capabilities: tuple[Entry, ...]
    hospitals: tuple[Entry, ...]
    sites: tuple[Entry, ...]
    bases: tuple[Entry, ...]
    #: Ids (or codes) by collection, of broken entries too: what refers to those refers to something.
    ids: Mapping[str, frozenset[str]]
    #: Collections of which nothing had to be left out: only there does an absence mean anything.
    whole: frozenset[str]

    @classmethod
    def of(cls, document: Mapping[str, Any], broken: frozenset[Steps]) -> Sound:
        """The sound part of a document, given the places where the schema found a fault."""
        region = document.get("region")
        region = region if isinstance(region, dict) else {}
        return cls(
            region=region if not any(steps[:1] == ("region",) for steps in broken) and region else None,
            vehicle_statuses=_sound(region, ("region",), "vehicle_statuses", broken),
            **{name: _sound(document, (), name, broken) for name in _COLLECTIONS},
            ids={name: frozenset(_ids(document, name)) for name in _COLLECTIONS},
            whole=frozenset(name for name in _COLLECTIONS if _whole(document, name, broken)),
        )


_COLLECTIONS = ("capabilities", "hospitals", "sites", "bases")


def _sound(parent: Mapping[str, Any], above: Steps, name: str, broken: frozenset[Steps]) -> tuple[Entry, ...]:
    entries = parent.get(name)
    listed = enumerate(entries if isinstance(entries, list) else ())
    placed = (((*above, name, index), entry) for index, entry in listed)
    return tuple((steps, entry) for steps, entry in placed if not _breaks(steps, broken))


def _breaks(steps: Steps, broken: frozenset[Steps]) -> bool:
    return any(place[: len(steps)] == steps for place in broken)


def _whole(document: Mapping[str, Any], name: str, broken: frozenset[Steps]) -> bool:
    return isinstance(document.get(name), list) and not _breaks((name,), broken)


def _ids(document: Mapping[str, Any], name: str) -> Iterator[str]:
    entries = document.get(name)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            own = entry.get("code" if name == "capabilities" else "id")
            if isinstance(own, str):
                yield own
