"""Handing a message to a gateway. What went wrong is told by one of our own few words: the library's would quote
the address.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from typing import Final

import apprise

from diversion.reaching.addresses import NoAddress, gateway
from diversion.reaching.sealing import Unreadable, unseal

#: What a channel's ``last_error`` may say; "refused" is followed by the gateway's HTTP status if it gave one.
ERRORS: Final = ("refused", "unreachable", "unreadable", "worker_silent", "failed")
_STATUS: Final = re.compile(r"error[=:]\s?(\d{3})\b")
_NO_ANSWER: Final = re.compile(r"connection error|socket|timed? ?out", re.IGNORECASE)


class _Overheard(logging.Handler):
    """What the library says while one thread sends. It answers yes or no; why, it only logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._by_thread = threading.local()

    def begin(self) -> list[str]:
        self._by_thread.lines = []
        return self._by_thread.lines  # type: ignore[no-any-return]  # a thread's own attribute

    def emit(self, record: logging.LogRecord) -> None:
        getattr(self._by_thread, "lines", []).append(record.getMessage())


_overheard = _Overheard()
logging.getLogger("apprise").addHandler(_overheard)


def send(sealed: str, title: Mapping[str, str], body: Mapping[str, str]) -> str | None:
    """Hand one message out. None when the gateway took it; otherwise one of ERRORS."""
    try:
        plugin = gateway(unseal(sealed))
    except (Unreadable, NoAddress):
        return "unreadable"
    said = _overheard.begin()
    sender = apprise.Apprise()
    sender.add(plugin)
    taken = sender.notify(title=" / ".join(_distinct(title)), body="\n\n".join(_distinct(body)))
    return None if taken else _why("\n".join(said))


def _distinct(texts: Mapping[str, str]) -> list[str]:
    """Each language's text, once: a name that is the same in both is not said twice."""
    return list(dict.fromkeys(texts.values()))


def _why(said: str) -> str:
    if status := _STATUS.search(said):
        return f"refused {status[1]}"
    return "unreachable" if _NO_ANSWER.search(said) else "failed"
