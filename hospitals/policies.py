"""A region's policy: the numbers that differ between regions, as data with documented defaults.

Durations are seconds unless the name says otherwise. A region's registry file may override any of them, and a
supervisor may change them by a command; 0 switches a rule off where its comment says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hospitals.causes import CAUSES

_NUMBERS: Final[Mapping[str, int]] = {
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
    # A running declaration is attested again after this many minutes; per cause below.
    "review_minutes": 60,
    # A declaration of overload ends after this many minutes, the only kind that ever may; 0: it does not. Seen
    # elsewhere: Los Angeles 120, San Francisco 120, the Netherlands 60 to 240.
    "overload_limit_minutes": 0,
    # From this many sites diverting for overload at once, none of them may for a while; 0: never. San Francisco: 4.
    "suspend_at_sites": 0,
    # How long such a suspension lasts. San Francisco: 4 hours.
    "suspension_minutes": 240,
    # Dispatch is warned when this share (%) of the region's departments is closed: with a quarter diverting together,
    # more people died of heart attacks in New York City; 0: no warning.
    "alarm_closed_percent": 25,
    # … and when one has been closed for longer than this many hours: below twelve no effect on deaths was found
    # (Shen and Hsia 2011); 0: no warning.
    "alarm_long_hours": 12,
    # A regional question is to be answered within this many minutes unless the asker says otherwise.
    "question_minutes": 15,
    # With many casualties at one place, hospitals are to say what they can take within this many minutes.
    "offer_minutes": 5,
    # What a hospital is taken to have room for until it has said so itself, by urgency. Ours, and on screen as assumed:
    # no Belgian text was found that says how many the first ambulances may bring unasked.
    "offer_assumed_vital": 1,
    "offer_assumed_urgent": 2,
    "offer_assumed_routine": 4,
    # A notice nobody has answered goes on to the supervisor after this long: a minute after dispatch was told.
    "supervisor_after_s": 120,
    # A declaration that nobody at dispatch has marked as seen is told to whoever can wake them.
    "unseen_after_s": 60,
    # Every channel is tried this often (hours), so that a dead one is found before it is needed.
    "channel_test_hours": 24,
    # … and one that fails this often, so that its recovery is noticed without anybody asking.
    "channel_retest_s": 900,
}

#: ``review_minutes_CAUSE``: how often a declaration of this cause is attested; 0: as ``review_minutes``.
REVIEW: Final[Mapping[str, str]] = {cause: f"review_minutes_{cause}" for cause in CAUSES}

DEFAULTS: Final[Mapping[str, int]] = {**_NUMBERS, **dict.fromkeys(REVIEW.values(), 0)}

#: Where 0 means "never" or "as the general rule"; everywhere else a zero would make a rule meaningless.
MAY_BE_ZERO: Final = frozenset(
    {
        "overload_limit_minutes",
        "suspend_at_sites",
        "alarm_closed_percent",
        "alarm_long_hours",
        "offer_assumed_vital",
        "offer_assumed_urgent",
        "offer_assumed_routine",
        *REVIEW.values(),
    }
)
#: A week, as the greatest duration in any unit here: more is a slip of the keyboard.
GREATEST: Final = 7 * 24 * 3600


def policy_of(overrides: Mapping[str, Any]) -> dict[str, int]:
    """The complete policy of a region. Raises ValueError naming a key that does not exist or a value that cannot be."""
    for key, value in overrides.items():
        if key not in DEFAULTS:
            raise ValueError(f"policy has no setting {key!r}; settings are {', '.join(DEFAULTS)}")
        least = 0 if key in MAY_BE_ZERO else 1
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= GREATEST:
            raise ValueError(f"policy.{key} must be a whole number from {least} to {GREATEST}")
    return {**DEFAULTS, **overrides}


def review_minutes(policy: Mapping[str, int], cause: str) -> int:
    """After how many minutes a declaration of this cause is to be attested again."""
    return policy[REVIEW[cause]] or policy["review_minutes"]
