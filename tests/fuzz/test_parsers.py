"""No bytes from outside make a parser fail otherwise than it says it does. A moment of it here, hours by `long`."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds

TEXT = st.text(max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


def mended(name: str, index: int, at: int, instead: bytes) -> bytes:
    """An honest example with a few bytes of it replaced."""
    some = seeds(name)
    honest = some[index % len(some)]
    at %= len(honest) + 1
    return honest[:at] + instead + honest[at + len(instead) :]


def swapped(name: str, index: int, at: int, value: object) -> bytes:
    """An honest JSON example with one of its values replaced by any other, somewhere inside."""
    some = seeds(name)
    try:
        document = json.loads(some[index % len(some)])
    except ValueError:
        return json.dumps(value).encode()
    places = list(_places(document))
    if places:
        container, key = places[at % len(places)]
        container[key] = value
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _places(value: object):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


def tried(name: str):
    index, at = st.integers(0, 50), st.integers(0, 100_000)
    return (
        st.binary(max_size=200)
        | st.builds(mended, st.just(name), index, at, st.binary(min_size=1, max_size=6))
        | st.builds(swapped, st.just(name), index, at, VALUES)
    )


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_taken_or_refused_in_words(name: str):
    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(tried(name))
    def anything(data: bytes) -> None:
        TARGETS[name](data)

    anything()


#: What was found here or by the long run, so that it stays found.
FOUND = [
    ("cursor", b"9223372036854775808:-"),
    (
        "scenario",
        b'{"format":"diversion-replay/1","steps":5,"start_local":"","timezone":"UTC","sources":[],"conflicts":[]}',
    ),
    ("scenario", b'{"format":"diversion-replay/1","steps":[{"precision":[]}],"start_local":"","timezone":"UTC"}'),
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_once_a_fault_is_none_any_more(name: str, data: bytes):
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_the_honest_examples_are_no_faults(name: str):
    for one in seeds(name):
        TARGETS[name](one)
