"""`python -m diversion.embedded up|down|status|erase`: the services by hand.

eval "$(python -m diversion.embedded up)"     # exports DATABASE_URL and REDIS_URL
"""

import argparse
import os
import shlex
import sys
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.services import Services, find, start


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return _do(arguments.what, arguments.state, durable=not arguments.throw_away)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m diversion.embedded", description=__doc__)
    parser.add_argument("what", choices=["up", "down", "status", "erase"])
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("DIVERSION_STATE", ".state")))
    parser.add_argument("--throw-away", action="store_true", help="faster, for data of no value")
    return parser


def _do(what: str, state: Path, *, durable: bool) -> int:
    if what == "up":
        _export(start(state, durable=durable))
        return 0
    if not state.exists():
        print("not running: there is no state folder")
        return 0 if what != "status" else 3
    services = find(state)
    if what == "status":
        return _status(services)
    services.erase() if what == "erase" else services.stop()
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
