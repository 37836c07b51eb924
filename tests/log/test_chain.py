"""The chain's canonical form is RFC 8785's: whoever writes JSON so, in whatever language, gets the same hashes."""

from __future__ import annotations

import hashlib
import json
import struct
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion import chain
from diversion.models import Event

#: RFC 8785, appendix B: the bits of a double, and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
MOMENT = datetime(2023, 3, 11, 4, 0, 0, 120, tzinfo=UTC)


def event(**changed) -> Event:
    said = {
        "id": uuid.UUID(int=1),
        "region_id": "brussels",
        "seq": 1,
        "kind": "diversion.declared",
        "at": MOMENT,
        "said_at": MOMENT - timedelta(minutes=2),
        "actor": {"kind": "user", "id": 7, "name": "Clara", "role": "coordinator"},
        "command_id": uuid.UUID(int=2),
        "fact": {"diversion": "d", "lat": 50.834, "née": "à 4 h"},
        "changes": [],
    }
    return Event(**{**said, **changed})


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_written_as_ecmascript_prints_them(bits: str, written: str):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert chain.canonical(number) == written


def test_members_are_sorted_by_their_utf16_code_units():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f602", "\u0080", "\u00f6"]
    ordered = json.loads(chain.canonical(dict.fromkeys(names)))
    assert list(ordered) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f602", "\ufb33"]


def test_what_json_has_no_word_for_is_refused():
    for foreign in (float("nan"), float("inf"), {1, 2}, b"bytes", MOMENT):
        with pytest.raises(ValueError):
            chain.canonical({"it": foreign})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_the_form_is_json_of_the_same_value_and_reading_it_back_changes_nothing(value):
    written = chain.canonical(value)
    assert json.loads(written, parse_int=float) == value
    assert chain.canonical(json.loads(written)) == written


def test_the_example_of_the_page_is_computed_without_the_product():
    """diversion/RECORD.md says how in words; here it is with nothing but a JSON writer and SHA-256."""
    said = (
        '{"actor":{"id":7,"kind":"user","name":"Clara","role":"coordinator"},"at":"2023-03-11T04:00:00.000120Z",'
        '"changes":[],"command_id":"00000000-0000-0000-0000-000000000002",'
        '"fact":{"diversion":"d","lat":50.834,"née":"à 4 h"},"id":"00000000-0000-0000-0000-000000000001",'
        '"kind":"diversion.declared","region":"brussels","said_at":"2023-03-11T03:58:00.000120Z"}'
    )
    inner = hashlib.sha256(said.encode()).digest()
    by_hand = hashlib.sha256(bytes(32) + (1).to_bytes(8, "big") + inner).hexdigest()
    assert chain.link(chain.NOTHING, 1, chain.digest(chain.said_by(event()))) == by_hand
    assert by_hand == "f9d9d1d0ed44638b1f4b9dd762d873cd6ea1b500165a2cf0909b79ae1fc47a3d"


@pytest.mark.parametrize(
    "changed",
    [
        {"id": uuid.UUID(int=9)},
        {"region_id": "antwerp"},
        {"kind": "diversion.lifted"},
        {"at": MOMENT + timedelta(microseconds=1)},
        {"said_at": MOMENT},
        {"actor": {"kind": "user", "id": 8, "name": "Clara", "role": "coordinator"}},
        {"command_id": uuid.UUID(int=9)},
        {"fact": {}},
        {"changes": [{"kind": "site"}]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_everything_an_event_says_is_in_its_hash(changed):
    assert chain.digest(chain.said_by(event(**changed))) != chain.digest(chain.said_by(event()))


def test_its_number_and_what_went_before_are_in_its_hash():
    said = chain.digest(chain.said_by(event()))
    assert (
        len({chain.link(chain.NOTHING, 1, said), chain.link(chain.NOTHING, 2, said), chain.link("1" * 64, 1, said)})
        == 3
    )


def test_the_same_moment_of_another_zone_is_the_same_moment():
    abroad = MOMENT.astimezone(timezone(timedelta(hours=2)))
    assert chain.digest(chain.said_by(event(at=abroad))) == chain.digest(chain.said_by(event()))
