"""Every word of the pages the server draws stands in French and in Dutch, and each with the same blanks to fill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
DRAWN = [*(ROOT / "frontend" / "templates").rglob("*.html"), *(ROOT / "frontend" / "templates").rglob("*.txt")]
WRITTEN = [*(ROOT / "diversion" / "accounts").glob("*.py"), ROOT / "diversion" / "offline.py"]


def words() -> set[str]:
    drawn = "\n".join(path.read_text() for path in DRAWN)
    written = "\n".join(path.read_text() for path in WRITTEN)
    short = [one or other for one, other in re.findall(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""", drawn)]
    long = re.findall(r"\{%\s*blocktranslate.*?%\}(.*?)\{%\s*endblocktranslate", drawn, re.DOTALL)
    called = re.findall(r'(?<!\w)(?:_|gettext)\(\s*"([^"]*)"', written)
    return {*short, *called, *(re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", one) for one in long)}


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_word_is_translated_with_its_blanks(language: str):
    with (ROOT / "diversion" / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        told = {str(one.id): str(one.string) for one in read_po(file)}
    assert len(words()) > 150
    assert sorted(one for one in words() if not told.get(one)) == []
    blanks = re.compile(r"%\(\w+\)s")
    assert [one for one in words() if sorted(blanks.findall(one)) != sorted(blanks.findall(told[one]))] == []
