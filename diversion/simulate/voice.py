"""What the simulator says on its standard output: calm lines, and a warning once rather than every second."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

_AGAIN_S = 60.0


def _clock() -> str:
    return f"{datetime.now(UTC).astimezone():%H:%M:%S}"


class Voice:
    def __init__(self) -> None:
        self._warned: dict[str, float] = {}

    def say(self, text: str) -> None:
        print(f"{_clock()}  {text}", flush=True)

    def warn(self, key: str, text: str) -> None:
        """The same trouble is told again only after a minute."""
        now = time.monotonic()
        if now - self._warned.get(key, -_AGAIN_S) >= _AGAIN_S:
            self._warned[key] = now
            print(f"{_clock()}  warning: {text}", file=sys.stderr, flush=True)

    def over(self, key: str, text: str) -> None:
        """Trouble that was told of has passed."""
        if self._warned.pop(key, None) is not None:
            self.say(text)
