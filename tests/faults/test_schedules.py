"""Random faults under load leave a history in which nothing is lost, doubled or shown as fresh when it is not.

Some schedules of many: ``python -m tests.faults.schedules`` runs as many as one likes, and with a bug planted.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults import judge
from tests.faults.judge import Logged
from tests.faults.people import Answered
from tests.faults.schedules import FAULTS, Play, schedule

#: Between them every part dies or hangs at least once.
SEEDS = (2, 7, 58, 81)


def test_the_schedules_run_here_break_every_kind_of_part() -> None:
    broken = " ".join(fault.name for seed in SEEDS for fault in schedule(seed))
    for part in ("web process", "clock killed", "worker", "broker", "database killed", "network", "disk", "wall clock"):
        assert part in broken


def test_the_same_number_breaks_the_same() -> None:
    assert schedule(7) == schedule(7)
    assert {fault.name for seed in range(200) for fault in schedule(seed)} == set(FAULTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_nothing_acknowledged_is_lost_or_doubled_and_everybody_is_up_to_date(
    playing: Play, seed: int
) -> None:
    outcome = playing.run(seed)
    assert outcome.commands > 0
    assert outcome.violations == ()


# ---------------------------------------------------------------- what the judge finds


def answered(key: str, *seqs: int, status: int = 200, at: float = 0.0) -> Answered:
    return Answered(key, "/declare", status, {"events": [{"seq": seq} for seq in seqs]}, at, attempts=1)


def hand(*answers: Answered, unanswered: str | None = None) -> Any:
    return SimpleNamespace(name="hand", answered=list(answers), open=unanswered)


def follower(*stretches: list[int], at: int, picture: Any = None, claims: list[tuple[float, int]] | None = None) -> Any:
    reader = SimpleNamespace(reached=at, picture=lambda: picture or {})
    return SimpleNamespace(reader=reader, stretches=list(stretches), claims=claims or [], faults=[])


GOOD = Logged([(1, "a"), (2, "b")], head=2)


def found(log: Logged = GOOD, hands: Any = (), followers: Any = ()) -> str:
    return " ".join(judge.judge(log, list(hands), list(followers), {}))


def test_a_history_in_which_all_is_well_has_no_violation() -> None:
    well = [hand(answered("a", 1), answered("b", 2), answered("c", status=409))]
    assert found(hands=well, followers=[follower([1], [2], at=2, claims=[(0.0, 1), (9.0, 2)])]) == ""


@pytest.mark.parametrize(
    ("log", "hands", "followers", "sentence"),
    [
        (GOOD, [hand(answered("c", 3))], [], "lost"),
        (Logged([(1, "a"), (2, "a")], 2), [hand(answered("a", 1))], [], "more than once"),
        (GOOD, [hand(answered("a", status=409))], [], "though it was refused"),
        (GOOD, [hand(unanswered="x")], [], "never answered"),
        (Logged([(1, "a"), (3, "b")], 3), [], [], "no number [2]"),
        (Logged([(1, "a"), (2, "b")], 1), [], [], "beyond its head"),
        (GOOD, [], [follower([1, 3], at=2)], "not at all"),
        (GOOD, [], [follower([1, 1, 2], at=2)], "repeated [1]"),
        (GOOD, [], [follower([1], at=1)], "is at 1 while the log is at 2"),
        (GOOD, [], [follower([1, 2], at=2, picture={("site", "x"): 1})], "another picture"),
        (GOOD, [hand(answered("b", 2, at=10.0))], [follower(at=2, claims=[(17.0, 1)])], "up to date, 6 s after 2"),
    ],
)
def test_each_kind_of_violation_is_found(log: Logged, hands: Any, followers: Any, sentence: str) -> None:
    assert sentence in found(log, hands, followers)
