"""PostgreSQL listens on a socket in a private folder only, and knows people by who they are.

No TCP, no password: the kernel tells the server which account is calling (peer authentication).
The product's role owns its database but is no superuser, so append-only triggers bind it.
"""

import json
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from shlex import quote as quoted
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.folders import Layout, private_folder
from diversion.embedded.owner import Owner, current_account
from diversion.embedded.processes import (
    POLL_SECONDS,
    Expected,
    has_ended,
    is_ours,
    last_lines,
    pid_in,
    spawn,
    stop,
    wait_until,
)
from diversion.embedded.software import postgres_programs

PORT = 5432  # only names the socket file
ROLE = "diversion"
START_SECONDS = 30.0  # crash recovery after a power cut may need it; a normal start takes 0.1 s
# A server that did not answer gets no time for manners.
HUNG_SIGNALS = ((signal.SIGQUIT, 1.0), (signal.SIGKILL, 5.0))
# Ask for an orderly end (disconnect clients), then an immediate one, then kill.
STOP_SIGNALS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # several web processes with a pool each, tests beside them
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_min_duration_statement": "1000",
}
# The children of a killed server hold its memory until they notice, and a new one refuses meanwhile.
ORPHANS_SECONDS = 5.0
# For data that may be lost with the machine: a killed server still loses nothing.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    layout: Layout
    owner: Owner
    durable: bool

    @property
    def url(self) -> str:
        host = quote(str(self.layout.sockets), safe="/")
        return f"postgresql:///{ROLE}?host={host}&port={PORT}&user={ROLE}"

    @property
    def pid(self) -> int | None:
        pid = pid_in(self.data / "postmaster.pid")
        return pid if pid is not None and is_ours(pid, self._expected) else None

    @property
    def data(self) -> Path:
        return self.layout.postgres / "data"

    def start(self) -> None:
        """Adopt a server that answers; otherwise clear the way and start one."""
        pid = self.pid
        if pid is None or not self.answers():
            if pid is not None:
                stop(pid, self._expected, signals=HUNG_SIGNALS)
            self._start()
        self._create_database()

    def _start(self) -> None:
        programs = postgres_programs(self.layout, self.owner)
        self._initialise(programs)
        self._check_version(programs)
        self._write_access_rules()
        self._spawn(programs)

    def stop(self) -> None:
        if (pid := self.pid) is not None:
            stop(pid, self._expected, signals=STOP_SIGNALS)

    def answers(self) -> bool:
        try:
            with self._connect(options="-c statement_timeout=2000") as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def writes(self) -> bool:
        """Whether it answers and is past any recovery."""
        try:
            with self._connect(options="-c statement_timeout=2000") as connection:
                row = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
        except psycopg.Error:
            return False
        return row is not None and bool(row[0])

    @property
    def archive(self) -> Path:
        """Where backups and everything written since lie, once there is one (``backups``)."""
        return self.layout.base / "archive"

    def _archiving(self) -> dict[str, str]:
        if not self.archive.exists():
            return {}
        return {"archive_mode": "on", "archive_command": archive_command(quoted(f"{self.archive}/wal"))}

    @property
    def log(self) -> Path:
        return self.layout.config / "postgres.log"

    @property
    def _expected(self) -> Expected:
        return Expected(owner=self.owner, program="postgres", mentions=self.data)

    def _connect(self, options: str = "") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.layout.sockets),
            port=PORT,
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=2,  # a stopped (SIGSTOP) server accepts and never answers
            options=options,
        )

    def _initialise(self, programs: Path) -> None:
        """An interrupted first start leaves half a cluster; the mark says it was completed."""
        mark = self.layout.config / "initialised"
        if mark.exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        private_folder(self.data, uid=self.owner.uid, gid=self.owner.gid)
        command: list[str | Path] = [programs / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8"]
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = subprocess.run(
            [*command, *options, "--auth=reject", "--no-instructions", "--no-sync"],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.layout.postgres,
            env={"PATH": "/usr/bin:/bin", "LANG": "C"},
            umask=0o077,
            **self.owner.run_as(),
        )
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its files:\n{made.stderr.strip()}")
        mark.touch()

    def _check_version(self, programs: Path) -> None:
        """A newer series cannot read an older one's files; say so before it dies in the log."""
        said = subprocess.check_output([programs / "postgres", "--version"], text=True)
        series = said.split()[-1].split(".")[0]
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != series:
            raise EmbeddedError(
                f"The data in {self.data} was made by PostgreSQL {found}; this is {series}. "
                "Throw the local state away with ./run --reset."
            )

    def _write_access_rules(self) -> None:
        """Written by us, readable by the server: the account that serves cannot change them."""
        people = {self.owner.name, current_account().pw_name}
        # Copying the whole server, for a backup, is a database of its own to these rules.
        self._write("hba.conf", "local all all peer map=local\nlocal replication postgres peer map=local\n")
        self._write(
            "ident.conf",
            "".join(f'local "{who}" {role}\n' for who in sorted(people) for role in (ROLE, "postgres")),
        )

    def _write(self, name: str, text: str) -> None:
        path = self.layout.config / name
        path.write_text(text)
        path.chmod(0o644)  # the folder above decides who gets here

    def _spawn(self, programs: Path) -> None:
        settings = {
            **SETTINGS,
            **self._archiving(),
            **({} if self.durable else THROW_AWAY),
            "unix_socket_directories": json.dumps(str(self.layout.sockets)),
            "hba_file": str(self.layout.config / "hba.conf"),
            "ident_file": str(self.layout.config / "ident.conf"),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [programs / "postgres", "-D", self.data, "-p", str(PORT), *options]
        deadline = time.monotonic() + ORPHANS_SECONDS
        while not self._spawned(command):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not start:\n{last_lines(self.log)}")
            time.sleep(POLL_SECONDS)

    def _spawned(self, command: list[str | Path]) -> bool:
        pid = spawn(command, owner=self.owner, folder=self.layout.postgres, log=self.log)
        # Both at once: one that answers may for a moment look like nobody's, and would be left running beside the next.
        wait_until(lambda: self._serves(pid) or has_ended(pid), seconds=START_SECONDS)
        if self._serves(pid):
            return True
        stop(pid, self._expected, signals=STOP_SIGNALS)
        return False

    def _serves(self, pid: int) -> bool:
        return is_ours(pid, self._expected) and self.answers()

    def _create_database(self) -> None:
        """Asked at every start: the first one may have been killed in between."""
        role = sql.Identifier(ROLE)
        with self._connect() as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s"):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s"):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def archive_command(kept: str) -> str:
    """How PostgreSQL puts a finished piece of its log into a folder: whole and on disk, or not at all.

    A copy that a full disk cut short would stand in the whole one's way for ever, and end every restore there. Never
    over another: two servers on one archive would spoil it for both. The same piece once more is no failure: a server
    that dies before it has noted that it was kept offers it again (PostgreSQL's manual, "Setting Up WAL Archiving").
    """
    piece, unfinished = f"{kept}/%f", f"{kept}/%f.part"
    whole = f"cp %p {unfinished} && sync {unfinished} && mv {unfinished} {piece}"
    return f"cmp -s %p {piece} || {{ test ! -e {piece} && {whole}; }}"


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString) -> bool:
    return connection.execute(query, [ROLE]).fetchone() is not None
