"""The chain: an event's hash binds it to all before it: no past can change without every hash after it changing.

Version 1, for whoever must compute it years later in another language (diversion/RECORD.md shows it on an example):

- What an event says is a JSON object with exactly the members of ``SAID``, written as RFC 8785 (JCS) prescribes: UTF-8,
  no white space, members sorted by their UTF-16 code units, numbers as ECMAScript prints them. Moments are text in UTC
  with six decimals and a Z, identities are lower-case UUIDs.
- ``hash(event) = SHA-256(hash of the one before ‖ seq as 8 bytes, big-endian ‖ SHA-256(what it says))``.
- Before a region's first event stand 32 zero bytes. Hashes are written as 64 lower-case hexadecimal digits.

Pure: no database, no clock. What an event says is hashed apart from its number, so that it can be done before the lock.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Protocol
from uuid import UUID

#: The members of what an event says; its number and its hash are bound by the chain itself.
SAID: Final = ("id", "region", "kind", "at", "said_at", "actor", "command_id", "fact", "changes")
#: What stands before the first event of a region.
NOTHING: Final = "0" * 64
#: Integers beyond this are not exact in ECMAScript and are written as the double nearest to them.
_EXACT: Final = 2**53 - 1

_text = json.encoder.encode_basestring


class Said(Protocol):
    """An event as it is recorded; ``diversion.models.Event`` is one."""

    id: UUID
    region_id: str
    kind: str
    at: datetime
    said_at: datetime
    actor: Any
    command_id: UUID
    fact: Any
    changes: Any


def said_by(event: Said) -> dict[str, Any]:
    """What an event says, as plain values."""
    return {
        "id": str(event.id),
        "region": event.region_id,
        "kind": str(event.kind),
        "at": moment(event.at),
        "said_at": moment(event.said_at),
        "actor": event.actor,
        "command_id": str(event.command_id),
        "fact": event.fact,
        "changes": event.changes,
    }


def digest(said: Mapping[str, Any]) -> bytes:
    """The hash of what an event says. Raises ValueError for what is no JSON, such as a number that is none."""
    return hashlib.sha256(canonical({name: said[name] for name in SAID}).encode()).digest()


def link(before: str, seq: int, said: bytes) -> str:
    """The hash of the event of this number, given the one before and the digest of what it says."""
    return hashlib.sha256(bytes.fromhex(before) + seq.to_bytes(8, "big") + said).hexdigest()


def fingerprint(value: Any) -> str:
    """By which an event binds what is kept beside it: SHA-256 of its canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> str:
    """RFC 8785's one way of writing a JSON value. The database may give back 4.0 for 4, or other orders of members."""
    if isinstance(value, str):
        return _text(str(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_text(name)}:{canonical(value[name])}" for name in _in_order(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    raise ValueError(f"{type(value).__name__} is no JSON")


def _in_order(names: Iterable[str]) -> list[str]:
    given = list(names)
    if "".join(given).isascii():
        return sorted(given)
    return sorted(given, key=lambda name: name.encode("utf-16-be"))


def _number(value: float) -> str:
    """As ECMAScript prints it: the shortest digits that give the same double, without a needless point or exponent."""
    if isinstance(value, int) and abs(value) <= _EXACT:
        return str(value)
    number = float(value)
    if number == 0:
        return "0"
    if 1e-4 <= abs(number) < 1e16:  # where Python prints as ECMAScript does, but for 4.0
        return repr(number).removesuffix(".0")
    if not math.isfinite(number):
        raise ValueError(f"{number} is no JSON")
    return ("-" if number < 0 else "") + _far_from_one(abs(number))


def _far_from_one(number: float) -> str:
    """ECMA-262, Number::toString, for the numbers that are very large or very small."""
    _, drawn, exponent = Decimal(repr(number)).normalize().as_tuple()
    digits, point = "".join(map(str, drawn)), len(drawn) + int(exponent)
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"
