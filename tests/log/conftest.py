"""A broker that takes connections and never answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "valkey.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(8)
        yield f"unix://{path}"
