"""The words on the screens, read from the very catalogues the screens use: a test names what is said, not how."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).resolve().parents[2] / "frontend" / "src" / "i18n"
LANGUAGES = ("fr", "nl", "en")


class Words:
    """``say("console:act.seen")`` in one language; with ``n=3`` the placeholders are filled."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        text = _found(self.language, key, values.get("count"))
        return re.sub(r"{{\s*(\w+)\s*}}", lambda slot: str(values[slot.group(1)]), text)

    def like(self, key: str, **values: Any) -> re.Pattern[str]:
        """The text as a pattern: a placeholder that is not given may be anything."""
        text = _found(self.language, key, values.get("count"))
        parts = re.split(r"({{\s*\w+\s*}})", text)
        return re.compile("".join(_part(part, values) for part in parts))


def _part(part: str, values: dict[str, Any]) -> str:
    slot = re.fullmatch(r"{{\s*(\w+)\s*}}", part)
    if slot is None:
        # French sets fixed and thin spaces before its signs; a browser reports any of them as a plain one.
        return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(part))
    name = slot.group(1)
    return re.escape(str(values[name])) if name in values else ".+"


def _found(language: str, key: str, count: Any) -> str:
    namespace, _, path = key.rpartition(":")
    node: Any = _catalogue(language, namespace or "common")
    *way, last = path.split(".")
    for step in way:
        node = node[step]
    if last not in node and count is not None:
        # French counts nought as singular, as i18next does.
        last += "_one" if count == 1 or (count == 0 and language == "fr") else "_other"
    text = node[last]
    assert isinstance(text, str), f"{key} is a group of texts"
    return text


@cache
def _catalogue(language: str, namespace: str) -> dict[str, Any]:
    content = json.loads((CATALOGUES / language / f"{namespace}.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content
