"""The crews' part: an ordered redirect is answered by terminal after a few seconds, by a few crews never.

An order that is taken back before the answer is due is never answered. A crew that stays silent by terminal is left
to the dispatcher's radio. Times are real seconds: people do not think faster in a faster story.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from . import assumptions
from .picture import State


@dataclass(frozen=True, slots=True)
class Answer:
    redirect: str
    call_sign: str


class Crews:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._due: dict[str, float | None] = {}

    def answers(self, now: float, ordered: Iterable[tuple[State, str]]) -> list[Answer]:
        """`ordered`: each order not yet acknowledged, with the call sign it is for. An answer is due once."""
        current = {redirect["id"]: sign for redirect, sign in ordered}
        self._due = {key: due for key, due in self._due.items() if key in current}
        ready = []
        for key, sign in current.items():
            due = self._due.setdefault(key, self._draw(key, now))
            if due is not None and now >= due:
                self._due[key] = None
                ready.append(Answer(key, sign))
        return ready

    def try_again(self, redirect: str, at: float) -> None:
        """The answer did not get through."""
        if redirect in self._due:
            self._due[redirect] = at

    def _draw(self, key: str, now: float) -> float | None:
        rng = random.Random(f"{self._seed}:crew:{key}")
        if rng.random() < assumptions.CREW_SILENT:
            return None
        return now + rng.uniform(*assumptions.CREW_ANSWERS_S)
