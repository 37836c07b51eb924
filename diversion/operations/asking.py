"""Asking web processes how they are, as a load balancer would, but with the token that opens the inside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import httpx

from diversion.operations.questions import harmless
from diversion.operations.readings import Unread, Web

#: Seconds; a process looks at everything within three, its database's patience included.
PATIENCE: Final = 6.0


def webs(urls: Iterable[str], token: str) -> Iterable[Web | tuple[str, Unread]]:
    """What each says of itself, or why it says nothing."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # Their own addresses, behind the proxy: no proxy of this machine's surroundings is to be asked.
    with httpx.Client(headers=headers, timeout=PATIENCE, trust_env=False) as client:
        for url in urls:
            try:
                told = client.get(f"{url.rstrip('/')}/health/ready").json()
                findings = told.get("findings")
                yield Web(url, told["status"], None if findings is None else tuple(findings))
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as error:
                yield url, Unread(harmless(error) or type(error).__name__)
