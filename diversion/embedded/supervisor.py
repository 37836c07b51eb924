"""Every program of the product runs, or its end is said aloud and it is started again.

Programs die with their supervisor, also when that is killed: a forgotten web server would hold
the port and show yesterday's picture.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0  # having run this long, a program's next end counts as its first
GRACE_SECONDS = 12.0  # longer than the web server's own grace for its open connections
READY_SECONDS = 60.0  # a cold start of Django on a busy machine
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


class NotReplaced(Exception):
    """A program's successor did not come to serve; the text says whose, and where to look."""


@dataclass
class Program:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    #: Open files it is handed, such as the listening socket it shares with its like.
    inherits: Sequence[int] = ()
    #: Says itself when it does its work, as systemd's notification; the others do from the moment they run.
    says_ready: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float | None = field(default=None)
    line: _Line | None = field(default=None)

    def start(self) -> None:
        self.line = _Line(self.name) if self.says_ready else None
        told = {"NOTIFY_SOCKET": self.line.address} if self.line else {}
        with self.log.open("ab") as output:
            os.fchmod(output.fileno(), 0o600)
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment) | told,
                pass_fds=self.inherits,
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

    @property
    def ready(self) -> bool:
        """Whether it has said so, or need not."""
        return self.exit_code is None and (self.line is None or self.line.heard())

    def like(self) -> Program:
        """Another of the same kind, not started; of whatever code now lies there."""
        return replace(self, process=None, pause=FIRST_PAUSE, due=None, line=None)

    def signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class _Line:
    """Where one process says that it is ready. The address dies with us, so nothing has to be tidied up."""

    def __init__(self, name: str) -> None:
        self.address = f"@diversion-{os.getpid()}-{name}-{secrets.token_hex(8)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind("\0" + self.address[1:])
        self._ready = False

    def heard(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            while not self._ready:
                self._ready = b"READY=1" in self._socket.recv(4096)
        return self._ready


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
        self._replace: Callable[[], None] | None = None
        self._replace_wanted = False

    def on_replace(self, replace: Callable[[], None]) -> None:
        """What to do at SIGUSR1, in the turn of the watch and not in the signal's."""
        self._replace = replace
        signal.signal(signal.SIGUSR1, self._on_replace)

    def replace_all(self, names: Callable[[str], bool], within: float = READY_SECONDS) -> None:
        """Each of these programs by another like it, one after the other: the new one serves before the old one ends.

        Raises NotReplaced where the new one does not come to serve; it is ended, and the old one stays.
        """
        for old in [program for program in self._programs if names(program.name)]:
            new = old.like()
            new.start()
            if not self._comes_up(new, within):
                self._end(new)
                raise NotReplaced(f"{old.name} was not replaced; the old one goes on. See {old.log}")
            self._programs[self._programs.index(old)] = new
            self._end(old)
            self._say(f"{old.name} replaced")

    def _comes_up(self, program: Program, within: float) -> bool:
        deadline = time.monotonic() + within
        while not program.ready and program.exit_code is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 4)
        return program.ready

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
            if self._replace_wanted and self._replace:
                self._replace_wanted = False
                self._replace()
            self._also()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """In reverse order of starting: those who ask before the one who answers."""
        for program in reversed(self._programs):
            self._end(program)

    def _end(self, program: Program) -> None:
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

    def _on_replace(self, _number: int, _frame: object) -> None:
        self._replace_wanted = True

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
