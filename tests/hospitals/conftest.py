"""A small region to spoil."""

from __future__ import annotations

import pytest

from tests.hospitals.towns import small_town


@pytest.fixture
def town():
    return small_town()
