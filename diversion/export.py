"""Exports: a piece of a region's log that proves itself, without the database and for as long as SHA-256 holds.

JSON lines. The first opens: ``{"format", "region", "first", "before"}``, where ``before`` is the hash of the number
before the first. Then one event a line, in canonical form, with its number and its hash. The last is the manifest,
signed: ``{"manifest": {…}, "signature": "…"}``, Ed25519 over the manifest's canonical form. A file that was cut off has
no manifest; two files follow one another if the one's ``before`` is the other's ``hash``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from diversion import chain, signing
from diversion.models import Event, Stream
from diversion.verification import Anchor, Walk

FORMAT: Final = "diversion log 1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export contains. ``before`` is the hash of number ``first - 1``, ``hash`` that of number ``last``."""

    format: str
    region: str
    first: int
    last: int
    count: int
    before: str
    hash: str
    made_at: str
    public_key: str

    def anchors(self) -> tuple[Anchor, Anchor]:
        """What a log that continues this export must still agree with."""
        return Anchor(self.first - 1, self.before), Anchor(self.last, self.hash)


class NotExported(Exception):
    """There is nothing to export, or it would be signing a log that does not verify."""


class NotProven(Exception):
    """A file is not, whole and unchanged, what the holder of the key exported."""


def exported(region_id: str, first: int, last: int | None, key: Ed25519PrivateKey, now: datetime) -> Iterator[str]:
    """The lines of an export, the manifest last. Raises NotExported before it would sign.

    The chain is walked from the very first event, whatever is asked for: a signature says that all of it held. To be
    read inside ``verification.one_moment``.
    """
    head = Stream.objects.get(pk=region_id)
    last = head.head if last is None else last
    if not 1 <= first <= last <= head.head:
        raise NotExported(f"{region_id} has #1 to #{head.head}, not #{first} to #{last}.")
    walk, before, after = Walk(), chain.NOTHING, chain.NOTHING
    for event in Event.objects.all().after(region_id, 0).iterator(chunk_size=500):
        if event.seq == first:
            before = walk.hash
            yield chain.canonical({"format": FORMAT, "region": region_id, "first": first, "before": before})
        walk.take(event)
        after = walk.hash if event.seq == last else after
        if first <= event.seq <= last:
            yield chain.canonical({**chain.said_by(event), "seq": event.seq, "hash": walk.hash})
    for wrong in walk.differences(head):
        raise NotExported(f"The log does not verify, and is not signed: {region_id} {wrong.where} {wrong.detail}.")
    made_at, public = chain.moment(now), signing.told(key.public_key())
    said = asdict(Manifest(FORMAT, region_id, first, last, last - first + 1, before, after, made_at, public))
    yield chain.canonical({"manifest": said, "signature": signing.signature(key, chain.canonical(said))})


def proven(lines: Iterable[str], key: Ed25519PublicKey) -> Manifest:
    """What a file proves to contain: every hash is computed anew, and the signature is that of this key.

    Raises NotProven for anything else, with what was found.
    """
    given = enumerate(lines, start=1)
    walked: _Walked | None = None
    for number, line in given:
        try:
            said = _read(line)
            if walked is None:
                walked = _Walked.opening(said)
            elif "manifest" in said:
                return _agreed(said, walked, key, next(given, None))
            else:
                walked.take(said)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise NotProven(f"Line {number} is no line of an export.") from error
    raise NotProven("The file ends without its manifest: it was cut off.")


def _read(line: str) -> dict[str, Any]:
    """One way of writing only: what a person reads in the file, such as a member given twice, is what was signed."""
    said = json.loads(line)
    if chain.canonical(said) != line.rstrip("\n"):
        raise ValueError("not in canonical form")
    return dict(said)


@dataclass(slots=True)
class _Walked:
    """The events of a file so far, each linked to the one before."""

    region: str
    first: int
    before: str
    last: int
    hash: str

    @classmethod
    def opening(cls, said: dict[str, Any]) -> _Walked:
        if said["format"] != FORMAT:
            raise NotProven(f"The file's form is {said['format']!r}, not {FORMAT!r}.")
        return cls(said["region"], said["first"], said["before"], said["first"] - 1, said["before"])

    def take(self, said: dict[str, Any]) -> None:
        if (said["seq"], said["region"]) != (self.last + 1, self.region):
            raise NotProven(f"After #{self.last} of {self.region} stands #{said['seq']} of {said['region']}.")
        self.last, self.hash = said["seq"], chain.link(self.hash, said["seq"], chain.digest(said))
        if self.hash != said["hash"]:
            raise NotProven(f"#{self.last} is not as it was recorded: its hash is another.")


def _agreed(said: dict[str, Any], walked: _Walked, key: Ed25519PublicKey, following: object) -> Manifest:
    manifest = Manifest(**said["manifest"])
    if not signing.is_signed(key, chain.canonical(said["manifest"]), said["signature"]):
        raise NotProven("The manifest is not signed with this key.")
    count = walked.last - walked.first + 1
    found = (FORMAT, walked.region, walked.first, walked.last, count, walked.before, walked.hash)
    names = ("format", "region", "first", "last", "count", "before", "hash")
    for name, one in zip(names, found, strict=True):
        if getattr(manifest, name) != one:
            raise NotProven(f"The manifest was signed for {name} {getattr(manifest, name)}, the file has {one}.")
    if following is not None:
        raise NotProven("Something follows the manifest, which nobody signed.")
    return manifest
