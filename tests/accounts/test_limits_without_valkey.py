"""Without Valkey a login works, and guessing is still limited: each process counts by itself."""

from __future__ import annotations

from django.core.cache import caches

from diversion.accounts.cache import CountingCache, _Away
from tests.accounts.doors import card, sign_in, stranger, use, with_password, words
from tests.world import World


def test_people_log_in(world: World, no_valkey: None):
    with_password(world.users["ruth"])
    assert sign_in(stranger(), "ruth")["Location"] == "/"
    assert use(stranger(), "clara", card(world).codes[0]).status_code == 302


def test_guessing_passwords_is_limited(world: World, no_valkey: None):
    with_password(world.users["ruth"])
    for _ in range(10):
        assert "not correct" in words(sign_in(stranger(), "ruth", "wrong"))
    assert "Too many" in words(sign_in(stranger(), "ruth"))


def test_guessing_codes_is_limited(world: World, no_valkey: None):
    printed = card(world)
    for _ in range(10):
        use(stranger(), "clara", "0000 0000 0000")
    assert "Too many tries" in words(use(stranger(), "clara", printed.codes[0]))


def test_a_valkey_that_is_away_is_left_alone_for_a_while(no_valkey: None):
    cache = caches["default"]
    assert isinstance(cache, CountingCache)
    cache.set("one", [1.5])
    until = _Away.until
    assert until > 0
    assert cache.get("one") == [1.5]
    assert _Away.until == until


def test_with_valkey_every_process_sees_the_same_counts(db: None):
    cache = caches["default"]
    cache.set("one", [1.5, 2.5], 60)
    assert cache.spare.get("one") is None
    another = CountingCache(cache._servers[0], {"KEY_PREFIX": cache.key_prefix})
    assert another.get("one") == [1.5, 2.5]
