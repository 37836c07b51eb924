"""The three cases, alike to the one who measures: a feed to connect to, a process to watch, a way to publish."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import redis
from channels_redis.core import RedisChannelLayer

from tests.bench.broadcast_server import CHANNEL
from tests.bench.doorbell_watch import Watch
from tests.bench.servers import ROOT, UVICORN, Failed, Feed, Server, Surroundings

WEB = ["-m", "diversion.serve", "--port", "{port}"]


@dataclass(frozen=True, slots=True)
class Published:
    """When an event was published, and when somebody set out to publish it, on the monotonic clock."""

    at: int
    set_out: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A running episode, and by which key its hospital speaks."""

    pk: str
    key: str


class Case(Protocol):
    name: str

    @property
    def pid(self) -> int: ...
    @property
    def feed(self) -> Feed: ...
    def publish(self, mark: str, frame: str) -> Published: ...
    def tidy(self) -> None: ...


class Product:
    """Our server as it runs: one process holds the sockets, another, like it, takes the commands."""

    name = "product"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._keys = prepared(around.environment, around.sockets)
        self._web = Server("product-commands", WEB, around)
        self._sockets = Server("product-feed", WEB, around)
        self._web.wait()
        self._sockets.wait()
        self._http = around.ending.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{self._web.port}"))
        self._watch = Watch(around.environment["REDIS_URL"], f"diversion:events:{self._keys['region']}")
        around.ending.callback(self._watch.end)
        self._declared: list[str] = []

    @property
    def pid(self) -> int:
        return self._sockets.pid

    @property
    def feed(self) -> Feed:
        port = self._sockets.port
        people = [
            {"Cookie": f"sessionid={one}", "Origin": f"http://127.0.0.1:{port}"} for one in self._keys["sessions"]
        ]
        return Feed(port, f"/feed/{self._keys['region']}", {}, '"type":"snapshot"', '"type":"tick"', people)

    @property
    def surroundings(self) -> Mapping[str, str]:
        """Of another process of the product."""
        return self._around.environment

    def cursor(self) -> str:
        """Where the log ends, for readers who come back."""
        bearer = {"Authorization": f"Bearer {self._keys['feed']}"}
        answer = self._http.get(f"/api/regions/{self._keys['region']}/snapshot", headers=bearer)
        return str(answer.json()["cursor"])

    @property
    def around(self) -> Surroundings:
        return self._around

    @property
    def commands(self) -> Server:
        """The process that takes the commands."""
        return self._web

    def episode(self, nth: int) -> Episode:
        """A running episode at the nth hospital, and the key of that hospital's own system."""
        site, key = sorted(self._keys["sites"].items())[nth]
        body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
        headers = {"Authorization": f"Bearer {key}"}
        answer = self._post(f"/api/sites/{site}/diversions", body, headers)
        [pk] = [one["id"] for one in answer["events"][0]["changes"] if one["kind"] == "diversion"]
        self._post(f"/api/diversions/{pk}/attest", {}, headers)
        return Episode(pk, key)

    def restart(self) -> None:
        """The process that holds the sockets is killed, and another takes its port."""
        self._sockets = self._sockets.again()
        self._sockets.wait()

    def publish(self, mark: str, frame: str) -> Published:
        """One declaration; the mark is its comment. ``frame`` is for the yardsticks, ours is made by the server.

        Over the standard library's client, its connection already open: httpx takes a millisecond of its own before the
        first byte has left, and what is measured is the server.
        """
        body = {"cause": "it_outage", "gates": {"ambulances": "closed"}, "comment": mark}
        text, headers = json.dumps(body), self._headers({"Content-Type": "application/json"})
        path = f"/api/sites/{self._keys['site']}/diversions"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._web.port, timeout=30)) as connection:
            connection.connect()
            self._watch.forget()
            set_out = time.monotonic_ns()
            connection.request("POST", path, text, headers)
            answer = connection.getresponse()
            answered = _accepted(path, answer.status, answer.read().decode())
        self._declared += [one["id"] for one in answered["events"][0]["changes"] if one["kind"] == "diversion"]
        return Published(self._watch.first(), set_out)

    def make_known(self, vehicles: int) -> None:
        """A fleet, written at once: fifteen thousand through the door would take minutes and measure nothing."""
        python_run(["-m", "tests.bench.fleet", str(vehicles)], self.surroundings)

    def positions(self, numbers: Sequence[int]) -> None:
        """Where these of the fleet are now, told to the process that also holds the sockets."""
        now = datetime.now(UTC).isoformat()
        told = [
            {"vehicle": f"V{n}", "lat": 50.84 + n % 100 / 4000, "lon": 4.34 + n // 100 % 100 / 4000, "at": now,
             "heading": n % 360, "speed_mps": 11.4}
            for n in numbers
        ]  # fmt: skip
        answer = self._http.post(
            f"http://127.0.0.1:{self._sockets.port}/api/cad/regions/{self._keys['region']}/positions",
            json={"positions": told},
            headers={"Authorization": f"Bearer {self._keys['cad']}"},
            timeout=30,
        )
        if answer.status_code != 200 or answer.json()["accepted"] != len(told):
            raise Failed(f"positions answered {answer.status_code}: {answer.text[:500]}")

    def tidy(self) -> None:
        """Takes the declarations back, so that every event finds the same picture."""
        while self._declared:
            self._post(f"/api/diversions/{self._declared.pop()}/withdraw", {"reason": "benchmark"})

    def _post(self, path: str, body: dict[str, Any], known_by: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = self._http.post(path, json=body, headers=self._headers(known_by or {}))
        return _accepted(path, answer.status_code, answer.text)

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        bearer = f"Bearer {self._keys['write']}"
        return {"Authorization": bearer, "Idempotency-Key": str(uuid.uuid4()), **more}


def _accepted(path: str, status: int, text: str) -> dict[str, Any]:
    if status not in (200, 201):
        raise Failed(f"{path} answered {status}: {text[:500]}")
    found: dict[str, Any] = json.loads(text)
    return found


class Broadcast:
    """Yardstick (a): bare ``websockets.broadcast``, told by Redis like our hub."""

    name = "broadcast"

    def __init__(self, around: Surroundings) -> None:
        self._server = Server("broadcast", ["-m", "tests.bench.broadcast_server", "{port}"], around)
        self._server.wait()
        self._redis = redis.Redis.from_url(around.environment["REDIS_URL"])
        self._watch = Watch(around.environment["REDIS_URL"], CHANNEL)
        around.ending.callback(self._watch.end)

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


class Stock:
    """Yardstick (b): stock Channels consumers in a channels_redis group, told by ``group_send``."""

    name = "stock"

    def __init__(self, around: Surroundings) -> None:
        arguments = [*UVICORN, "tests.bench.stock_server:application", "--port", "{port}", "--ws", "websockets-sansio"]
        self._server = Server("stock", arguments, around)
        self._server.wait()
        self._runner = around.ending.enter_context(asyncio.Runner())
        self._layer = RedisChannelLayer(hosts=[{"address": around.environment["REDIS_URL"], "socket_timeout": None}])
        around.ending.callback(lambda: self._runner.run(self._layer.close_pools()))

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def feed(self) -> Feed:
        # Beyond its hundred connections to the broker channels_redis answers 500.
        return Feed(self._server.port, "/feed", {}, "", at_once=64)

    def publish(self, mark: str, frame: str) -> Published:  # the frame has the mark
        set_out = time.monotonic_ns()
        self._runner.run(self._layer.group_send("bench", {"type": "frame", "text": frame}))
        return Published(set_out, set_out)

    def tidy(self) -> None:
        """Nothing is kept."""


def prepared(environment: Mapping[str, str], sessions: int) -> dict[str, Any]:
    """A migrated database with the Brussels registry; the region, a site, the keys of two machines, logins."""
    python_run(["manage.py", "migrate", "--verbosity", "0"], environment)
    python_run(["manage.py", "import_registry", "hospitals/data/brussels.json", "--yes"], environment)
    keys: dict[str, Any] = json.loads(python_run(["-m", "tests.bench.prepare", str(sessions)], environment))
    return keys


def python_run(arguments: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def environment(services: Mapping[str, str]) -> dict[str, str]:
    """What every server process is started with."""
    secret = os.environ.get("SECRET_KEY") or uuid.uuid4().hex + uuid.uuid4().hex
    return {
        **os.environ,
        **services,
        "SECRET_KEY": secret,
        "DJANGO_SETTINGS_MODULE": "diversion.settings",
        "RATE_LIMIT": "1000000",
    }
