"""`python -m diversion.embedded up|down|status|erase`: the services by hand.

eval "$(python -m diversion.embedded up)"     # exports DATABASE_URL and REDIS_URL
"""

import argparse
import os
import shlex
import sys
from datetime import datetime
from pathlib import Path

from diversion.embedded.backups import backup, restore
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.preflight import first_copy
from diversion.embedded.services import Services, find, start


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return _do(arguments.what, arguments.state, durable=not arguments.throw_away, until=arguments.until)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m diversion.embedded", description=__doc__)
    parser.add_argument("what", choices=["up", "down", "status", "erase", "backup", "restore"])
    parser.add_argument("--until", type=_moment, help="restore to this moment: 2026-11-22T20:15:00Z")
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("DIVERSION_STATE", ".state")))
    parser.add_argument("--throw-away", action="store_true", help="faster, for data of no value")
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say in which zone: 2026-11-22T20:15:00Z, or +01:00")
    return moment


def _do(what: str, state: Path, *, durable: bool, until: datetime | None) -> int:
    if what == "up":
        _export(start(state, durable=durable))
        return 0
    if not state.exists():
        print("not running: there is no state folder")
        return 0 if what != "status" else 3
    services = find(state)
    if what == "status":
        return _status(services)
    if what in {"backup", "restore"}:
        return _keep(what, services, until)
    services.erase() if what == "erase" else services.stop()
    return 0


def _keep(what: str, services: Services, until: datetime | None) -> int:
    if what == "backup":
        print(f"Backed up to {backup(services)}; from now on everything written is kept beside it.")
        return 0
    if problem := first_copy(services.postgres.layout.state):
        raise EmbeddedError(problem)
    aside = restore(services, until)
    print(f"Restored. What was there before lies in {aside}.")
    print("Start the clock first: it tells dispatch. What is known to be lost: manage.py restored --seen CURSOR.")
    return 0


def _export(services: Services) -> None:
    for name, value in services.environment.items():
        print(f"export {name}={shlex.quote(value)}")


def _status(services: Services) -> int:
    for name, server in (("postgres", services.postgres), ("valkey", services.valkey)):
        print(f"{name}: {f'process {server.pid}' if server.answers() else 'not running'}")
    return 0 if services.postgres.answers() and services.valkey.answers() else 3


if __name__ == "__main__":
    sys.exit(main())
