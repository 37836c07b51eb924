"""The world, and an exercise of it that runs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from hospitals.models import Region
from tests.exercises.stage import EXERCISE, begin, told
from tests.world import World


@pytest.fixture
def stage(world: World) -> World:
    """The world and an exercise of it that runs."""
    begin(told(world).sofie)
    return world


@pytest.fixture
def real_stage(real_world: World) -> World:
    """The same with real commits."""
    begin(told(real_world).sofie)
    return real_world


@pytest.fixture
def there(stage: World) -> Region:
    return Region.objects.get(pk=EXERCISE)


@pytest.fixture
def say(login: Callable[[str], Client]) -> Callable[..., HttpResponse]:
    """``say("dina", "POST", path, body)``: a member of the cast speaks to the interface, of either world."""

    def speak(who: str, method: str, path: str, body: Any = None) -> HttpResponse:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return login(who).generic(method, path, json.dumps(body or {}), "application/json", headers=headers)

    return speak
