"""Attackers use what everybody has: the real server, its sockets, its pages, a token, a login of the cast."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.api.conftest import Machine, cad, say
from tests.feed.conftest import join, server, session

__all__ = ["Machine", "cad", "join", "say", "server", "session"]


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    cache.clear()
