"""Handing a message to a gateway. What went wrong is told by one of our own few words: the library's would quote
the address.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import apprise

from diversion.reaching import push
from diversion.reaching.addresses import NoAddress, gateway
from diversion.reaching.sealing import Unreadable, unseal

#: What a channel's ``last_error`` may say; "refused" is followed by the gateway's HTTP status if it gave one.
ERRORS: Final = ("refused", "unreachable", "unreadable", "worker_silent", "failed")
#: Seconds for everything: also a gateway that answers byte by byte is given up before somebody else tries again.
TOTAL: Final = 30
_STATUS: Final = re.compile(r"error[=:]\s?(\d{3})\b")
_NO_ANSWER: Final = re.compile(r"connection error|socket|timed? ?out|did not finish", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told, by language. A device also wants to know what it is about (``tag``: the next one about it takes
    its place), which page of ours to open, and whether it may stay silent.
    """

    title: Mapping[str, str]
    body: Mapping[str, str]
    tag: str
    page: str
    test: bool


def send(sealed: str, message: Message) -> str | None:
    """Hand one message out. None when the gateway took it; otherwise one of ERRORS."""
    heading, text = " / ".join(_distinct(message.title)), "\n\n".join(_distinct(message.body))
    try:
        address = unseal(sealed)
        if push.is_device(address):
            return push.post(address, push.Notification(heading, text, message.tag, message.page, message.test))
        plugin = gateway(address)
    except (Unreadable, NoAddress):
        return "unreadable"
    sender = apprise.Apprise()
    sender.add(plugin)
    with sender.notify(text, heading, timeout=TOTAL, log_level=logging.WARNING) as result:
        return None if result else _why("\n".join(entry.message for entry in result.logs()))


def _distinct(texts: Mapping[str, str]) -> list[str]:
    """Each language's text, once: a name that is the same in both is not said twice."""
    return list(dict.fromkeys(texts.values()))


def _why(said: str) -> str:
    if status := _STATUS.search(said):
        return f"refused {status[1]}"
    return "unreachable" if _NO_ANSWER.search(said) else "failed"
