"""Cursors: a sequence number together with the identity of its event.

After a restore or a failover the same number may name another event; then the identity differs and the reader
gets a fresh snapshot instead of a history that never happened to it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cursor:
    """``event`` is None only at number 0, before anything has happened."""

    seq: int
    event: uuid.UUID | None

    def __str__(self) -> str:
        return f"{self.seq}:{self.event or '-'}"

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """The cursor a client sent, or None for anything that is not one: it then gets a snapshot."""
        number, _, identity = (text or "").partition(":")
        try:
            seq = int(number)
            event = None if identity == "-" else uuid.UUID(identity)
        except ValueError:
            return None
        # A number beyond what the log can hold would be refused by the database in the middle of an answer.
        return cls(seq, event) if 0 <= seq < 2**63 else None


#: Before anything has happened, which is the past of every log.
BEGINNING: Final = Cursor(0, None)
