"""The three cases, alike to the one who measures: a feed to connect to, a process to watch, a way to publish."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import redis
from channels_redis.core import RedisChannelLayer

from tests.bench.broadcast_server import CHANNEL
from tests.bench.doorbell_watch import Watch
from tests.bench.servers import ROOT, UVICORN, Failed, Server


@dataclass(frozen=True, slots=True)
class Feed:
    """What a client needs to know to connect."""

    port: int
    path: str
    headers: Mapping[str, str]
    #: What the last frame of the connection's beginning has in it; empty if nothing comes.
    ready: str


@dataclass(frozen=True, slots=True)
class Published:
    """When an event was published, and when somebody set out to publish it, on the monotonic clock."""

    at: int
    set_out: int


class Case(Protocol):
    name: str

    @property
    def pid(self) -> int: ...
    @property
    def feed(self) -> Feed: ...
    def publish(self, mark: str, frame: str) -> Published: ...
    def tidy(self) -> None: ...
    def stop(self) -> None: ...


class Product:
    """Our server as it runs: one process holds the sockets, another, like it, takes the commands."""

    name = "product"

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = environment
        self._prepare()
        arguments = [*UVICORN, "diversion.asgi:application", "--port", "{port}"]
        self._web = Server("product-commands", arguments, environment, logs)
        self._sockets = Server("product-feed", arguments, environment, logs)
        self._web.wait()
        self._sockets.wait()
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{self._web.port}", headers={"Authorization": f"Bearer {self._keys['write']}"}
        )
        self._watch = Watch(environment["REDIS_URL"], f"diversion:events:{self._keys['region']}")
        self._declared: list[str] = []

    def _prepare(self) -> None:
        _python(["manage.py", "migrate", "--verbosity", "0"], self._environment)
        _python(["manage.py", "import_registry", "hospitals/data/brussels.json", "--yes"], self._environment)
        self._keys: dict[str, str] = json.loads(_python(["-m", "tests.bench.prepare"], self._environment))

    @property
    def pid(self) -> int:
        return self._sockets.pid

    @property
    def feed(self) -> Feed:
        headers = {"Authorization": f"Bearer {self._keys['feed']}"}
        return Feed(self._sockets.port, f"/feed/{self._keys['region']}", headers, '"type":"snapshot"')

    def publish(self, mark: str, frame: str) -> Published:
        """One declaration; the mark is its comment. ``frame`` is for the yardsticks, ours is made by the server."""
        self._watch.forget()
        set_out = time.monotonic_ns()
        body = {"cause": "it_outage", "gates": {"ambulances": "closed"}, "comment": mark}
        events = self._post(f"/api/sites/{self._keys['site']}/diversions", body)["events"]
        self._declared.append(events[0]["changes"][0]["id"])
        return Published(self._watch.first(), set_out)

    def tidy(self) -> None:
        """Takes the declarations back, so that every event finds the same picture."""
        while self._declared:
            self._post(f"/api/diversions/{self._declared.pop()}/withdraw", {"reason": "benchmark"})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        if answer.status_code not in (200, 201):
            raise Failed(f"{path} answered {answer.status_code}: {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found

    def stop(self) -> None:
        self._http.close()
        self._web.stop()
        self._sockets.stop()


class Broadcast:
    """Yardstick (a): bare ``websockets.broadcast``, told by Redis like our hub."""

    name = "broadcast"

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._server = Server("broadcast", ["-m", "tests.bench.broadcast_server", "{port}"], environment, logs)
        self._server.wait()
        self._redis = redis.Redis.from_url(environment["REDIS_URL"])
        self._watch = Watch(environment["REDIS_URL"], CHANNEL)

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def feed(self) -> Feed:
        return Feed(self._server.port, "/", {}, "")

    def publish(self, mark: str, frame: str) -> Published:  # the frame has the mark
        self._watch.forget()
        set_out = time.monotonic_ns()
        self._redis.publish(CHANNEL, frame)
        return Published(self._watch.first(), set_out)

    def tidy(self) -> None:
        """Nothing is kept."""

    def stop(self) -> None:
        self._server.stop()


class Stock:
    """Yardstick (b): stock Channels consumers in a channels_redis group, told by ``group_send``."""

    name = "stock"

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        arguments = [*UVICORN, "tests.bench.stock_server:application", "--port", "{port}"]
        self._server = Server("stock", arguments, environment, logs)
        self._server.wait()
        self._runner = asyncio.Runner()
        self._layer = RedisChannelLayer(hosts=[{"address": environment["REDIS_URL"], "socket_timeout": None}])

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def feed(self) -> Feed:
        return Feed(self._server.port, "/feed", {}, "")

    def publish(self, mark: str, frame: str) -> Published:  # the frame has the mark
        set_out = time.monotonic_ns()
        self._runner.run(self._layer.group_send("bench", {"type": "frame", "text": frame}))
        return Published(set_out, set_out)

    def tidy(self) -> None:
        """Nothing is kept."""

    def stop(self) -> None:
        self._runner.run(self._layer.close_pools())
        self._runner.close()
        self._server.stop()


def _python(arguments: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def environment(services: Mapping[str, str]) -> dict[str, str]:
    """What every server process is started with."""
    secret = os.environ.get("SECRET_KEY") or uuid.uuid4().hex + uuid.uuid4().hex
    return {**os.environ, **services, "SECRET_KEY": secret, "DJANGO_SETTINGS_MODULE": "diversion.settings"}
