"""A client has nothing to say: what talks too much is let go at once, and costs nothing for what comes after."""

from __future__ import annotations

import asyncio
from typing import Any

from diversion.actors import Actor
from diversion.feed.admission import Admission, Request
from diversion.feed.connection import TALK, Connection
from diversion.wire.audiences import Audience

SAID = {"type": "websocket.receive", "text": "x"}


async def nowhere(message: dict[str, Any]) -> None:
    """Nothing is sent in these tests."""


def connection() -> Connection:
    admission = Admission(Actor("user", 1, "Dina"), Audience("testopolis"), Request("testopolis"), ())
    return Connection(admission, nowhere, "websocket")


async def test_a_little_is_borne():
    reader = connection()
    for _ in range(TALK):
        reader.hear(SAID)
    assert not reader.ended


async def test_of_ten_thousand_messages_in_one_piece_only_the_first_are_counted():
    reader = connection()
    for _ in range(10_000):
        reader.hear(SAID)
    assert await asyncio.wait_for(reader.wait(), 1) == "too_talkative"
    assert len(reader._said) == TALK + 1


async def test_who_has_gone_has_gone_whatever_else_was_said():
    reader = connection()
    reader.hear({"type": "websocket.disconnect", "code": 1000})
    reader.hear(SAID)
    assert await asyncio.wait_for(reader.wait(), 1) == "gone"
