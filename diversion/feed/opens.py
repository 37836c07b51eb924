"""How often one session or one key may open the feed, and how many it may hold: no page of ours comes near either.

Counted before anybody is asked whose it is, in this process's memory: a refusal costs no question to the database and
no snapshot, and a broker that is away changes nothing. Never by address: after a restart thousands of screens come
back within a second from behind one hospital's, each with a session of its own.

A loop gone wild opens too often; one that never closes would hold memory, and a share of every event, for ever.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from django.conf import settings

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
        self._held: Counter[str] = Counter()
        self._swept = self._clock()

    def count(self, request: Request) -> int:
        """How many times it has been opened with this one's session or key lately, this time included.

        Nought for a reader who shows neither: it is refused at its admission, whatever it asks for.
        """
        credential = request.credential
        if credential is None:
            return 0
        now = self._clock()
        self._sweep(now)
        begun, times = self._counted.get(credential, (now, 0))
        begun, times = (now, 1) if now - begun >= WINDOW else (begun, times + 1)
        self._counted[credential] = begun, times
        return times

    def hold(self, request: Request) -> None:
        """A reader was admitted with this one's session or key and is fed from now on."""
        if request.credential is not None:
            self._held[request.credential] += 1

    def let_go(self, request: Request) -> None:
        """One of them is fed no more."""
        if request.credential is not None:
            self._held[request.credential] -= 1
            # Sessions come and go for years; those that hold nothing are forgotten.
            if not self._held[request.credential]:
                del self._held[request.credential]

    def holds_too_many(self, request: Request) -> bool:
        """Whether so many are fed with it that there is room for no other."""
        return request.credential is not None and self._held[request.credential] >= settings.SOCKETS_PER_KEY

    def _sweep(self, now: float) -> None:
        """Forget what is over: made-up sessions must not fill the memory."""
        if now - self._swept >= WINDOW:
            self._counted = {one: counted for one, counted in self._counted.items() if now - counted[0] < WINDOW}
            self._swept = now
