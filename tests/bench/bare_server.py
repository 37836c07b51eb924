"""Yardstick of the public pages: the least an ASGI application can do. The same bytes and headers, from memory."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_KEPT = json.loads(Path(os.environ["BENCH_PAGE"]).read_text())
HEADERS = [(name.encode(), value.encode()) for name, value in _KEPT["headers"]]
BODY = bytes.fromhex(_KEPT["body"])


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
