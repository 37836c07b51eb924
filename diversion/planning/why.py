"""Why the plan assigns a site to a patient: what anybody can check on the plan itself, not how it was computed.

Each code says something of the finished plan that is true of this patient: what they would find at the nearest site
if they alone were sent there instead. Those whom a person decides on count where the plan expects them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from diversion.planning.options import Option

Why = Literal["only_open", "nearest", "tie_less_loaded", "nearest_full", "beyond_detour", "room_too_far", "all_full"]
#: - only_open: no other site admits them.
#: - nearest: the nearest site that admits them.
#: - tie_less_loaded: within a tie of the nearest, and with them no fuller than that would be.
#: - nearest_full: with this plan the nearest is at its inbound limit.
#: - beyond_detour: the same, and this one is beyond the detour limit.
#: - room_too_far: this one is over its inbound limit; who has room is beyond the detour limit.
#: - all_full: this one is over its inbound limit, and so would every other be.
WHYS: Final[tuple[str, ...]] = get_args(Why)


def why(
    options: Sequence[Option],
    site_id: str,
    final: Mapping[str, int],
    *,
    inbound_limit: int | None,
    detour_limit_s: int | None,
) -> Why:
    """Why this site; ``final`` has what each site would have coming once everybody in the plan is on their way."""
    open_ones = [one for one in options if one.admits]
    chosen = next(one for one in open_ones if one.site_id == site_id)
    nearest = min(open_ones, key=lambda one: one.seconds)

    def has_room(site: str) -> bool:
        return inbound_limit is None or final.get(site, 0) < inbound_limit

    if len(open_ones) == 1:
        return "only_open"
    if inbound_limit is not None and final.get(site_id, 0) > inbound_limit:
        return "room_too_far" if any(has_room(one.site_id) for one in open_ones) else "all_full"
    if chosen.seconds == nearest.seconds:
        return "nearest"
    if has_room(nearest.site_id):
        return "tie_less_loaded"
    return "beyond_detour" if is_beyond(chosen, nearest.seconds, detour_limit_s) else "nearest_full"


def is_beyond(one: Option, nearest: int, limit: int | None) -> bool:
    """Whether the detour is over the limit; from the nearest option when the present destination is not known."""
    detour = one.seconds - nearest if one.detour_s is None else one.detour_s
    return limit is not None and detour > limit
