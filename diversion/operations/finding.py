"""A finding: one thing that is wrong, by a stable code. What it means is in ``words``; how it was read, elsewhere.

Two questions are kept apart, because their answers differ. How bad it is for dispatch is its weight. Whether another
process would do better is ``here``: only that takes a process out of service, since the load balancer can do nothing
but choose another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

#: failure: dispatch works with less than it relies on, now. warning: it will, or something that helps is missing.
Weight = Literal["failure", "warning"]
Status = Literal["ready", "degraded", "unready"]

EXIT: Final[Mapping[Weight, int]] = {"warning": 1, "failure": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """``since`` is the earliest moment (UTC) it is known to have been so; None where nothing tells."""

    code: str
    weight: Weight
    here: bool = False
    since: datetime | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


def status(findings: Iterable[Finding]) -> Status:
    """What a load balancer is told: unready only where another process would do better."""
    found = list(findings)
    if any(one.here for one in found):
        return "unready"
    return "degraded" if found else "ready"


def exit_code(findings: Iterable[Finding]) -> int:
    """0: nothing is wrong. 1: warnings. 2: something that dispatch relies on does not work."""
    return max((EXIT[one.weight] for one in findings), default=0)
