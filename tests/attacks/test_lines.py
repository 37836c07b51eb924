"""The lines that are written for whoever watches: every login, every failed one, every refusal, and nothing secret."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from tests.accounts.doors import card, sign_in, stranger, use, with_password
from tests.world import World


@pytest.fixture
def lines(caplog) -> Callable[[str], list[str]]:
    caplog.set_level(logging.INFO)
    return lambda event: [one.getMessage() for one in caplog.records if f"'{event}'" in one.getMessage()]


def test_a_login_and_a_failed_one_are_each_a_line_without_what_was_typed(world: World, lines):
    with_password(world.users["ruth"])
    sign_in(stranger(), "ruth", "my-secret-typed-wrong")
    sign_in(stranger(), "my-password-in-the-wrong-field", "x")
    sign_in(stranger(), "ruth")
    failed, entered = lines("login_failed"), lines("logged_in")
    assert (len(failed), len(entered)) == (2, 1)
    assert f"'user': {world.users['ruth'].pk}" in entered[0]
    assert "'address': '127.0.0.1'" in failed[0]
    assert not any(word in line for line in failed + entered for word in ("secret", "wrong-field", "correct horse"))


def test_a_card_that_was_guessed_at_is_a_line_too(world: World, lines):
    card(world)
    use(stranger(), "clara", "0000 0000 0000")
    assert len(lines("login_failed")) == 1


def test_a_refusal_is_a_line_that_says_who_asked_for_what(
    world: World, say: Callable[..., HttpResponse], lines: Callable[[str], list[str]]
):
    say("ruth", "POST", "/api/sites/saint-pierre/diversions", {"cause": "it_outage"})
    [line] = lines("refused")
    assert f"'actor': 'user:{world.users['ruth'].pk}'" in line
    assert "/api/sites/saint-pierre/diversions" in line
    assert "'code': 'denied'" in line


FORGED = "Not Found: /a\nlevel='info' event='logged_in'"


def test_nobody_writes_lines_of_their_own_into_the_log(world: World, capfd):
    """What a stranger sends stands quoted in one line."""
    from diversion.logs import formatter

    record = logging.LogRecord("x", logging.WARNING, __file__, 1, FORGED, None, None)
    assert len(formatter().format(record).splitlines()) == 1
