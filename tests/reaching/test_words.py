"""Every message is said in French and in Dutch, with the same things filled in."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import gettext, override

from diversion.reaching import words

WRITTEN = [words.DECLARATION, words.UNSEEN, words.UNANSWERED, words.FAILING, words.TRIAL]
TEXTS = [text for one in WRITTEN for text in (one.title, one.body)] + list(words.GATE.values()) + ["EXERCISE"]


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("text", TEXTS)
def test_it_is_translated_and_says_the_same_things(text: str, language: str):
    with override(language):
        said = gettext(text)
    assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(re.findall(r"%\(\w+\)s", text))
    assert said != text or language == "nl", "Test: is the same word in Dutch"
