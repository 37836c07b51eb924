"""The time of all that is recorded and of all that falls due is the database's, in every process and on every machine.

It is asked for once a second and carried on in between by the steady clock. A machine whose wall clock is wrong, or is
set while the process runs, then neither falsifies when something was said nor escalates too early or never. Before the
first answer, and where nobody has asked for it (commands by hand, tests), the machine's own clock has to do.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import Error, connection
from django.utils import timezone

log = structlog.get_logger(__name__)

#: Seconds between questions: as long as the database's own clock may have been set before all follow it.
EVERY: Final = 1.0
#: An answer that took longer (seconds) says too little of what time it is.
SLOW: Final = 1.0
#: Differences below this (seconds) are the way there and back, not the clocks: following them would make time stutter.
NEGLIGIBLE: Final = 0.05
#: A machine's clock that is further away (seconds) is said in its log; the doctor's limit.
WRONG: Final = 2.0


def _steady() -> float:
    """Seconds that nobody sets, and that go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What time it was at a reading of the steady clock."""

    at: datetime
    steady: float

    def now(self) -> datetime:
        return self.at + timedelta(seconds=_steady() - self.steady)


class _Keeper:
    def __init__(self) -> None:
        self.anchor: _Anchor | None = None
        self._is_wrong = False
        self._thread: threading.Thread | None = None

    def measure(self) -> None:
        begun = _steady()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            [told] = cursor.fetchone()
        ended = _steady()
        if ended - begun > SLOW:
            return
        found = _Anchor(told, (begun + ended) / 2)
        if self.anchor is None or abs((found.now() - self.anchor.now()).total_seconds()) > NEGLIGIBLE:
            self.anchor = found
        self._compare(found)

    def keep(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, name="moment", daemon=True)
            self._thread.start()

    def _go_on(self) -> None:
        while True:
            try:
                self.measure()
            except Error:
                # Who uses the database says that it is away; the steady clock goes on meanwhile.
                pass
            finally:
                connection.close()
            time.sleep(EVERY)

    def _compare(self, found: _Anchor) -> None:
        ahead = (timezone.now() - found.now()).total_seconds()
        wrong = abs(ahead) > WRONG
        if wrong != self._is_wrong:
            self._is_wrong = wrong
            log.warning("clock_of_machine_wrong" if wrong else "clock_of_machine_right", ahead_s=round(ahead, 1))


_KEEPER: Final = _Keeper()


def now() -> datetime:
    """What time it is by the database's clock, as far as this process has been told; aware, in UTC."""
    anchor = _KEEPER.anchor
    return timezone.now() if anchor is None else anchor.now()


def measure() -> None:
    """Ask the database what time it is; for a process that asks in each of its turns. Raises django.db.Error."""
    _KEEPER.measure()


def keep() -> None:
    """Ask from now on, once a second, in a thread of its own; for a process that serves. Asked twice, it is once."""
    _KEEPER.keep()
