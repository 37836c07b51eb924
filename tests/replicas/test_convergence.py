"""Whoever joins at any moment and follows the feed has, at every later moment, exactly what a fresh reader gets.

Histories are generated and committed for real; every few steps each audience's snapshot is kept, and at the end
every one of them is brought up to date in one go, and the first in many.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from diversion.models import Event
from diversion.wire.audiences import Audience
from tests.emptying import empty_tables
from tests.replicas.histories import ACTIONS, OFTEN, OPENING, Step, perform
from tests.replicas.replica import Replica, assert_converges, since, snapshot
from tests.replicas.script import SCRIPT
from tests.world import REGION, World, build

AUDIENCES = [
    Audience(REGION),
    Audience(REGION, frozenset({"saint-pierre"})),
    Audience(REGION, frozenset({"saint-luc", "saint-jean"})),
    Audience(REGION, frozenset({"huderf"})),
]
#: Somebody of each audience joins every few steps: 6 histories × 9 moments × 4 audiences are 216 joiners.
STEPS, HISTORIES, EVERY = 24, 6, 3

numbers = st.integers(0, 11)
steps = st.builds(Step, st.sampled_from([*ACTIONS, *OFTEN]), numbers, numbers, numbers)


def fresh_world() -> World:
    empty_tables()
    world = build()
    for step in OPENING:
        assert perform(world, step)
    return world


@settings(
    max_examples=HISTORIES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Shrinking replays the history hundreds of times; a failing one is short enough to be read.
    phases=[Phase.explicit, Phase.generate],
)
@given(history=st.lists(steps, min_size=STEPS, max_size=STEPS))
def test_a_stale_snapshot_and_the_events_since_are_the_fresh_snapshot(transactional_db: None, history: list[Step]):
    world = fresh_world()
    moments = [{audience: snapshot(audience) for audience in AUDIENCES}]
    for number, step in enumerate(history, start=1):
        perform(world, step)
        if number % EVERY == 0:
            moments.append({audience: snapshot(audience) for audience in AUDIENCES})
    for audience in AUDIENCES:
        for moment in moments:
            assert_converges(moment[audience], audience, moments[-1][audience])
        _follow(audience, moments)
    _replay_from_nothing(moments[-1][AUDIENCES[0]])


def _follow(audience: Audience, moments: list[dict[Audience, dict]]) -> None:
    """A reader that has been there from the start is right at every one of those moments."""
    replica = Replica.of(moments[0][audience])
    news = since(audience, replica.cursor)
    assert news is not None
    for moment in moments[1:]:
        until = int(moment[audience]["cursor"].partition(":")[0])
        events = [event for event in news["events"] if event["seq"] <= until]
        replica.take({"type": "events", "cursor": moment[audience]["cursor"], "events": events})
        assert replica.rows == Replica.of(moment[audience]).rows


def _replay_from_nothing(fresh: dict) -> None:
    """The log alone tells every row that commands have made; the tests' region and sites were there before it."""
    replica = Replica("0:-")
    news = since(AUDIENCES[0], replica.cursor)
    assert news is not None
    replica.take(news)
    made = {"diversion", "vehicle", "transport", "redirect", "notice", "channel"}
    target = Replica.of(fresh)
    assert {key: row for key, row in replica.rows.items() if key[0] in made} == {
        key: row for key, row in target.rows.items() if key[0] in made
    }


def test_the_histories_do_reach_every_kind_of_event_they_can(transactional_db: None):
    """Otherwise the test above could pass by doing nothing: one fixed history has to set off each kind."""
    world = fresh_world()
    for step in SCRIPT:
        assert perform(world, step), step
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds >= EXPECTED


EXPECTED = {
    "diversion.declared", "diversion.amended", "diversion.seen", "diversion.lifted", "diversion.withdrawn",
    "vehicle.added", "vehicle.changed", "transport.opened", "transport.changed", "transport.arrived",
    "transport.cancelled", "redirect.ordered", "redirect.kept", "redirect.acknowledged", "redirect.cancelled",
    "redirect.objected", "crew.boarded", "crew.left",
    "notice.sent", "notice.seen", "notice.acknowledged", "notice.concern_raised", "notice.escalated",
    "presence.changed", "member.changed", "notice.escalated_to_supervisor", "diversion.unseen", "channel.added",
    "channel.changed", "channel.retired", "channel.test_asked", "channel.tested", "channel.failing",
    "channel.recovered", "journeys.calibrated",
}  # fmt: skip
