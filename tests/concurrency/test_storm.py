"""Eight people and machines doing anything at once for a while: no deadlock, no gap, one picture.

The storm is drawn from fixed numbers, so the same commands are asked every time; how they interleave is up to
the database, which is the point.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from diversion.models import Event, Stream
from tests.replicas.histories import ACTIONS, OFTEN, OPENING, Step, perform
from tests.threads import both
from tests.world import REGION, World

PEOPLE, EACH = 8, 15


def errand(world: World, seed: int) -> Callable[[], int]:
    """A share of the storm; how many of its commands were carried out."""
    drawn = random.Random(seed)
    choices = [*ACTIONS, *OFTEN]
    steps = [Step(drawn.choice(choices), *(drawn.randrange(12) for _ in range(3))) for _ in range(EACH)]
    return lambda: sum(perform(world, step) for step in steps)


def test_a_storm_leaves_no_deadlock_no_gap_and_one_picture(real_world: World, followed: Callable[[], None]):
    for step in OPENING:
        perform(real_world, step)
    before = Stream.objects.get(pk=REGION).head
    # A deadlock would come as OperationalError out of one of the threads, and fail the test.
    done = both(*(errand(real_world, seed) for seed in range(PEOPLE)))
    assert sum(done) > PEOPLE * EACH / 4
    assert Stream.objects.get(pk=REGION).head > before
    followed()


def test_in_a_storm_on_one_region_every_number_is_given_once_and_in_order(real_world: World):
    def declare() -> None:
        for _ in range(6):
            real_world.declare(gates={"walk_ins": "vital_only"})

    both(*[declare] * 4)
    events = list(Event.objects.filter(region_id=REGION, kind="diversion.declared").order_by("seq"))
    assert len(events) == 24
    # The site's version grows with the number: commits and numbers have one order.
    versions = [next(one["version"] for one in event.changes if one["kind"] == "site") for event in events]
    assert versions == sorted(versions)
