from __future__ import annotations

import pytest

from diversion.simulate.town import Town, build


@pytest.fixture(scope="session")
def brussels() -> Town:
    """Building it takes a second; nothing in it ever changes."""
    return build("brussels", [])
