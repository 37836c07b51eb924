"""diversion/operations/DEGRADED.md promises sentences and names tests: both are there, word for word."""

from __future__ import annotations

import re

import pytest

from tests.architecture.test_security_page import NAMED, ROOT, functions_of
from tests.e2e.words import LANGUAGES, Words

PAGE = (ROOT / "diversion" / "operations" / "DEGRADED.md").read_text(encoding="utf-8")
SAID = re.findall(r"^\| `(\w+:[\w.]+)` \| (.*) \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
STATES = PAGE.partition("## What is said")[0]


def test_every_test_that_shows_a_state_exists():
    named = NAMED.findall(STATES)
    assert len(named) > 15
    assert [(path, name) for path, name in named if name not in functions_of(ROOT / path)] == []


def test_every_state_has_a_test():
    rows = [line for line in STATES.splitlines() if line.startswith("| ") and not line.startswith("| without")]
    assert len(rows) >= 10
    assert [row for row in rows if not NAMED.search(row)] == []


def test_every_sentence_that_a_state_names_is_quoted():
    named = set(re.findall(r"`((?:console|site|screen|common):[\w.]+)`", STATES))
    quoted = {key for key, *_ in SAID}
    assert [key for key in named if not any(one == key or one.startswith(f"{key}.") for one in quoted)] == []


@pytest.mark.parametrize(("key", "sentences"), [(key, said) for key, *said in SAID])
def test_what_is_quoted_is_what_the_screens_say(key: str, sentences: list[str]):
    assert sentences == [_said(language, key) for language in LANGUAGES]


def _said(language: str, key: str) -> str:
    """With its placeholders as the catalogue has them."""
    return Words(language)(key, **{name: "{{" + name + "}}" for name in ("c", "t")})
