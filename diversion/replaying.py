"""Decisions replayed: the options of each redirect computed again from its recorded question, and held against those
that the dispatcher was shown. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diversion.models import Redirect
from diversion.planning.record import answer, difference, from_record


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision: what came out differently (None: nothing did), or that its question was not kept."""

    redirect: Redirect
    asked: bool
    difference: str | None


def replayed(redirects: Iterator[Redirect]) -> Iterator[Replayed]:
    """Each decision asked again; those recorded before questions were kept say so."""
    for redirect in redirects:
        basis = getattr(redirect, "basis", None)
        if basis is None:
            yield Replayed(redirect, asked=False, difference=None)
        else:
            found = answer(from_record(basis.question))
            yield Replayed(redirect, asked=True, difference=difference(redirect.options, found))
