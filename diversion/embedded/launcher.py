"""The whole product on one machine: what ./run does once everything is installed.

It knows the product only by its command line, so that it can start whatever state that is in.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from diversion.embedded.errors import EmbeddedError, StepFailed
from diversion.embedded.fingerprint import fingerprint
from diversion.embedded.folders import state_folder
from diversion.embedded.narration import say, step
from diversion.embedded.preflight import first_copy, port_problem
from diversion.embedded.programs import BACKLOG, SIMULATOR, Programs
from diversion.embedded.running import Running, note, who_runs
from diversion.embedded.services import Services, find, start
from diversion.embedded.supervisor import NotReplaced, Supervisor
from diversion.embedded.welcome import welcome
from diversion.embedded.wishes import MAP, Wishes, read

REPLACE_SECONDS = 600.0  # a migration, then each process in turn
NOTE_BYTES = 4096  # room for what run.lock says: it is written in place, for a lock is on a file and not on a name
REPAIR_EVERY = 5.0  # looking at two process numbers costs nothing; a dead doorbell costs seconds


def main() -> int:
    wishes = read(sys.argv[1:])
    try:
        state_folder(wishes.state)
        if wishes.replace:
            return _ask_to_replace(wishes.state)
        with _only_copy(wishes):
            return _run(wishes)
    except (EmbeddedError, StepFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _only_copy(wishes: Wishes) -> Iterator[None]:
    if problem := first_copy(wishes.state) or port_problem(wishes.port):
        raise EmbeddedError(problem)
    with (wishes.state / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        os.ftruncate(lock.fileno(), NOTE_BYTES)
        note(wishes.state, Running(os.getpid(), wishes.port))
        yield


def _run(wishes: Wishes) -> int:
    """Whatever happens after the servers may have started, they are stopped again."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if wishes.reset:
        step("Throwing away the local state", lambda: _reset(wishes.state))
    services = find(wishes.state)
    supervisor = Supervisor(say, also=_Repair(services))
    try:
        step("PostgreSQL and Valkey", lambda: start(wishes.state))
        environment = _environment(wishes, services)
        _prepare_once(wishes, environment, mark=services.postgres.layout.config / "prepared")
        if wishes.map:
            dated = ("--date", wishes.map_date) if wishes.map_date else ()
            step("Street map and roads", lambda: _manage(("build_map", str(wishes.map), *dated), environment))
        supervisor.on_replace(lambda: _replace(wishes, environment, supervisor))
        note(wishes.state, Running(os.getpid(), wishes.port, replaced=0))
        _serve(wishes, environment, supervisor)
    except KeyboardInterrupt:
        print()
    finally:
        supervisor.listen_for_signals()  # from here a second Ctrl-C hurries, but leaves nothing behind
        say("Stopping.")
        supervisor.stop()
        services.stop()
    say("Everything is stopped; the next ./run continues from here.")
    return 0


def _reset(state: Path) -> None:
    """Only what was made here: the lock is held and stays; so does the map, which says nothing of what happened."""
    find(state).erase()
    for path in state.iterdir():
        if path.name == MAP:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in {"run.lock", "services.lock"}:
            path.unlink()


def _environment(wishes: Wishes, services: Services) -> dict[str, str]:
    return {
        **os.environ,
        **services.environment,
        "SECRET_KEY": _secret_key(wishes.state / "secret_key"),
        "MAP_FOLDER": str((wishes.state / MAP).absolute()),
        "DJANGO_SETTINGS_MODULE": "diversion.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _secret_key(file: Path) -> str:
    """One per state folder, so that sessions outlive a restart."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(handle, secrets.token_urlsafe(48).encode())
        os.close(handle)
    return file.read_text()


def _prepare_once(wishes: Wishes, environment: dict[str, str], *, mark: Path) -> None:
    """Skipped when neither the code nor the registry has changed; the mark lives and dies with the data."""
    now = f"{fingerprint(Path.cwd())} {wishes.region} {wishes.simulation}"
    if wishes.logins.exists() and mark.exists() and mark.read_text() == now:
        return
    mark.unlink(missing_ok=True)
    _prepare(wishes, environment)
    mark.write_text(now)


def _prepare(wishes: Wishes, environment: dict[str, str]) -> None:
    def manage(title: str, *arguments: str) -> None:
        step(title, lambda: _manage(arguments, environment))

    manage("Database schema", "migrate", "--verbosity", "0")
    manage("The picture as this version tells it", "retell")
    # The mark that keeps anybody from taking a simulated city for the real one.
    mark = "--simulated" if wishes.simulation else "--no-simulated"
    manage("Hospital registry", "import_registry", f"hospitals/data/{wishes.region}.json", "--yes", mark)
    manage("Demonstration accounts", "seed_demo", "--json", str(wishes.logins), "--region", wishes.region)
    wishes.logins.chmod(0o600)


def _serve(wishes: Wishes, environment: dict[str, str], supervisor: Supervisor) -> None:
    with socket.create_server(("127.0.0.1", wishes.port), backlog=BACKLOG) as listening:
        programs = Programs(wishes, environment, supervisor)
        step("Web servers" if wishes.web > 1 else "Web server", lambda: programs.serve(listening))
        programs.keep_time_and_deliver()
        if wishes.simulation:
            quiet = ("end_demonstration", "--region", wishes.region)
            step("A quiet region to begin with", lambda: _manage(quiet, environment))
            programs.simulate()
        print(welcome(wishes.url, wishes.logins, wishes.replay if wishes.simulation else None), flush=True)
        supervisor.listen_for_signals()
        supervisor.watch()


def _replace(wishes: Wishes, environment: dict[str, str], supervisor: Supervisor) -> None:
    """What now lies there takes over: the schema is widened first, for both versions run while this lasts."""
    trouble = ""
    try:
        say("Replacing every process, one after the other.")
        step("Database schema", lambda: _manage(("migrate", "--verbosity", "0"), environment))
        supervisor.replace_all(lambda name: name != SIMULATOR)
        step("The picture as this version tells it", lambda: _manage(("retell",), environment))
    except (NotReplaced, StepFailed) as error:
        trouble = str(error)[:2000]
        say(trouble)
    before = who_runs(wishes.state)
    count = (before.replaced or 0) + 1 if before else 1
    note(wishes.state, Running(os.getpid(), wishes.port, count, trouble))


def _ask_to_replace(state: Path) -> int:
    """Have the ./run of this state folder do it, and tell how it went."""
    running = who_runs(state)
    if running is None:
        raise EmbeddedError("No ./run is running with this state folder: there is nothing to replace.")
    if running.replaced is None:
        raise EmbeddedError("The running ./run is still starting; ask again when it has said where to look.")
    os.kill(running.pid, signal.SIGUSR1)
    deadline = time.monotonic() + REPLACE_SECONDS
    while (now := who_runs(state)) is not None and time.monotonic() < deadline:
        if (now.replaced or 0) > running.replaced:
            print(now.trouble or "Replaced.", file=sys.stderr if now.trouble else sys.stdout)
            return 1 if now.trouble else 0
        time.sleep(0.2)
    raise EmbeddedError("The running ./run did not say that it is done; its own output tells why.")


def _manage(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise StepFailed(f"manage.py {arguments[0]} failed:\n{done.stdout.strip()}")


class _Repair:
    """Starts a database or broker again that ended while the product runs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + REPAIR_EVERY
        if self._services.postgres_pid is None:
            say("PostgreSQL ended; starting it again")
            self._services.start_postgres()
        if self._services.valkey_pid is None:
            say("Valkey ended; starting it again")
            self._services.start_valkey()


if __name__ == "__main__":
    sys.exit(main())
