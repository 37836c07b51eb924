"""What must hold of a history, whatever broke meanwhile. Each violation is one sentence; none is the only good answer.

No acknowledged command is lost, none is done twice, none that was refused is done at all; the log's numbers run without
gap up to its head; everybody who follows was told every event once and in order and has the picture a fresh reader
gets; and nobody was told that the log is where it no longer was.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.people import Answered, Follower, Hand

#: An event that was acknowledged so long ago (seconds) must be within what any frame claims. Reading takes at most a
#: second; the rest is a machine busy with starting what was killed, and the pauses a schedule itself makes.
BEHIND = 6.0


@dataclass(frozen=True, slots=True)
class Logged:
    """The log as it lies in the database: (number, command) of every event, and the head."""

    events: Sequence[tuple[int, str]]
    head: int


def read_log(database_url: str, region: str) -> Logged:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT seq, command_id::text FROM diversion_event WHERE region_id = %s ORDER BY seq", [region]
        ).fetchall()
        [head] = connection.execute("SELECT head FROM diversion_stream WHERE region_id = %s", [region]).fetchone() or [
            0
        ]
    return Logged(rows, head)


def judge(
    log: Logged, hands: Sequence[Hand], followers: Sequence[Follower], fresh: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    answers = [answer for hand in hands for answer in hand.answered]
    found = [f"{hand.name} was never answered: {hand.open}" for hand in hands if hand.open]
    found += _numbering(log) + _commands(log, answers)
    for number, follower in enumerate(followers, start=1):
        found += [f"follower {number} {fault}" for fault in _following(follower, log, answers, fresh)]
    return found


def _numbering(log: Logged) -> list[str]:
    numbers = [seq for seq, _ in log.events]
    missing = sorted(set(range(1, log.head + 1)) - set(numbers))
    found = [f"the log has no number {missing[:5]} below its head {log.head}"] if missing else []
    beyond = [seq for seq in numbers if seq > log.head]
    return found + ([f"the log has {beyond[:5]} beyond its head {log.head}"] if beyond else [])


def _commands(log: Logged, answers: Sequence[Answered]) -> list[str]:
    done: dict[str, list[int]] = {}
    for seq, command in log.events:
        done.setdefault(command, []).append(seq)
    found = []
    for answer in answers:
        told = [event["seq"] for event in answer.body.get("events", [])] if answer.status < 300 else []
        kept = done.get(answer.key, [])
        if told != kept:
            what = "lost or changed" if len(kept) < len(told) else "done more than once, or though it was refused"
            found.append(f"{answer.path} ({answer.status}) was told {told}, the log has {kept}: {what}")
    return found


def _following(
    follower: Follower, log: Logged, answers: Sequence[Answered], fresh: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    found = list(follower.faults)
    for stretch in follower.stretches:
        if stretch != list(range(stretch[0], stretch[0] + len(stretch))) if stretch else False:
            odd = [number for number, times in Counter(stretch).items() if times > 1]
            found.append(f"was told events out of order, twice or not at all: repeated {odd[:5]}, of {len(stretch)}")
    if follower.reader.reached != log.head:
        found.append(f"is at {follower.reader.reached} while the log is at {log.head}")
    elif follower.reader.picture() != fresh:
        found.append("has another picture than a fresh reader")
    return found + _stale(follower, answers)


def _stale(follower: Follower, answers: Sequence[Answered]) -> list[str]:
    """Frames that claimed a log which had long gone further: whoever reads them says LIVE, and is wrong."""
    acknowledged = sorted((one.at, one.body["events"][-1]["seq"]) for one in answers if one.body.get("events"))
    known, at = 0, 0
    for when, claimed in follower.claims:
        while at < len(acknowledged) and acknowledged[at][0] <= when - BEHIND:
            known = max(known, acknowledged[at][1])
            at += 1
        if claimed < known:
            return [f"was told at {claimed} that it is up to date, {BEHIND:.0f} s after {known} had been acknowledged"]
    return []


def converged(followers: Sequence[Follower], head: int, within: float) -> bool:
    end = time.monotonic() + within
    while any(one.reader.reached != head for one in followers):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
