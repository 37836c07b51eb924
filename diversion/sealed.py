"""Codes of a sealed card: each complete in itself, readable aloud, and worthless to whoever reads the database.

Twelve characters of Crockford's base 32 (no I, L, O, U: nothing to mistake on paper) are 60 bits: at the thousand
guesses a second no limit of ours would let through, half of them would take eighteen million years.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
GROUP: Final = 4
#: One night of one department, with room for slips; a new card takes a minute.
CODES: Final = 10
#: Letters people write for the figures they look like (Crockford).
_MISTAKEN: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u00a0": None})


def new_serial() -> str:
    """What a card is called on paper, on the record and by phone. Not secret."""
    number = f"{secrets.randbelow(10**8):08d}"
    return f"{number[:4]}-{number[4:]}"


def new_code() -> str:
    """One code as it is printed: groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return " ".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_digest(serial: str, place: int, code: str) -> str:
    """What is kept of the code at a place of a card: keyed from SECRET_KEY, so that a copy of the database proves
    nothing, and bound to card and place, so that a digest moved elsewhere opens nothing.
    """
    return salted_hmac("diversion.sealed", f"{serial}/{place}/{plain(code)}", algorithm="sha256").hexdigest()


def plain(code: str) -> str:
    """A code as typed, without what differs between hand, eye and keyboard."""
    return code.strip().upper().translate(_MISTAKEN)


def place_of(serial: str, digests: Sequence[str], code: str) -> int | None:
    """Which of a card's codes this is. Every one is compared, in constant time, whichever it is."""
    found = None
    for place, kept in enumerate(digests):
        if constant_time_compare(code_digest(serial, place, code), kept):
            found = place
    return found
