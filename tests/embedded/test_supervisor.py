"""The supervisor: what ends is started again, what it started never outlives it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from diversion.embedded.preflight import first_copy, port_problem
from diversion.embedded.processes import wait_until
from diversion.embedded.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def said() -> list[str]:
    return []


def program(folder: Path, *command: str) -> Program:
    return Program("probe", command, {"PATH": os.environ["PATH"]}, folder / "probe.log", pause=0.1)


def test_a_program_that_ends_is_started_again_and_it_is_said(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor(said.append)
    runs = tmp_path / "runs"
    supervisor.add(program(tmp_path, "sh", "-c", f"echo run >>{runs}; exit 3"))
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    again = wait_until(lambda: runs.exists() and runs.read_text().count("run") > 1, seconds=10)
    supervisor.stopping = True
    watching.join()
    supervisor.stop()
    assert again
    assert said[0].startswith("probe ended (exit code 3); again in")
    assert "probe started again" in said


def test_each_failure_in_a_row_waits_longer(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor(said.append)
    one = supervisor.add(program(tmp_path, "false"))
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    assert wait_until(lambda: one.pause >= 0.4, seconds=10)
    supervisor.stopping = True
    watching.join()
    supervisor.stop()


def test_stop_asks_first_and_then_insists(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor(said.append, grace_s=0.3)
    polite = supervisor.add(program(tmp_path, "sleep", "60"))
    deaf = supervisor.add(
        program(tmp_path, sys.executable, "-c", "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(60)")
    )
    assert wait_until(lambda: b"signal" in Path(f"/proc/{deaf.process.pid}/cmdline").read_bytes(), seconds=5)
    ignoring = f"/proc/{deaf.process.pid}/status"
    assert wait_until(lambda: _ignores_term(Path(ignoring)), seconds=5)
    supervisor.stop()
    assert polite.exit_code == -signal.SIGTERM
    assert deaf.exit_code == -signal.SIGKILL


def _ignores_term(status: Path) -> bool:
    line = next(line for line in status.read_text().splitlines() if line.startswith("SigIgn:"))
    return bool(int(line.split()[1], 16) & 1 << (signal.SIGTERM - 1))


def test_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from diversion.embedded.supervisor import Program, Supervisor; "
        "s = Supervisor(print); p = s.add(Program('probe', ['sleep', '60'], dict(os.environ), Path(sys.argv[1]))); "
        "print(p.process.pid, flush=True); s.watch()"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "log"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    assert wait_until(lambda: _gone(pid), seconds=5)


def _gone(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def test_a_busy_port_is_named_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"./run --port {port + 1}" in port_problem(port)


def test_an_impossible_port_is_refused() -> None:
    assert "not a port" in port_problem(70000)


def test_a_second_copy_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    assert first_copy(tmp_path) is None
    with (tmp_path / "run.lock").open("w") as lock:
        lock.write('{"pid": 4711, "port": 8000}')
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "http://127.0.0.1:8000/ (process 4711)" in first_copy(tmp_path)
    assert first_copy(tmp_path) is None
