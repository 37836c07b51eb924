"""A process is signalled only when it is certainly ours: right owner, right program, right folder.

Identity is read from the kernel each time, because a number in a file may meanwhile name
somebody else's process.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.owner import Owner

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Expected:
    """What a process must show before it counts as ours."""

    owner: Owner
    program: str
    mentions: Path  # a private folder on its command line: nobody else starts anything in there


def spawn(command: Sequence[str | Path], *, owner: Owner, folder: Path, log: Path) -> int:
    """Start a server that survives this process, with a clean environment."""
    with log.open("ab") as output:
        os.fchmod(output.fileno(), 0o600)
        return subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a Ctrl-C meant for the launcher must not reach it
            umask=0o077,
            **owner.run_as(),
        ).pid


def is_ours(pid: int, expected: Expected) -> bool:
    """Whether the process lives and is the server we mean; a zombie does not live."""
    _reap(pid)
    process = Path("/proc") / str(pid)
    try:
        status = (process / "status").read_text()
        command = (process / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return (
        not fields["State"].startswith(("Z", "X"))
        and int(fields["Uid"].split()[1]) == expected.owner.uid
        and fields["Name"].startswith(expected.program)
        and os.fsencode(expected.mentions) in command
    )


def has_ended(pid: int) -> bool:
    """For a child just spawned: servers rewrite their command line while starting, and for a moment
    look like nobody's.
    """
    _reap(pid)
    try:
        after_name = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return after_name.split()[0] in "ZX"


def stop(pid: int, expected: Expected, *, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn until the process is gone; the last one cannot be refused."""
    for number, patience in signals:
        if not is_ours(pid, expected):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: not is_ours(pid, expected), seconds=patience):
            return
    raise EmbeddedError(f"{expected.program} (process {pid}) does not stop.")


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until the condition holds or the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def pid_in(file: Path) -> int | None:
    """The number on the first line, or nothing when the file is absent or half written."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _reap(pid: int) -> None:
    """When we are the parent, a dead child stays in the table until it is asked for."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def last_lines(log: Path, count: int = 15) -> str:
    """What a server said before it fell silent."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
