"""Causes of a diversion, and what each implies for its handling. Codes only: words live in the catalogues.

A cause is what somebody said, never an inference; it may change during an episode without ending it.
"""

from __future__ import annotations

from typing import Final

CAUSES: Final = (
    "unknown",
    "it_outage",
    "cyber_suspected",
    "cyber_confirmed",
    "telecom",
    "power",
    "utilities",
    "fire",
    "security",
    "contamination",
    "equipment",
    "staffing",
    "saturation",
    "supplier",
)

#: Causes that are about too many patients, not about something broken: only these may ever be limited
#: in time or suspended by a region's policy. A broken hospital is never declared well by a timer.
OVERLOAD: Final = frozenset({"saturation", "staffing"})
