"""What importing a registry would do, as data: equal registries give equal changes, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hospitals.registry.entities import Base, Hospital, Kind, Region, Registry, Site
from hospitals.registry.plain import plain

Entity = Region | Hospital | Site | Base
Action = Literal["add", "change", "retire"]
Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value at a dotted path of the entity's JSON; None on either side is "not established"."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One entity to add, change or retire. ``wanted`` is its whole new state, None when it is to be retired."""

    action: Action
    kind: Kind
    id: str
    fields: tuple[FieldChange, ...]
    wanted: Entity | None


def plan(current: Registry | None, wanted: Registry) -> tuple[Change, ...]:
    """The changes from one registry of a region to another, in an order that never breaks a reference.

    A retirement is only listed: whether a site with running diversions or inbound patients may go is for the
    one who applies the plan. Raises ValueError when the two registries are of different regions.
    """
    if current is not None and current.region.id != wanted.region.id:
        raise ValueError(f"the file is of region {wanted.region.id!r}, not of {current.region.id!r}")
    had, wants = _by_key(current), _by_key(wanted)
    kept = [_change(key, had.get(key), entity) for key, entity in wants.items()]
    gone = [_retire(key, entity) for key, entity in had.items() if key not in wants]
    # What refers goes before what is referred to, hence the reverse.
    return (*(change for change in kept if change is not None), *reversed(gone))


def describe(change: Change) -> str:
    """One change in words for the person who is asked to confirm it."""
    what = f"{change.kind} {change.id}"
    if change.action != "change":
        return f"{change.action} {what}"
    return f"change {what}: " + "; ".join(
        f"{one.path} {_spoken(one.before)} → {_spoken(one.after)}" for one in change.fields
    )


def _by_key(registry: Registry | None) -> dict[Key, Entity]:
    return {} if registry is None else {(kind, entity.id): entity for kind, entity in registry.entities()}


def _change(key: Key, before: Entity | None, after: Entity) -> Change | None:
    fields = tuple(_differences(before, after))
    action: Action = "add" if before is None else "change"
    return Change(action, *key, fields, after) if fields else None


def _retire(key: Key, before: Entity) -> Change:
    return Change("retire", *key, tuple(_differences(before, None)), None)


def _differences(before: Entity | None, after: Entity | None) -> Iterator[FieldChange]:
    old, new = _leaves(before), _leaves(after)
    for path in _in_order(old, new):
        if old.get(path) != new.get(path):
            yield FieldChange(path, old.get(path), new.get(path))


def _in_order(*several: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(path for one in several for path in one))


def _leaves(entity: Entity | None) -> dict[str, Any]:
    return {} if entity is None else dict(_walk("", plain(entity)))


def _walk(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """Dotted path and value of everything but objects: a list is one value, since its order may carry meaning."""
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, item in value.items():
        yield from _walk(f"{path}.{key}" if path else key, item)


def _spoken(value: object) -> str:
    if value is None:
        return "not established"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A boundary or a list of sources would fill the screen; that it changed is what matters.
    return f"a list of {len(value)}" if isinstance(value, list) else repr(value)
