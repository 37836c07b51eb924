"""How many patients each site has coming: each live transport counts once, where its crew will take it.

An ordered redirect counts at once, before the crew acknowledges, so that the next decision already sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def inbound_counts(bound: Iterable[tuple[str, str | None]]) -> Counter[str]:
    """Counts by site of (destination_id, ordered_destination_id or None), one pair for each live transport."""
    return Counter(ordered or destination for destination, ordered in bound)
