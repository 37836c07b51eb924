"""The whole product with everything in it that can die: database, broker, web processes, clock, worker, network.

Nothing here is the test run's: services, database and processes are its own, in a folder that is gone afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from diversion.embedded.services import Services, find, start
from tests.bench.cases import environment, prepared
from tests.faults import disk, standby
from tests.faults.proxy import FaultProxy
from tests.server import ROOT, eventually

#: A cold start of Django on a busy machine (seconds).
START = 60.0
WEB = ("web-1", "web-2")
OPERATIONS_TOKEN = "of-whoever-runs-the-machines"  # opens what a throw-away product says of itself
#: Seconds after which an unanswered notice is escalated here: a minute, as in life, would be a minute a test.
ESCALATE_AFTER = 4


@dataclass
class Ground:
    services: Services
    #: The other machine of the database: nothing runs there until ``follow`` makes it a standby.
    spare: Services
    environment: Mapping[str, str]
    folder: Path
    listening: socket.socket
    keys: dict[str, Any]
    #: What the web processes run instead of the product; for bugs planted to see whether they are found.
    module: str = "diversion.serve"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    #: Whether the database's disk is full, and whether there is something in it to make it so.
    is_full: bool = False
    is_stocked: bool = False

    def __post_init__(self) -> None:
        self.network = FaultProxy(self.listening.getsockname()[1])

    @property
    def commands(self) -> dict[str, list[str]]:
        web = [self.module, "--fd", str(self.listening.fileno())]
        told = {**dict.fromkeys(WEB, web), "clock": ["manage.py", "clock"], "worker": ["manage.py", "worker"]}
        return {name: ["-m", "tests.faults.shifted", str(self._wall(name)), *what] for name, what in told.items()}

    def _wall(self, name: str) -> Path:
        return self.folder / f"{name}.ahead"

    def set_wall_clock(self, name: str, ahead: float) -> None:
        """So many seconds before (negative: behind) the true time is this process's wall clock from now on."""
        # At once, for the process reads it whenever it likes.
        new = self._wall(name).with_suffix(".new")
        new.write_text(str(ahead))
        new.rename(self._wall(name))

    def run(self, name: str) -> None:
        """Start what does not run."""
        if name in self.processes and self.processes[name].poll() is None:
            return
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *self.commands[name]],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                pass_fds=[self.listening.fileno()],
            )

    def run_all(self) -> None:
        for name in self.commands:
            self.run(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.processes[name].send_signal(number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.processes[name].wait()

    def signal_database(self, number: signal.Signals) -> None:
        """The server and all it has forked: stopping the first alone would stop nobody's query."""
        for one in self._database_family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, number)

    def kill_database(self) -> None:
        family = self._database_family()
        os.kill(family[0], signal.SIGKILL)
        # What it has forked notices within moments; a new server refuses to start beside them.
        eventually(lambda: not any(_lives(one) for one in family), START, lambda: "PostgreSQL will not die")

    def follow(self, *, synchronous: bool) -> None:
        """Have a standby on the spare machine; what may have lain there is thrown away."""
        standby.make(self.spare.postgres, of=self.services.postgres, synchronous=synchronous)

    def fail_over(self) -> None:
        """The database's machine dies, and the standby takes its place; the dead one is the spare from now on."""
        self.kill_database()
        self.spare.start_postgres()
        standby.promote(self.spare.postgres)
        was = self.services
        self.services = replace(was, postgres=self.spare.postgres)
        self.spare = replace(self.spare, postgres=was.postgres)

    def fill_disk(self, most: int) -> None:
        """No file of the database grows beyond so many bytes, as if there were no room for more."""
        address, region = self.environment["DATABASE_URL"], self.keys["region"]
        if most >= disk.ROOM_FOR_THE_LOG and not self.is_stocked:
            disk.stock(address, region)
            self.is_stocked = True
        disk.limit(self._database_family(), self.services.postgres.owner, most)
        self.is_full = True
        if most >= disk.ROOM_FOR_THE_LOG:
            disk.fill(address, region)

    def _database_family(self) -> list[int]:
        pid = self.services.postgres_pid
        return [pid, *_children(pid)] if pid else []

    def kill_broker(self) -> None:
        pid = self.services.valkey_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: self.services.valkey_pid is None, START, lambda: "Valkey will not die")

    def signal_broker(self, number: signal.Signals) -> None:
        if self.services.valkey_pid is not None:
            os.kill(self.services.valkey_pid, number)

    def heal(self) -> None:
        """Whatever was done to it, everything runs again; nothing is waited for."""
        for name in self.processes:
            self.signal(name, signal.SIGCONT)
            self.set_wall_clock(name, 0)
        self.signal_database(signal.SIGCONT)
        if self.is_full:
            disk.limit(self._database_family(), self.services.postgres.owner, disk.NO_LIMIT)
            self.is_full = False
        self.signal_broker(signal.SIGCONT)
        if self.services.postgres_pid is None:
            self.services.start_postgres()
        if self.services.valkey_pid is None:
            self.services.start_valkey()
        self.run_all()
        self.network.heal()

    def end(self) -> None:
        for name in self.processes:
            self.signal(name, signal.SIGCONT)
            self.kill(name)
        self.network.close()

    def said(self, name: str, last: int = 3000) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-last:]


@contextlib.contextmanager
def ground(module: str = "diversion.serve") -> Iterator[Ground]:
    """The product, running, with an empty Brussels and the keys of its machines."""
    with contextlib.ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="diversion-faults-")))
        services = start(folder / "state", durable=True)
        ending.callback(services.erase)
        spare = find(folder / "spare", durable=True)
        ending.callback(spare.erase)
        address = standby.either(services.postgres, spare.postgres)
        told = {"DATABASE_URL": address, "OPERATIONS_TOKEN": OPERATIONS_TOKEN}
        around = environment({**services.environment, **told})
        keys = prepared(around, 0)
        _hurry(around["DATABASE_URL"])
        listening = ending.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        made = Ground(services, spare, around, folder, listening, keys, module)
        ending.callback(made.end)
        ending.callback(made.heal)
        made.run_all()
        eventually(lambda: _answers(made), START, lambda: f"the product does not answer:\n{made.said(WEB[0])}")
        yield made


def _hurry(database_url: str) -> None:
    """Before anything runs, so that nobody has been told otherwise."""
    with psycopg.connect(database_url) as connection:
        policy = json.dumps({"escalate_after_s": ESCALATE_AFTER})
        connection.execute("UPDATE hospitals_region SET policy = policy || %s::jsonb", [policy])


def _answers(made: Ground) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(made.listening.getsockname(), timeout=2) as call:
        call.settimeout(2)
        call.sendall(b"GET /health/live HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return b" 200 " in call.recv(64)
    return False


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            rest = stat.read_text().rpartition(")")[2].split()
            if int(rest[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait(seconds: float) -> None:
    """Let the product run for a while; nothing is judged by it."""
    time.sleep(seconds)
