"""Real servers in folders of their own; whatever a test leaves running is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.embedded import Services, start
from diversion.embedded.services import find


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    if folder.exists():
        find(folder).erase()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One pair for the tests that only look."""
    services = start(tmp_path_factory.mktemp("embedded") / "state", durable=False)
    yield services
    services.erase()
