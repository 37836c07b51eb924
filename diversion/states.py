"""Transition tables: which state may follow which. A move that is not listed here is refused.

Data, judged without the database; the commands ask ``require``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diversion.errors import Conflict

Table = Mapping[str, frozenset[str]]

#: An episode. Nothing leads out of lifted or withdrawn: a site that fails again declares again.
DIVERSION: Final[Table] = {
    "suspected": frozenset({"active", "recovering", "lifted", "withdrawn"}),
    "active": frozenset({"recovering", "lifted", "withdrawn"}),
    "recovering": frozenset({"active", "lifted", "withdrawn"}),
    "lifted": frozenset(),
    "withdrawn": frozenset(),
}
#: What an episode may begin as.
DIVERSION_DECLARED: Final = ("suspected", "active")
DIVERSION_RUNNING: Final = ("suspected", "active", "recovering")

TRANSPORT: Final[Table] = {
    "planned": frozenset({"under_way", "arrived", "cancelled"}),
    "under_way": frozenset({"arrived", "cancelled"}),
    "arrived": frozenset(),
    "cancelled": frozenset(),
}
TRANSPORT_LIVE: Final = ("planned", "under_way")
TRANSPORT_ENDED: Final = ("arrived", "cancelled")

REDIRECT: Final[Table] = {
    "ordered": frozenset({"acknowledged", "superseded", "cancelled"}),
    "acknowledged": frozenset({"superseded"}),
    "superseded": frozenset(),
    "cancelled": frozenset(),
}

#: A concern is a reason, never a veto: the patient is still coming, so it can still be acknowledged.
NOTICE: Final[Table] = {
    "sent": frozenset({"seen", "acknowledged", "concern", "arrived", "withdrawn"}),
    "seen": frozenset({"acknowledged", "concern", "arrived", "withdrawn"}),
    "acknowledged": frozenset({"concern", "arrived", "withdrawn"}),
    "concern": frozenset({"acknowledged", "arrived", "withdrawn"}),
    "arrived": frozenset(),
    "withdrawn": frozenset(),
}
NOTICE_OPEN: Final = ("sent", "seen", "acknowledged", "concern")
NOTICE_UNANSWERED: Final = ("sent", "seen")


def require(table: Table, *, now: str, to: str, what: str, row: object = None, field: str | None = None) -> None:
    """Refuse a transition the table does not list. Raises Conflict("wrong_state"), with the row as it is."""
    if to not in table[now]:
        raise Conflict("wrong_state", f"{what} is {now}: it cannot become {to}.", row=row, field=field, now=now, to=to)
