"""A region's policy: the numbers that differ between regions, as data with documented defaults.

Durations are seconds unless the name says otherwise. A region's registry file may override any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DEFAULTS: Final[Mapping[str, int]] = {
    # A site's screens beat every 10 s; three missed beats and nobody may be listening.
    "silent_after_s": 30,
    # An unacknowledged notice becomes the dispatcher's problem after a minute.
    "escalate_after_s": 60,
    # A crew that has not answered an order after half a minute is called by radio.
    "crew_overdue_s": 30,
    # The author of a declaration may take it back as a slip within this time.
    "undo_s": 30,
    # Journey times closer than this are a tie: routing engines disagree by more.
    "tie_s": 120,
    # A vehicle this close to its destination is decided on by a person, not in bulk.
    "near_arrival_s": 240,
    # A detour beyond this is shown as such; it is never enforced.
    "detour_limit_s": 900,
    # Announced patients a site takes in a plan while another within the detour limit has room.
    "inbound_limit": 4,
    # A running declaration is looked at again after this many minutes.
    "review_minutes": 60,
    # A notice nobody has answered goes on to the supervisor after this long: a minute after dispatch was told.
    "supervisor_after_s": 120,
    # A declaration that nobody at dispatch has marked as seen is told to whoever can wake them.
    "unseen_after_s": 60,
    # Every channel is tried this often (hours), so that a dead one is found before it is needed.
    "channel_test_hours": 24,
    # … and one that fails this often, so that its recovery is noticed without anybody asking.
    "channel_retest_s": 900,
}


def policy_of(overrides: Mapping[str, Any]) -> dict[str, int]:
    """The complete policy of a region. Raises ValueError naming a key that does not exist."""
    unknown = sorted(set(overrides) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"policy has no setting {unknown[0]!r}; settings are {', '.join(DEFAULTS)}")
    return {**DEFAULTS, **overrides}
