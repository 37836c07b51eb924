"""Numbers of a benchmark: CPU time of another process, medians, ratios formed within one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def cpu_ns(pid: int) -> int:
    """CPU time that all threads of a process have used (the kernel's per-process clock, to the nanosecond)."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def resident_mb(pid: int) -> float:
    """Megabytes of memory a process has; what the kernel keeps for its sockets is not among them."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Meter:
    """CPU time of a process for one thing it does, less what it uses doing nothing (stock consumers poll Redis)."""

    def __init__(self, pid: int, idle_s: float) -> None:
        self._pid = pid
        begun, used = time.monotonic_ns(), cpu_ns(pid)
        time.sleep(idle_s)
        self._begun, self._used = time.monotonic_ns(), cpu_ns(pid)
        #: Share of a core.
        self.idle = (self._used - used) / (self._begun - begun)

    def used_ns(self) -> float:
        """Since the meter was made."""
        return cpu_ns(self._pid) - self._used - self.idle * (time.monotonic_ns() - self._begun)


@dataclass(frozen=True, slots=True)
class Sample:
    """One event to all sockets, in milliseconds: published until the median and the last socket had it."""

    median: float
    last: float
    cpu: float
    #: The longest that a ping had to wait meanwhile.
    stall: float
    #: From sending the command; only our server has commands.
    command: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One case in one run: the median of its events."""

    median: float
    last: float
    cpu: float
    stall: float
    command: float | None
    connect_s: float
    #: Kilobytes of memory a socket took when the first were opened; None in later runs, which reuse what was freed.
    memory: float | None


def of_run(samples: Sequence[Sample], connect_s: float, memory: float | None) -> Result:
    commands = [one.command for one in samples if one.command is not None]
    return Result(
        median=statistics.median(one.median for one in samples),
        last=statistics.median(one.last for one in samples),
        cpu=statistics.median(one.cpu for one in samples),
        stall=statistics.median(one.stall for one in samples),
        command=statistics.median(commands) if commands else None,
        connect_s=connect_s,
        memory=memory,
    )


def spread(values: Sequence[float], digits: int) -> str:
    """Median and range, as every figure is shown: a single number would hide the noise."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} [{low:.{digits}f}–{high:.{digits}f}]"


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Formed run by run: what slows one run down slows both sides of its ratio."""
    return [one / other for one, other in zip(over, under, strict=True)]
