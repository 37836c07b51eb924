"""Backups of this machine's database, and going back to any moment since: a copy, and every write after it.

What is replaced by a restore is never erased: it is put aside, and comes back if the restore does not succeed.
The archive lies with the data, so it guards against mistakes, not against the loss of the disk: copy it elsewhere.
"""

import contextlib
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Final

import psycopg

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.folders import private_folder
from diversion.embedded.postgres import PORT, Postgres
from diversion.embedded.processes import last_lines, wait_until
from diversion.embedded.services import Services
from diversion.embedded.software import postgres_programs

STAMP = "%Y%m%dT%H%M%S%fZ"
#: Copies that are kept, with every write since the older: should the newest be bad, the one before it is there.
KEPT: Final = 2
#: A restore reads every write since the copy again.
RECOVERY_SECONDS = 600.0


def backup(services: Services) -> Path:
    """A copy of the whole server while it works. The first begins the archive, which starts PostgreSQL once more."""
    postgres = services.postgres
    if not postgres.archive.exists():
        for folder in (postgres.archive, postgres.archive / "wal"):
            private_folder(folder, uid=postgres.owner.uid, gid=postgres.owner.gid)
        postgres.stop()
    postgres.start()
    into = postgres.archive / f"base-{datetime.now(UTC):{STAMP}}"
    # Under its name once it is whole: a restore takes what bears one.
    unfinished = postgres.archive / "unfinished"
    _as_owner(postgres, ["rm", "-rf", unfinished])
    where: list[str | Path] = ["-h", postgres.layout.sockets, "-p", str(PORT), "-U", "postgres"]
    _as_owner(postgres, [_program(postgres, "pg_basebackup"), "-D", unfinished, *where, "-X", "stream", "-c", "fast"])
    _as_owner(postgres, ["mv", unfinished, into])
    _forget_older(postgres)
    return into


def _forget_older(postgres: Postgres) -> None:
    """Copies older than those kept go, and the writes from before the oldest that stays.

    The copies first: cut short, this leaves writes that nobody needs, never a copy without its writes.
    """
    copies = _copies(postgres)
    for one in copies[:-KEPT]:
        _as_owner(postgres, ["rm", "-rf", one])
    needed = _first_piece(copies[-KEPT:][0])
    _as_owner(postgres, [_program(postgres, "pg_archivecleanup"), "-b", postgres.archive / "wal", needed])


def _first_piece(copy: Path) -> str:
    """The first piece of PostgreSQL's log that a copy needs, as it says itself."""
    found = re.search(r"(?m)^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$", (copy / "backup_label").read_text())
    if found is None:
        raise EmbeddedError(f"{copy}/backup_label does not say from where it is to be read on.")
    return found[1]


def _copies(postgres: Postgres) -> list[Path]:
    """Those that are whole and of the past of what is there now, the oldest first."""
    return sorted(postgres.archive.glob("base-*"))


def _program(postgres: Postgres, name: str) -> Path:
    return postgres_programs(postgres.layout, postgres.owner) / name


def restore(services: Services, until: datetime | None) -> Path:
    """Go back to a moment, or to the last that was kept; where the former data lies. Raises EmbeddedError."""
    postgres = services.postgres
    base = _before(postgres, until)
    postgres.stop()
    aside = postgres.data.with_name(f"data-before-{datetime.now(UTC):{STAMP}}")
    _as_owner(postgres, ["mv", postgres.data, aside])
    try:
        _as_owner(postgres, ["cp", "-R", base, postgres.data])
        # In its own files, so that a restore that is interrupted goes on at the next start.
        settings = _recovery(postgres, aside, until)
        _as_owner(postgres, ["tee", "-a", postgres.data / "postgresql.auto.conf"], says=settings)
        _as_owner(postgres, ["touch", postgres.data / "recovery.signal"])
        _recover(postgres)
    except EmbeddedError:
        postgres.stop()
        with contextlib.suppress(EmbeddedError):
            _as_owner(postgres, ["mv", postgres.data, postgres.data.with_name(f"{aside.name}-failed")])
        _as_owner(postgres, ["mv", aside, postgres.data])
        postgres.start()
        raise
    _give_up(postgres, until)
    return aside


def _give_up(postgres: Postgres, until: datetime | None) -> None:
    """Copies from after the moment are of a future that never came: what is written from now on cannot follow them."""
    for one in _copies(postgres):
        if not _is_before(one, until):
            _as_owner(postgres, ["mv", one, one.with_name(f"given-up-{one.name}")])


def _before(postgres: Postgres, until: datetime | None) -> Path:
    """The newest copy that was begun before a moment; what is written after the copy is read from the archive."""
    found = [one for one in _copies(postgres) if _is_before(one, until)]
    if not found:
        raise EmbeddedError("No backup was made before that moment; python -m diversion.embedded backup makes one.")
    return found[-1]


def _is_before(copy: Path, until: datetime | None) -> bool:
    """Whether a copy was begun before a moment; before now without one."""
    return copy.name < f"base-{(until or datetime.now(UTC)).astimezone(UTC):{STAMP}}"


def _recovery(postgres: Postgres, aside: Path, until: datetime | None) -> str:
    archive, last = quote(f"{postgres.archive}/wal"), quote(f"{aside}/pg_wal")
    # The last writes were not in the archive yet: they are in what was put aside.
    moment = "" if until is None else f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    settings = {
        "restore_command": f"cp {archive}/%f %p || cp {last}/%f %p",
        "recovery_target_action": "promote",
        "recovery_target_time": moment,
    }
    return "".join("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in settings.items())


def _recover(postgres: Postgres) -> None:
    """It answers as soon as its data is consistent, and writes when everything has been read."""
    try:
        postgres.start()
    except psycopg.Error as error:
        raise EmbeddedError(f"PostgreSQL ended while it read what was kept:\n{last_lines(postgres.log)}") from error
    if not wait_until(lambda: postgres.pid is None or postgres.writes(), seconds=RECOVERY_SECONDS):
        raise EmbeddedError("PostgreSQL did not come to the end of what was kept.")
    if not postgres.writes():
        raise EmbeddedError(f"PostgreSQL cannot go back to that moment; its log is {postgres.log}.")


def _as_owner(postgres: Postgres, command: Sequence[str | Path], says: str = "") -> None:
    """Root writes nothing in a folder that somebody else owns."""
    done = subprocess.run(
        command,
        check=False,
        input=says,
        capture_output=True,
        text=True,
        cwd="/",
        umask=0o077,
        **postgres.owner.run_as(),
    )
    if done.returncode:
        raise EmbeddedError(f"{Path(str(command[0])).name} failed:\n{done.stderr.strip()}")
