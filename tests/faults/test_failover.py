"""The database's machine dies, its standby takes over: nothing acknowledged is lost, and nobody keeps what is lost."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from tests.faults import judge
from tests.faults.ground import START, wait
from tests.faults.people import Hand
from tests.faults.schedules import RECOVERY, Fault, Play
from tests.server import eventually


def test_with_a_synchronous_standby_a_fail_over_loses_nothing_that_was_acknowledged(playing: Play) -> None:
    playing.made.follow(synchronous=True)
    before = len(playing.followers[0].stretches)

    outcome = playing.suffer(1, [Fault("the database's machine dies", lambda made: made.fail_over(), 2.0)])

    assert outcome.commands > 0
    assert outcome.violations == ()
    assert all(not any(one.stretches[before:]) for one in playing.followers), "they resumed: nobody started over"


def test_what_an_asynchronous_standby_never_got_nobody_goes_on_seeing_and_dispatch_is_told(playing: Play) -> None:
    made = playing.made
    made.follow(synchronous=False)
    hands = playing.hands(2)
    for hand in hands:
        hand.start()
    wait(1)
    made.spare.stop_postgres()
    so_far = _answered(hands)
    # More than one each: at least one of them was sent when the standby was no longer there.
    eventually(lambda: _answered(hands) > so_far + 2 * len(hands), START, lambda: "nobody is answered any more")

    told = _restored(playing)
    made.fail_over()
    made.heal()
    wait(1)
    assert all(hand.finish(RECOVERY) for hand in hands), "everybody is answered again"
    eventually(lambda: _restored(playing) > told, START, lambda: "the log does not say that it went back")
    judge.converged(playing.followers, playing.log().head, RECOVERY)

    fresh, log = playing.still_picture(playing.log())
    found = judge.judge(log, hands, playing.followers, fresh)
    assert any("lost" in one for one in found), "this standby had not got everything"
    assert [one for one in found if "lost" not in one and "was told at" not in one] == []


def _answered(hands: Sequence[Hand]) -> int:
    return sum(len(hand.answered) for hand in hands)


def _restored(playing: Play) -> int:
    with psycopg.connect(playing.made.environment["DATABASE_URL"]) as connection:
        [number] = connection.execute(
            "SELECT count(*) FROM diversion_event WHERE kind = 'log.restored'"
        ).fetchone() or [0]
    return int(number)
