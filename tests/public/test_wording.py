"""Every sentence the public can read exists in French and in Dutch, and none is left in English by oversight."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from diversion.public import content, words
from hospitals import causes, gates, services

ROOT = Path(__file__).resolve().parents[2]
#: Alike in English and one of the others.
ALIKE = {"%(service)s: %(level)s.", "SIMULATION", "Consultations", "MRI", "Website", "contamination"}


def spoken() -> Iterator[str]:
    for path in (ROOT / "diversion" / "public").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "noted"}
            if called and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
    for path in (ROOT / "frontend" / "templates" / "bulletin").glob("*.html"):
        text = path.read_text()
        yield from (found[1] for found in re.findall(r"\{% translate (['\"])(.*?)\1", text))
        for block in re.findall(r"\{% blocktranslate.*?%\}(.*?)\{% endblocktranslate", text):
            yield re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_sentence_is_translated(language: str):
    sentences = set(spoken())
    assert len(sentences) > 80
    with translation.override(language):
        missing = [one for one in sentences if translation.gettext(one) == one]
    assert set(missing) <= ALIKE


def test_whatever_may_be_told_has_its_words():
    assert set(words.SERVICES) == set(content.SERVICES)
    assert set(words.CAPABILITIES) == set(content.CAPABILITIES)
    assert set(words.LEVELS) == set(services.LEVELS)
    told = (set(causes.CAUSES) - content.UNCERTAIN - causes.OVERLOAD) | {content.PRESSURE}
    assert set(words.CAUSES) == told
    assert set(words.AMBULANCES) == {*gates.VALUES[gates.AMBULANCES], "disputed", None}
    assert set(words.WALK_INS) == {*gates.VALUES[gates.WALK_INS], "disputed", None}
    assert set(words.SHAPES) == set(words.HEADLINES)


def test_what_may_be_told_of_services_is_known_to_the_domain():
    assert set(content.SERVICES) | content.SLOWS <= set(services.SERVICES)


def test_french_and_dutch_are_spaced_as_they_are_written():
    """A space that breaks before a colon puts it alone on the next line."""
    with translation.override("fr"):
        french = [translation.gettext(one) for one in set(spoken())]
    assert [one for one in french if re.search(r" [:;!?]", one)] == []
