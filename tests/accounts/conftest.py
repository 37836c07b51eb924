"""Counts of tries begin anew with each test; they are kept where all processes find them."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    cache.clear()
