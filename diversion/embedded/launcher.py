"""The whole product on one machine: what ./run does once everything is installed.

It knows the product only by its command line, so that it can start whatever state that is in.
"""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.fingerprint import fingerprint
from diversion.embedded.folders import state_folder
from diversion.embedded.narration import say, step
from diversion.embedded.preflight import first_copy, port_problem
from diversion.embedded.services import Services, find, start
from diversion.embedded.supervisor import Program, Supervisor
from diversion.embedded.welcome import welcome

REPLAYS = Path("diversion/simulate/replays")
HOME_REGION = "brussels"
MAP = "map"
WEB_START_SECONDS = 60.0
REPAIR_EVERY = 5.0  # looking at two process numbers costs nothing; a dead doorbell costs seconds


@dataclass(frozen=True)
class Wishes:
    port: int
    state: Path
    reset: bool
    simulation: bool
    replay: str
    speed: str
    map: Path | None
    map_date: str | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def region(self) -> str:
        """Where the incident happened; some did not in Brussels."""
        told = REPLAYS / f"{self.replay}.json"
        return str(json.loads(told.read_text())["region"]) if self.simulation and told.exists() else HOME_REGION

    @property
    def logins(self) -> Path:
        return self.state / ("logins.json" if self.region == HOME_REGION else f"logins-{self.region}.json")


def main() -> int:
    wishes = _read(sys.argv[1:])
    try:
        state_folder(wishes.state)
        with _only_copy(wishes):
            return _run(wishes)
    except (EmbeddedError, StepFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _read(arguments: list[str]) -> Wishes:
    parser = argparse.ArgumentParser(prog="./run")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--no-simulation", dest="simulation", action="store_false")
    parser.add_argument("--replay", default="saint-pierre-2023")
    parser.add_argument("--speed", default="60")
    parser.add_argument("--map", type=Path)
    parser.add_argument("--map-date")
    wishes = Wishes(**vars(parser.parse_args(arguments)))
    known = sorted(path.stem for path in REPLAYS.glob("*-*.json"))
    if known and wishes.simulation and wishes.replay not in known:
        parser.error(f"there is no replay {wishes.replay!r}; there are {', '.join(known)}")
    wishes.state.parent.mkdir(parents=True, exist_ok=True)
    return wishes


@contextlib.contextmanager
def _only_copy(wishes: Wishes) -> Iterator[None]:
    if problem := first_copy(wishes.state) or port_problem(wishes.port):
        raise EmbeddedError(problem)
    with (wishes.state / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _say_who(lock, wishes)
        yield


def _say_who(lock: IO[str], wishes: Wishes) -> None:
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "port": wishes.port}))
    lock.flush()


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
    logs = state_folder(wishes.state) / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)

    def add(name: str, command: list[str]) -> Program:
        log = logs / f"{name}.log"
        log.unlink(missing_ok=True)
        return supervisor.add(Program(name, [sys.executable, *command], environment, log))

    web = add("web", _web_command(wishes))
    step("Web server", lambda: _wait_for_answer(wishes.url, web))
    add("clock", ["manage.py", "clock"])
    add("worker", ["manage.py", "worker"])
    if wishes.simulation:
        quiet = ("end_demonstration", "--region", wishes.region)
        step("A quiet region to begin with", lambda: _manage(quiet, environment))
        add("simulator", _simulator_command(wishes))
    print(welcome(wishes.url, wishes.logins, wishes.replay if wishes.simulation else None), flush=True)
    supervisor.listen_for_signals()
    supervisor.watch()


def _web_command(wishes: Wishes) -> list[str]:
    options = {
        "--host": "127.0.0.1",
        "--port": str(wishes.port),
        "--ws": "diversion.feed.protocol:FrameProtocol",  # one framing for all readers
        "--ws-per-message-deflate": "false",  # 300 kB per socket, and one encoding for all is impossible
        "--ws-max-size": "65536",
        "--ws-ping-interval": "20",
        "--ws-ping-timeout": "20",
        "--timeout-graceful-shutdown": "8",
        "--log-level": "warning",
    }
    return ["-m", "uvicorn", "diversion.asgi:application", *(part for pair in options.items() for part in pair)]


def _simulator_command(wishes: Wishes) -> list[str]:
    what = ["--url", wishes.url, "--credentials", str(wishes.logins)]
    return ["manage.py", "simulate", *what, "--replay", wishes.replay, "--speed", wishes.speed]


def _wait_for_answer(url: str, web: Program) -> None:
    deadline = time.monotonic() + WEB_START_SECONDS
    while not _answers(url):
        if web.exit_code is not None or time.monotonic() > deadline:
            raise StepFailed(f"The web server does not answer:\n{web.last_words()}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    """Any answer below 500 will do, a redirect to the login included."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=2):  # noqa: S310  # our own address
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


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


class StepFailed(Exception):
    """A step of the preparation did not succeed; the text says which and why."""


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
