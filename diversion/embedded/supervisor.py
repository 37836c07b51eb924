"""Every program of the product runs, or its end is said aloud and it is started again.

Programs die with their supervisor, also when that is killed: a forgotten web server would hold
the port and show yesterday's picture.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0  # having run this long, a program's next end counts as its first
GRACE_SECONDS = 12.0  # longer than the web server's own grace for its open connections
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


@dataclass
class Program:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float | None = field(default=None)

    def start(self) -> None:
        with self.log.open("ab") as output:
            os.fchmod(output.fileno(), 0o600)
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C reaches the supervisor only, which then stops us in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # the supervisor has one thread
            )
        self.started, self.due = time.monotonic(), None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Supervisor:
    """Watches programs, and whatever else must be repaired, until told to stop."""

    def __init__(
        self, say: Callable[[str], None], also: Callable[[], None] = lambda: None, grace_s: float = GRACE_SECONDS
    ) -> None:
        self._say = say
        self._also = also
        self._grace_s = grace_s
        self._programs: list[Program] = []
        self.stopping = False

    def listen_for_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def add(self, program: Program) -> Program:
        program.start()
        self._programs.append(program)
        return program

    def watch(self) -> None:
        """Until a signal arrives."""
        while not self.stopping:
            for program in self._programs:
                self._attend(program)
            self._also()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """In reverse order of starting: those who ask before the one who answers."""
        for program in reversed(self._programs):
            program.signal(signal.SIGTERM)
            self._wait_for(program)
            program.signal(signal.SIGKILL)
            if program.process:
                program.process.wait()

    def _wait_for(self, program: Program) -> None:
        deadline = time.monotonic() + self._grace_s
        while program.process and program.exit_code is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 4)

    def _attend(self, program: Program) -> None:
        code, now = program.exit_code, time.monotonic()
        if code is None:
            return
        if program.due is None:
            if now - program.started > HEALTHY_AFTER:
                program.pause = FIRST_PAUSE
            program.due = now + program.pause
            self._say(f"{program.name} ended ({_ending(code)}); again in {program.pause:.0f} s. See {program.log}")
            program.pause = min(program.pause * 2, LONGEST_PAUSE)
        elif now >= program.due:
            program.start()
            self._say(f"{program.name} started again")

    def _on_signal(self, _number: int, _frame: object) -> None:
        """The first asks for an orderly end; a second one wants it at once."""
        if self.stopping:
            for program in self._programs:
                program.signal(signal.SIGKILL)
        self.stopping = True


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _die_with_parent() -> None:
    """Runs in the child between fork and exec."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
