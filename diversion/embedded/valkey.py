"""Valkey is a doorbell and keeps nothing: no TCP port, no files, a socket in a private folder."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.folders import Layout
from diversion.embedded.owner import Owner
from diversion.embedded.processes import Expected, has_ended, is_ours, last_lines, pid_in, spawn, stop, wait_until
from diversion.embedded.software import valkey_program

START_SECONDS = 10.0
STOP_SIGNALS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True)
class Valkey:
    layout: Layout
    owner: Owner

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def socket(self) -> Path:
        return self.layout.sockets / "valkey.sock"

    @property
    def log(self) -> Path:
        return self.layout.config / "valkey.log"

    @property
    def pid(self) -> int | None:
        pid = pid_in(self._pid_file)
        return pid if pid is not None and is_ours(pid, self._expected) else None

    def start(self) -> None:
        """Adopt a server that answers; otherwise clear the way and start one."""
        if self.pid is not None:
            if self.answers():
                return
            self.stop()
        command: list[str | Path] = [valkey_program(self.layout, self.owner), *_options(self._settings())]
        pid = spawn(command, owner=self.owner, folder=self.layout.valkey, log=self.log)
        wait_until(lambda: self.answers() or has_ended(pid), seconds=START_SECONDS)
        if not self.answers():
            stop(pid, self._expected, signals=STOP_SIGNALS)
            raise EmbeddedError(f"Valkey does not start:\n{last_lines(self.log)}")

    def stop(self) -> None:
        if (pid := self.pid) is not None:
            stop(pid, self._expected, signals=STOP_SIGNALS)

    def answers(self) -> bool:
        """Ask in the server's own words; a client library would hide a half-dead server."""
        try:
            with socket.socket(socket.AF_UNIX) as caller:
                caller.settimeout(2)  # a stopped (SIGSTOP) server accepts and never answers
                caller.connect(str(self.socket))
                caller.sendall(b"PING\r\n")
                return caller.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def _pid_file(self) -> Path:
        return self.layout.valkey / "valkey.pid"

    @property
    def _expected(self) -> Expected:
        return Expected(owner=self.owner, program="valkey", mentions=self.layout.sockets)

    def _settings(self) -> dict[str, str]:
        return {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self._pid_file),
            "dir": str(self.layout.valkey),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "allkeys-lru",
        }


def _options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in (f"--{name}", value)]
