"""How often one session or one key may open the feed: no page of ours does so half as often, a loop gone wild does.

Counted before anybody is asked whose it is, in this process's memory: a refusal costs no question to the database and
no snapshot, and a broker that is away changes nothing. Never by address: after a restart thousands of screens come
back within a second from behind one hospital's, each with a session of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from diversion.feed.admission import Request

#: Seconds, from the first opening on: nobody is kept out for longer.
WINDOW: Final = 10.0
#: Openings within it. A page that is refused comes back five times in it at most, and a desk has a dozen pages.
MOST: Final = 100


class Opens:
    """One event loop's counts. ``clock``: seconds that only go on."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._counted: dict[str, tuple[float, int]] = {}
        self._swept = self._clock()

    def count(self, request: Request) -> int:
        """How many times it has been opened with this one's session or key lately, this time included.

        Nought for a reader who shows neither: it is refused at its admission, whatever it asks for.
        """
        credential = request.bearer or request.session_key
        if not credential:
            return 0
        now = self._clock()
        self._sweep(now)
        begun, times = self._counted.get(credential, (now, 0))
        begun, times = (now, 1) if now - begun >= WINDOW else (begun, times + 1)
        self._counted[credential] = begun, times
        return times

    def _sweep(self, now: float) -> None:
        """Forget what is over: made-up sessions must not fill the memory."""
        if now - self._swept >= WINDOW:
            self._counted = {one: counted for one, counted in self._counted.items() if now - counted[0] < WINDOW}
            self._swept = now
