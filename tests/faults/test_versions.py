"""The versions that are to follow this one can still be made of it; under load they run in ``rolling_upgrade.py``."""

from __future__ import annotations

from pathlib import Path

from tests.faults import versions


def test_each_next_version_is_this_one_with_its_change_and_a_migration_after_the_last(tmp_path: Path) -> None:
    folder = versions.lay_out(tmp_path)
    written = folder / "diversion/appending.py"
    before = written.read_text()
    migrations = set((folder / "diversion/migrations").glob("[0-9]*.py"))

    versions.widen(folder)
    assert written.read_text() != before
    versions.forget(folder)
    assert written.read_text() == before
    versions.narrow(folder)

    made = sorted(set((folder / "diversion/migrations").glob("[0-9]*.py")) - migrations)
    assert [one.stem[5:] for one in made] == ["widen", "index", "forget", "narrow"]
