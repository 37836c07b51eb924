"""The database's machine dies, its standby takes over: nothing acknowledged is lost, and nobody keeps what is lost."""

from __future__ import annotations

import psycopg

from tests.faults import judge
from tests.faults.ground import wait
from tests.faults.schedules import RECOVERY, Fault, Play


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
    wait(1)

    told = _restored(playing)
    made.fail_over()
    made.heal()
    wait(1)
    assert all(hand.finish(RECOVERY) for hand in hands), "everybody is answered again"

    fresh, log = playing.still_picture(playing.log())
    found = judge.judge(log, hands, playing.followers, fresh)
    assert any("lost" in one for one in found), "this standby had not got everything"
    assert [one for one in found if "lost" not in one and "was told at" not in one] == []
    assert _restored(playing) > told, "the log itself says that it went back"


def _restored(playing: Play) -> int:
    with psycopg.connect(playing.made.environment["DATABASE_URL"]) as connection:
        [number] = connection.execute(
            "SELECT count(*) FROM diversion_event WHERE kind = 'log.restored'"
        ).fetchone() or [0]
    return int(number)
