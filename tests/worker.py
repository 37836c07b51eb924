"""A real worker for tests: ``manage.py worker`` in a process of its own, against the database of this test run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from diversion.models import ClockBeat
from tests.server import ROOT, environment, eventually

#: A cold start of Django on a busy machine.
START = 60.0


class Worker:
    """One worker. It works from the moment ``start`` returns: its first beat has come through the queue."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        ClockBeat.objects.filter(name="worker").delete()
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment(), stdout=output, stderr=output
            )
        eventually(self._has_beaten, START, lambda: f"the worker does not work:\n{self.output()}")
        return self

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As an operator would; what it answers."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def _has_beaten(self) -> bool:
        assert self.runs, f"the worker ended:\n{self.output()}"
        return ClockBeat.objects.filter(name="worker").exists()
