"""What would stop ./run is found in its first second, before anything is installed.

Started as a script by whatever Python there is: standard library only, nothing of the project.
"""

import argparse
import fcntl
import json
import socket
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    problem = first_copy(arguments.state) or port_problem(arguments.port)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def first_copy(state: Path) -> str | None:
    """Somebody holds the lock only while they live; a lock file left behind means nothing."""
    try:
        with (state / "run.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return f"./run is already at work in this checkout{_where(state / 'run.lock')}. Stop it there with Ctrl-C."
    return None


def port_problem(port: int) -> str | None:
    if not 0 < port < 65536:
        return f"{port} is not a port: choose one from 1024 to 65535."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return f"Port {port} needs root; choose one above 1023, for instance: ./run --port 8001"
        except OSError:
            return f"Port {port} is in use by another program; choose another, for instance: ./run --port {port + 1}"
    return None


def _where(lock: Path) -> str:
    try:
        running = json.loads(lock.read_text())
        return f": http://127.0.0.1:{running['port']}/ (process {running['pid']})"
    except (OSError, ValueError, KeyError):
        return ""


if __name__ == "__main__":
    sys.exit(main())
