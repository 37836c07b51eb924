"""Callers: a machine with a token, and members of the cast with a session."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.world import World


class Machine:
    """A client that has only the documents: a bearer token and JSON."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {token}"})

    def send(self, method: str, path: str, body: Any = None, key: str | None = None) -> HttpResponse:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._client.generic(method, path, json.dumps(body), "application/json", headers=headers)


@pytest.fixture
def cad(world: World) -> Machine:
    return Machine(world.cad_secret)


@pytest.fixture
def say(world: World, login: Callable[[str], Client]) -> Callable[..., HttpResponse]:
    """``say("dina", "POST", path, body)``: a member of the cast speaks to the interface."""

    def speak(who: str, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        return login(who).generic(method, path, json.dumps(body or {}), "application/json", headers=headers)

    return speak
