"""What PostgreSQL puts into the archive is whole: a piece cut short by a full disk would end every restore there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as product

from diversion.embedded.postgres import archive_command
from diversion.embedded.services import Services
from tests.faults import disk
from tests.operations.conftest import Doctor
from tests.server import eventually

#: One piece of PostgreSQL's log, and what is left of it where there is no room for more (bytes).
PIECE, ROOM = 16 * 1024**2, 1024**2


def switched(services: Services) -> str:
    """Have the piece that is being written finished, as when it is full; its name."""
    postgres = services.postgres
    with psycopg.connect(
        host=str(postgres.layout.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("SELECT pg_logical_emit_message(false, 'archive', 'something to keep')")
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    return str(row[0])


def archiver(services: Services) -> int:
    """The process of PostgreSQL's that runs the command."""

    def found() -> list[int]:
        children = Path(f"/proc/{services.postgres.pid}/task/{services.postgres.pid}/children").read_text().split()
        return [int(one) for one in children if b"archiver" in Path(f"/proc/{one}/cmdline").read_bytes()]

    eventually(lambda: bool(found()), 30, lambda: "PostgreSQL archives nothing")
    return found()[0]


def test_what_a_full_disk_cut_short_is_told_and_kept_whole_once_there_is_room(archive: Services, doctor: Doctor):
    kept, owner, process = archive.postgres.archive / "wal", archive.postgres.owner, archiver(archive)
    disk.limit([process], owner, ROOM)
    piece = switched(archive)
    eventually(lambda: "archive_failing" in doctor().codes, 60, lambda: str([*kept.iterdir()]))
    assert not (kept / piece).exists(), "what is there is read by a restore"
    disk.limit([process], owner, disk.NO_LIMIT)
    # Which also wakes who gave up for a minute.
    last = switched(archive)
    eventually((kept / last).exists, 90, lambda: str([*kept.iterdir()]))
    assert "archive_failing" not in doctor().codes
    assert {one.stat().st_size for one in kept.iterdir() if len(one.name) == len(piece)} == {PIECE}
    assert (kept / piece).exists()


def run(into: Path, piece: Path) -> int:
    """As PostgreSQL runs it."""
    command = archive_command(str(into)).replace("%p", str(piece)).replace("%f", "000000010000000000000001")
    return subprocess.run(["sh", "-c", command], check=False, capture_output=True).returncode


def test_a_piece_that_is_there_already_is_kept_once_and_another_under_its_name_never(tmp_path: Path):
    ours, theirs, into = tmp_path / "ours", tmp_path / "theirs", tmp_path / "archive"
    ours.write_bytes(b"ours")
    theirs.write_bytes(b"theirs")
    into.mkdir()
    assert [run(into, ours), run(into, ours), run(into, theirs)] == [0, 0, 1]
    assert [(one.name, one.read_bytes()) for one in into.iterdir()] == [("000000010000000000000001", b"ours")]


@pytest.mark.parametrize(
    ("page", "folder"),
    [("operations/RUNBOOK.md", "/archive/wal"), ("deploy/compose.yaml", "/archive")],
)
def test_every_page_tells_the_same_command(page: str, folder: str):
    assert archive_command(folder) in (product.BASE_DIR / "diversion" / page).read_text()
