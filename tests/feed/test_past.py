"""What a feed keeps in memory: enough to go on from, or it says that it is not."""

from __future__ import annotations

import uuid

from diversion.feed.past import RECENT, Past
from diversion.models import Event
from diversion.wire.cursor import Cursor
from tests.world import REGION


def recorded(first: int, last: int) -> list[Event]:
    return [Event(id=uuid.uuid4(), region_id=REGION, seq=seq) for seq in range(first, last + 1)]


def test_a_picture_is_gone_on_from_only_while_every_event_after_it_is_kept() -> None:
    past = Past(REGION)
    past.start_over(Cursor(0, None))
    past.extend(recorded(1, RECENT))
    assert past.reaches_back_to(0)
    past.extend(recorded(RECENT + 1, RECENT + 1))
    assert not past.reaches_back_to(0)
    assert past.reaches_back_to(1)


def test_with_nothing_kept_only_the_end_of_the_log_can_be_gone_on_from() -> None:
    past = Past(REGION)
    past.start_over(Cursor(7, uuid.uuid4()))
    assert past.reaches_back_to(7)
    assert not past.reaches_back_to(6)
