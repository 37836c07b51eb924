"""What may be told of what was said: tables, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from diversion.public.content import Episode, Place, is_news, numbers_in, over, running
from hospitals import causes
from hospitals.gates import Said
from hospitals.services import SERVICES

PLACE = Place({"fr": "Hôpital", "nl": "Ziekenhuis"}, "+32 2 555 00 00")
SINCE, NOW, NEXT = "2026-03-02T14:00:00.000Z", "2026-03-02T14:10:00.000Z", "2026-03-02T15:00:00.000Z"


def episode(
    *,
    state: str = "active",
    gates: dict[str, str | None] | None = None,
    closed: tuple[str, ...] = (),
    accepts: tuple[str, ...] = (),
    disputed: tuple[str, ...] = (),
    suspended: bool = False,
    **more: Any,
) -> Episode:
    said = Said("d", state, gates or {}, closed, frozenset(accepts), {}, frozenset(disputed), suspended)
    told = {"cause": "it_outage", "seen": True, "since": SINCE, "confirmed_at": NOW, "next_at": NEXT}
    return Episode(said=said, **{**told, **more})


def tell(*episodes: Episode) -> dict[str, Any]:
    content = running(PLACE, episodes)
    assert content is not None
    return content


def service(level: str, expected: str | None = None) -> dict[str, Any]:
    return {"level": level, "since": SINCE, "expected_at": expected, "note": None}


@pytest.mark.parametrize(
    "quiet",
    [
        episode(seen=False, gates={"ambulances": "closed"}),
        episode(state="suspected"),
        episode(state="suspected", gates={"ambulances": "open"}, services={"records": service("down")}),
        episode(gates={"ambulances": "closed"}, cause="saturation", suspended=True),
    ],
    ids=["not seen by dispatch", "a suspicion", "a suspicion of services", "overload that is suspended"],
)
def test_what_is_not_for_the_public(quiet: Episode):
    assert running(PLACE, [quiet]) is None
    assert running(PLACE, []) is None


@pytest.mark.parametrize("cause", [*causes.CAUSES])
def test_under_embargo_every_cause_reads_the_same(cause: str):
    assert tell(episode(cause=cause, embargoed=True)) == tell(episode(cause="unknown"))


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("unknown", []),
        ("cyber_suspected", []),
        ("cyber_confirmed", ["cyber_confirmed"]),
        ("staffing", ["pressure"]),
        ("saturation", ["pressure"]),
        ("power", ["power"]),
    ],
)
def test_a_cause_is_told_when_it_is_certain_and_overload_without_its_reason(cause: str, told: list[str]):
    assert tell(episode(cause=cause))["causes"] == told


@pytest.mark.parametrize(
    ("one", "value", "disputed"),
    [
        (episode(), None, False),
        (episode(gates={"walk_ins": "open"}), "open", False),
        (episode(gates={"walk_ins": "vital_only"}), "vital_only", False),
        (episode(gates={"walk_ins": "closed"}), "closed", False),
        (episode(disputed=("walk_ins",)), None, True),
    ],
    ids=["nothing said", "said open", "vital only", "closed", "disputed"],
)
def test_a_gate_is_told_as_it_was_said(one: Episode, value: str | None, disputed: bool):
    gate = tell(one)["gates"]["walk_ins"]
    assert (gate["value"], gate["disputed"]) == (value, disputed)


def test_what_one_restricts_another_does_not_put_in_doubt():
    gate = tell(episode(disputed=("walk_ins",)), episode(gates={"walk_ins": "closed"}))["gates"]["walk_ins"]
    assert (gate["value"], gate["disputed"]) == ("closed", False)


def test_where_a_mobile_team_starts_from_is_not_told():
    assert set(tell(episode(gates={"smur_base": "withdrawn"}))["gates"]) == {
        "ambulances",
        "smur_destination",
        "walk_ins",
    }


def test_births_that_are_still_taken_are_told_and_what_crews_need_is_not():
    closed = {"ambulances": "closed", "walk_ins": "closed"}
    content = tell(episode(gates=closed, accepts=("maternity", "stroke"), closed=("dialysis", "ct", "trauma")))
    assert (content["accepts"], content["closed"]) == (["maternity"], ["dialysis"])


def test_what_another_episode_has_closed_is_not_called_accepted():
    one = episode(gates={"ambulances": "closed"}, accepts=("maternity",))
    content = tell(one, episode(closed=("maternity",)))
    assert (content["accepts"], content["closed"]) == ([], ["maternity"])


@pytest.mark.parametrize("code", ["records", "laboratory", "pharmacy", "admissions", "staff_tools"])
@pytest.mark.parametrize(("level", "slower"), [("normal", False), ("degraded", True), ("manual", True), ("down", True)])
def test_of_what_is_inside_the_public_notices_that_it_takes_longer(code: str, level: str, slower: bool):
    content = tell(episode(services={code: service(level)}))
    assert (content["slower"], content["services"]) == (slower, {})


@pytest.mark.parametrize("code", sorted({"email", "wifi", "building", "kitchen", "intensive_care", "theatre_devices"}))
def test_what_is_of_no_use_to_the_public_is_not_told(code: str):
    content = tell(episode(services={code: service("down")}))
    assert (content["slower"], content["services"]) == (False, {})


def test_of_two_levels_the_worse_is_told_and_an_expectation_only_if_all_have_one():
    later, latest = "2026-03-03T08:00:00.000Z", "2026-03-04T08:00:00.000Z"
    one, other = service("degraded", later), service("down", latest)
    both = tell(episode(services={"dialysis": one}), episode(services={"dialysis": other}))
    assert both["services"] == {"dialysis": {"level": "down", "expected_at": latest}}
    doubt = tell(episode(services={"dialysis": other}), episode(services={"dialysis": service("down")}))
    assert doubt["services"]["dialysis"]["expected_at"] is None


@pytest.mark.parametrize(("level", "told"), [("normal", "normal"), ("manual", "normal"), ("down", "down")])
def test_whether_the_telephone_answers(level: str, told: str):
    assert tell(episode(services={"phones": service(level)}))["phones"] == told


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0470 12 34 56", ["0470 12 34 56"]),
        ("GSM chef d'équipe Jan Peeters: 0470/12.34.56 ou +32 2 555 31 11", ["0470/12.34.56", "+32 2 555 31 11"]),
        ("Peeters, bureau 1234", []),
        ("ask Dr Peeters", []),
        ("", []),
        (None, []),
    ],
)
def test_of_a_contact_only_the_number_is_told(text: str | None, numbers: list[str]):
    assert numbers_in(text) == numbers
    assert tell(episode(contact=text))["instead"] == numbers


def test_of_several_episodes_the_first_beginning_and_the_first_promise_count():
    early, late = "2026-03-02T13:00:00.000Z", "2026-03-02T16:00:00.000Z"
    content = tell(episode(since=SINCE, next_at=late, confirmed_at=early), episode(since=early, next_at=NEXT))
    assert (content["since"], content["next_at"], content["confirmed_at"]) == (early, NEXT, early)


def test_an_end_is_expected_only_when_all_expect_one():
    assert tell(episode(expected_at=NEXT), episode(expected_at=NOW))["expected_at"] == NEXT
    assert tell(episode(expected_at=NEXT), episode())["expected_at"] is None


@pytest.mark.parametrize(
    ("minutes", "news"), [("15:04:59", False), ("15:05:00", True), ("14:56:00", False), ("16:00:00", True)]
)
def test_an_attestation_is_news_when_it_moves_the_promise_by_five_minutes(minutes: str, news: bool):
    after = tell(episode(next_at=f"2026-03-02T{minutes}.000Z", confirmed_at="2026-03-02T14:59:00.000Z"))
    assert is_news(tell(episode()), after) is news


def test_the_first_word_is_news_and_so_is_the_first_after_an_end():
    content = tell(episode())
    assert is_news(None, content)
    assert is_news(over(PLACE, content, NOW), content)
    assert not is_news(content, tell(episode()))


def test_content_holds_codes_and_moments_and_what_is_known_of_the_site_anyway():
    """Written out: whoever adds something to what leaves has to think about it twice."""
    content = tell(episode(services=dict.fromkeys(SERVICES, service("down"))))
    assert set(content) == {
        *("kind", "name", "simulated", "phone", "phones", "instead", "since", "restoring", "gates", "closed"),
        *("accepts", "services", "slower", "causes", "expected_at", "confirmed_at", "next_at"),
        *("unconfirmed_since", "retracts"),
    }
    assert {key for one in content["services"].values() for key in one} == {"level", "expected_at"}
    assert {key for one in content["gates"].values() for key in one} == {"value", "disputed", "since"}
