"""./run from the outside, around a stand-in for the product: steps, addresses, Ctrl-C, kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.embedded.services import find
from tests.embedded.launch import Launch, replace

ROOT = Path(__file__).resolve().parents[2]

MANAGE = """
import json, pathlib, signal, sys
what = sys.argv[1]
if what == pathlib.Path("broken").read_text():
    sys.exit("no such thing: " + what)
if what == "seed_demo":
    login = {"role": "dispatcher", "username": "dirk", "password": "not-a-secret", "url_path": "/console/"}
    pathlib.Path(sys.argv[3]).write_text(json.dumps({"logins": [login], "token": "key-of-a-visitor", "simulation": {}}))
if what in ("clock", "worker", "simulate"):
    signal.pause()
"""

ASGI = """
import os

PROCESS = [(b"x-process", str(os.getpid()).encode())]

async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": PROCESS})
    await send({"type": "http.response.body"})

def serving():
    return application
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "product"
    (folder / "diversion").mkdir(parents=True)
    shutil.copytree(ROOT / "diversion" / "embedded", folder / "diversion" / "embedded")
    (folder / "diversion" / "__init__.py").touch()
    # The one part of the product that the web server is started with.
    (folder / "diversion" / "feed").mkdir()
    for name in ("__init__.py", "protocol.py"):
        shutil.copy(ROOT / "diversion" / "feed" / name, folder / "diversion" / "feed" / name)
    shutil.copy(ROOT / "diversion" / "serve.py", folder / "diversion" / "serve.py")
    (folder / "diversion" / "asgi.py").write_text(ASGI)
    (folder / "manage.py").write_text(MANAGE)
    (folder / "broken").touch()
    yield folder
    if (folder / ".state").exists():
        find(folder / ".state").erase()


def test_it_says_where_to_look_and_stops_cleanly_on_ctrl_c(product: Path) -> None:
    launch = Launch(product)
    said = launch.until("Ctrl-C")
    assert "PostgreSQL and Valkey" in said
    assert f"http://127.0.0.1:{launch.port}/console/  dirk" in said
    assert "key-of-a-visitor" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{launch.port}/", timeout=5) as answer:
        assert answer.status == 204
    assert launch.end(signal.SIGINT) == 0
    services = find(product / ".state")
    assert (services.postgres_pid, services.valkey_pid) == (None, None)
    assert (product / ".state" / "logins.json").stat().st_mode & 0o077 == 0


def test_a_program_killed_is_started_again(product: Path) -> None:
    launch = Launch(product, "--no-simulation")
    launch.until("Ctrl-C")
    clock = _child(launch.process.pid, "clock")
    os.kill(clock, signal.SIGKILL)
    launch.until("clock ended (killed by SIGKILL)")
    launch.until("clock started again")
    assert _child(launch.process.pid, "simulate") is None
    assert launch.end(signal.SIGTERM) == 0


def test_after_kill_9_the_next_start_carries_on(product: Path) -> None:
    first = Launch(product)
    first.until("Ctrl-C")
    database = find(product / ".state").postgres_pid
    first.end(signal.SIGKILL)
    second = Launch(product)
    assert "Database schema" not in second.until("Ctrl-C"), "nothing changed, so nothing is prepared again"
    assert find(product / ".state").postgres_pid == database
    assert second.end(signal.SIGINT) == 0


def test_a_dead_database_is_started_again(product: Path) -> None:
    launch = Launch(product)
    launch.until("Ctrl-C")
    os.kill(find(product / ".state").postgres_pid, signal.SIGKILL)
    launch.until("PostgreSQL ended; starting it again")
    assert launch.end(signal.SIGINT) == 0


def test_a_second_copy_says_that_the_first_one_runs(product: Path) -> None:
    first = Launch(product)
    first.until("Ctrl-C")
    second = Launch(product)
    said = second.until("already at work")
    assert f"http://127.0.0.1:{first.port}/" in said
    assert second.process.wait(timeout=10) == 1
    assert first.end(signal.SIGINT) == 0


def test_a_failed_step_is_shown_and_leaves_nothing_running(product: Path) -> None:
    (product / "broken").write_text("migrate")
    launch = Launch(product)
    launch.until("no such thing: migrate")
    assert launch.process.wait(timeout=30) == 1
    assert find(product / ".state").postgres_pid is None


def test_reset_forgets_what_was(product: Path) -> None:
    first = Launch(product)
    first.until("Ctrl-C")
    first.end(signal.SIGINT)
    key = (product / ".state" / "secret_key").read_text()
    (product / ".state" / "map").mkdir()
    second = Launch(product, "--reset")
    assert "Throwing away" in second.until("Ctrl-C")
    assert (product / ".state" / "secret_key").read_text() != key
    assert (product / ".state" / "map").is_dir(), "the map says nothing of what happened"
    assert second.end(signal.SIGINT) == 0


def _child(parent: int, word: str) -> int | None:
    for child in (Path("/proc") / str(parent) / "task" / str(parent) / "children").read_text().split():
        if word.encode() in (Path("/proc") / child / "cmdline").read_bytes():
            return int(child)
    return None


def answered_by(launch: Launch) -> str:
    """Which process answers, on a connection of its own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{launch.port}/", timeout=10) as answer:
        return str(answer.headers["x-process"])


def test_web_processes_share_one_address_and_the_others_answer_while_one_is_dead(product: Path) -> None:
    launch = Launch(product, "--web", "3")
    launch.until("Ctrl-C")
    found = {answered_by(launch)}
    while len(found) < 3:
        found.add(answered_by(launch))
    os.kill(int(found.pop()), signal.SIGKILL)
    assert all(answered_by(launch) in found for _ in range(20))
    launch.until("web-")
    assert launch.end(signal.SIGINT) == 0


def test_replacing_puts_other_processes_in_the_place_of_all_and_nobody_is_refused(product: Path) -> None:
    launch = Launch(product, "--web", "2")
    launch.until("Ctrl-C")
    before = {answered_by(launch) for _ in range(40)}
    asking = replace(product)
    answers = []
    while asking.poll() is None:
        answers.append(answered_by(launch))
    assert asking.stdout.read().strip() == "Replaced."
    assert asking.returncode == 0
    assert answers, "nobody asked meanwhile"
    assert before.isdisjoint({answered_by(launch) for _ in range(40)})
    assert launch.end(signal.SIGINT) == 0
    assert all(f"{name} replaced" in launch.said for name in ("web-1", "web-2", "clock", "worker"))


def test_a_version_that_does_not_come_up_replaces_nothing(product: Path) -> None:
    launch = Launch(product, "--web", "2")
    launch.until("Ctrl-C")
    (product / "diversion" / "asgi.py").write_text("raise RuntimeError('broken')")
    asking = replace(product)
    assert asking.wait(timeout=60) == 1
    assert "web-1 was not replaced; the old one goes on." in asking.stderr.read()
    assert answered_by(launch)
    assert launch.end(signal.SIGINT) == 0


def test_a_schema_that_does_not_go_in_replaces_nothing(product: Path) -> None:
    launch = Launch(product, "--web", "1")
    launch.until("Ctrl-C")
    before = answered_by(launch)
    (product / "broken").write_text("migrate")
    asking = replace(product)
    assert asking.wait(timeout=60) == 1
    assert "migrate failed" in asking.stderr.read()
    assert answered_by(launch) == before
    assert launch.end(signal.SIGINT) == 0


def test_where_nothing_runs_there_is_nothing_to_replace(product: Path) -> None:
    asking = replace(product)
    assert asking.wait(timeout=60) == 1
    assert "nothing to replace" in asking.stderr.read()


@pytest.mark.parametrize("wish", ["0", "65", "two"])
def test_an_impossible_number_of_processes_is_refused_before_anything_starts(product: Path, wish: str) -> None:
    launch = Launch(product, "--web", wish)
    assert launch.end(signal.SIGCONT) == 2
    assert "a number from 1 to 64" in launch.said
