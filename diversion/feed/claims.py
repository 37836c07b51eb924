"""Claims as one process knows them: read again when a desk rings and each second, since they also run out.

The rows are what every process agrees on; the broker only makes it prompt. Nobody reads them while no desk listens.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from diversion import moment
from diversion.feed import reading
from diversion.feed.threads import in_thread

#: Without a ring claims are read this often (seconds).
POLL: Final = 1.0


class Claims:
    """What the desks of a region hold, as it was last told."""

    def __init__(self, region_id: str) -> None:
        self._region_id = region_id
        self._rung = asyncio.Event()
        self.told: list[dict[str, Any]] = []

    def ring(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), POLL)
        self._rung.clear()

    async def changed(self) -> bool:
        """Whether the desks hold something else than was told; ``told`` is then what they hold."""
        former, self.told = self.told, await in_thread(reading.claims_at, self._region_id, moment.now())
        return former != self.told

    def forget(self) -> None:
        """Nobody listens: whoever comes next is told anew."""
        self.told = []
