"""Those who use the product while it breaks: hands that command, and followers of the feed. All they saw is kept."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.faults.reader import Reader

#: How long somebody waits for an answer before asking again under the same key (seconds).
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One command as its sender knows it: under which key, what the final answer was, and when it came (monotonic)."""

    key: str
    path: str
    status: int
    body: Mapping[str, Any]
    at: float
    attempts: int


@dataclass
class Hand:
    """A hospital's system at work: declares, attests, takes back; asks until it is answered, always with one key."""

    name: str
    url: str
    site: str
    token: str
    seed: int
    answered: list[Answered] = field(default_factory=list)
    #: Why it had to ask again, each time.
    troubles: list[str] = field(default_factory=list)
    #: What was sent and never answered; empty once the product has recovered.
    open: str | None = None

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._stop = threading.Event()
        self._diversion: str | None = None
        self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, within: float) -> bool:
        """No further command; whether the last one was answered in time."""
        self._stop.set()
        self._thread.join(within)
        return not self._thread.is_alive()

    def _work(self) -> None:
        with httpx.Client(
            base_url=self.url, timeout=PATIENCE, trust_env=False, headers={"Authorization": f"Bearer {self.token}"}
        ) as client:
            while not self._stop.is_set():
                self._one(client)

    def _one(self, client: httpx.Client) -> None:
        if self._diversion is None:
            body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
            answer = self._ask(client, f"/api/sites/{self.site}/diversions", body)
            self._diversion = _diversion_in(answer)
        elif self._chance.random() < 0.7:
            self._ask(client, f"/api/diversions/{self._diversion}/attest", {})
        else:
            answer = self._ask(client, f"/api/diversions/{self._diversion}/withdraw", {"reason": "rehearsed"})
            self._diversion = None if answer.status < 300 else self._diversion

    def _ask(self, client: httpx.Client, path: str, body: Mapping[str, Any]) -> Answered:
        key, attempts = str(uuid.uuid4()), 0
        self.open = key
        while True:
            attempts += 1
            try:
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as error:
                self.troubles.append(f"{type(error).__name__}: {error}")
            else:
                # What may pass by itself says nothing about the command; only the same key can find out.
                if answer.status_code < 500 and answer.status_code != 429:
                    told = Answered(key, path, answer.status_code, answer.json(), time.monotonic(), attempts)
                    self.answered.append(told)
                    self.open = None
                    return told
                self.troubles.append(f"{answer.status_code}: {answer.text[:200]}")
            self._stop.wait(0.05) if not self._stop.is_set() else time.sleep(0.05)


def _diversion_in(answer: Answered) -> str | None:
    changes = [change for event in answer.body.get("events", []) for change in event["changes"]]
    return next((change["id"] for change in changes if change["kind"] == "diversion"), None)


class Follower:
    """A dispatch system on the feed: dials again whenever it is cut off, resumes, keeps what it was told and when."""

    def __init__(self, url: str, token: str) -> None:
        self.reader = Reader(url, token)
        self._stop = threading.Event()
        #: Since when each stretch of numbers without a new snapshot runs, and the numbers.
        self.stretches: list[list[int]] = [[]]
        #: (monotonic time of receipt, number of its cursor) of every frame that says how far the log is.
        self.claims: list[tuple[float, int]] = []
        self.faults: list[str] = []
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join()
        self.reader.close()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._take(self.reader.dial())
                while not self._stop.is_set():
                    # Ticks come every three seconds; five without anything is a dead line.
                    self._take(self.reader.next(5.0))
            except (OSError, TimeoutError, InvalidHandshake, WebSocketException, EOFError):
                self.reader.hang_up()
                self._stop.wait(0.1)

    def _take(self, frame: Mapping[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.stretches.append([])
        self.stretches[-1] += [event["seq"] for event in frame.get("events", [])]
        if "cursor" in frame:
            self.claims.append((time.monotonic(), int(frame["cursor"].partition(":")[0])))
