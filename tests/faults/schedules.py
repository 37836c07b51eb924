"""Random faults under load, and what must hold afterwards. Each schedule is a number: the same number breaks the same.

python -m tests.faults.schedules --schedules 500 --first 1
python -m tests.faults.schedules --planted double_apply
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx

from tests.faults import disk, judge
from tests.faults.ground import START, WEB, Ground, ground, wait
from tests.faults.people import Follower, Hand

#: After everything runs again, so long may it take until everybody is answered and up to date (seconds).
RECOVERY = START
#: Web processes with a bug in them, which must be found.
PLANTED = ("lost_publish", "double_apply", "gap", "stale_live")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, and for how long before everything is mended (seconds)."""

    name: str
    do: Callable[[Ground], None]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: int
    faults: tuple[str, ...]
    commands: int
    repeated: int
    violations: tuple[str, ...]
    #: Why somebody had to ask again.
    troubles: tuple[str, ...] = ()


def _restarted_in_order(made: Ground) -> None:
    """As an upgrade does it: asked to end, and another is there."""
    for name in WEB:
        made.signal(name, signal.SIGTERM)
        made.processes[name].wait()
        made.run(name)


def _twice(made: Ground) -> None:
    made.kill("web-1")
    wait(0.2)
    made.network.cut()
    made.kill("web-2")


#: By how much a clock is wrong that is wrong (seconds).
HOURS = 3 * 3600.0

#: Everything that can be done to the product, by name.
FAULTS: dict[str, Callable[[Ground], None]] = {
    "one web process killed": lambda made: made.kill("web-1"),
    "the other web process killed": lambda made: made.kill("web-2"),
    "both web processes killed": _twice,
    "a web process stopped": lambda made: made.signal("web-1", signal.SIGSTOP),
    "web processes replaced": _restarted_in_order,
    "clock killed": lambda made: made.kill("clock"),
    "clock stopped": lambda made: made.signal("clock", signal.SIGSTOP),
    "worker killed": lambda made: made.kill("worker"),
    "broker killed": lambda made: made.kill_broker(),
    "broker stopped": lambda made: made.signal_broker(signal.SIGSTOP),
    "database killed": lambda made: made.kill_database(),
    "database stopped": lambda made: made.signal_database(signal.SIGSTOP),
    "database's disk full": lambda made: made.fill_disk(disk.ROOM_FOR_THE_LOG),
    "no room for the database's own log": lambda made: made.fill_disk(disk.NO_ROOM),
    "clock's wall clock set ahead": lambda made: made.set_wall_clock("clock", HOURS),
    "clock's wall clock set back": lambda made: made.set_wall_clock("clock", -HOURS),
    "a web process's wall clock set ahead": lambda made: made.set_wall_clock("web-1", HOURS),
    "a web process's wall clock set back": lambda made: made.set_wall_clock("web-1", -HOURS),
    "network cut": lambda made: made.network.cut(),
    "network slow": lambda made: setattr(made.network, "delay", 0.2),
    "network swallows everything": lambda made: made.network.swallow(),
}


def schedule(seed: int) -> list[Fault]:
    """One to three faults, of which a later one may meet what an earlier has left."""
    chance = random.Random(seed)
    names = chance.sample(sorted(FAULTS), chance.randint(1, 3))
    return [Fault(name, FAULTS[name], chance.uniform(0.2, 1.5)) for name in names]


class Play:
    """Hands and followers at work on one ground, from one schedule to the next; what they saw only grows."""

    def __init__(self, made: Ground) -> None:
        self.made = made
        self._address = f"127.0.0.1:{made.network.port}"
        region, feed = made.keys["region"], made.keys["feed"]
        self.followers = [Follower(f"ws://{self._address}/feed/{region}", feed) for _ in range(2)]
        for follower in self.followers:
            follower.start()

    @property
    def url(self) -> str:
        return f"http://{self._address}"

    def end(self) -> None:
        for follower in self.followers:
            follower.end()

    def run(self, seed: int) -> Outcome:
        return self.suffer(seed, schedule(seed))

    def suffer(self, seed: int, faults: Sequence[Fault]) -> Outcome:
        """One fault after the other while hands command, each of them mended; what is wrong afterwards."""
        hands = self.hands(seed)
        for hand in hands:
            hand.start()
        wait(0.3)
        for fault in faults:
            fault.do(self.made)
            wait(fault.seconds)
            self.made.heal()
        wait(0.3)
        for hand in hands:
            hand.finish(RECOVERY)
        return self._outcome(seed, faults, hands)

    def hands(self, seed: int) -> list[Hand]:
        sites = self.made.keys["sites"].items()
        return [
            Hand(f"hand at {site}", f"http://{self._address}", site, token, seed * 100 + number)
            for number, (site, token) in enumerate(sites)
        ]

    def _outcome(self, seed: int, faults: Sequence[Fault], hands: Sequence[Hand]) -> Outcome:
        log = self.log()
        judge.converged(self.followers, log.head, RECOVERY)
        violations = self._judged(log, hands)
        answers = [answer for hand in hands for answer in hand.answered]
        repeated = sum(answer.attempts > 1 for answer in answers)
        troubles = tuple(trouble for hand in hands for trouble in hand.troubles)
        return Outcome(seed, tuple(one.name for one in faults), len(answers), repeated, tuple(violations), troubles)

    def _judged(self, log: judge.Logged, hands: Sequence[Hand]) -> list[str]:
        """What is wrong, judged while nothing was added to the log: a follower that has the next event already is not
        ahead of it.
        """
        end = time.monotonic() + RECOVERY
        while True:
            # The clock writes too: what came while we waited is read as well.
            fresh, log = self.still_picture(log)
            violations = judge.judge(log, hands, self.followers, fresh)
            if not violations or self.log().head == log.head or time.monotonic() > end:
                return violations

    def log(self) -> judge.Logged:
        return judge.read_log(self.made.environment["DATABASE_URL"], self.made.keys["region"])

    def still_picture(self, log: judge.Logged) -> tuple[dict[tuple[str, str], dict[str, object]], judge.Logged]:
        """A fresh reader's picture and the log it shows, with every follower as far.

        The clock goes on writing: a log to which something was added while the followers caught up is not theirs. A
        product whose pictures stay behind is judged by what it gives.
        """
        end = time.monotonic() + RECOVERY
        while True:
            cursor, fresh = self._fresh()
            log = self.log()
            late = time.monotonic() > end
            if late or log.head <= cursor:
                judge.converged(self.followers, log.head, 5.0)
                if late or self.log().head == log.head:
                    return fresh, log

    def _fresh(self) -> tuple[int, dict[tuple[str, str], dict[str, object]]]:
        keys = self.made.keys
        end = time.monotonic() + RECOVERY
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.get(
                    f"http://{self._address}/api/regions/{keys['region']}/snapshot",
                    headers={"Authorization": f"Bearer {keys['feed']}"},
                    timeout=10,
                    trust_env=False,
                )
                if answer.status_code == 200:
                    told = answer.json()
                    rows = {(row["kind"], row["id"]): row for row in told["entities"]}
                    return int(told["cursor"].partition(":")[0]), rows
            assert time.monotonic() < end, "nobody gets a picture any more"


@contextlib.contextmanager
def play(module: str = "diversion.serve", bug: str = "") -> Iterator[Play]:
    if bug:
        os.environ["PLANTED_BUG"] = bug
    try:
        with ground(module) as made:
            playing = Play(made)
            try:
                yield playing
            finally:
                playing.end()
    finally:
        os.environ.pop("PLANTED_BUG", None)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.schedules", description=__doc__.splitlines()[0])
    parser.add_argument("--schedules", type=int, default=500)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--planted", choices=PLANTED, default="", help="run with this bug, until it is found")
    asked = parser.parse_args()
    module = "tests.faults.planted" if asked.planted else "diversion.serve"
    outcomes = []
    with play(module, asked.planted) as playing:
        for seed in range(asked.first, asked.first + asked.schedules):
            outcomes.append(playing.run(seed))
            _tell(outcomes[-1])
            if outcomes[-1].violations and asked.planted:
                print(f"The planted bug {asked.planted} was found.")
                return 0
    bad = [one.seed for one in outcomes if one.violations]
    commands, repeated = sum(one.commands for one in outcomes), sum(one.repeated for one in outcomes)
    print(
        f"{len(outcomes)} schedules, {commands} commands, {repeated} of them asked again; violated by {bad or 'none'}"
    )
    return 1 if bad or asked.planted else 0


def _tell(one: Outcome) -> None:
    print(f"{one.seed}: {', '.join(one.faults)}; {one.commands} commands, {one.repeated} asked again", flush=True)
    for violation in one.violations:
        print(f"    VIOLATION {violation}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
