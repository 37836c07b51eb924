"""What can be said of a site beyond its gates: exceptions, contradictions, embargo, another telephone number."""

from __future__ import annotations

import pytest

from diversion.commands import diversions
from diversion.errors import Invalid
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Transport
from tests.world import World

REPORTS = [{"by": "the director", "value": "open"}, {"by": "the news agency", "value": "closed"}]


def told_site() -> dict:
    event = Event.objects.latest("seq")
    return next(one["state"] for one in event.changes if one["kind"] == "site")


def test_births_are_taken_although_only_severe_cases_are(world: World):
    birth = world.transport("a1", needs=["stroke"], urgency="urgent")
    other = world.transport("a2", needs=["trauma"], urgency="urgent")
    world.declare(gates={"ambulances": "life_threatening"}, accepts=["stroke"])
    affected = Transport.objects.filter(affected_since__isnull=False)
    assert [one.pk for one in affected] == [other.pk]
    assert told_site()["gates"]["ambulances"]["accepts"] == ["stroke"]
    assert birth.pk != other.pk


def test_what_one_declaration_accepts_another_may_refuse(world: World):
    world.declare(gates={"ambulances": "life_threatening"}, accepts=["stroke"])
    world.declare(cause="power", gates={"ambulances": "life_threatening"})
    assert told_site()["gates"]["ambulances"]["accepts"] == []


def test_a_declaration_that_says_nothing_about_a_gate_takes_no_exception_away(world: World):
    world.declare(gates={"ambulances": "life_threatening"}, accepts=["stroke"])
    world.declare(cause="power", gates={"walk_ins": "closed"})
    assert told_site()["gates"]["ambulances"]["accepts"] == ["stroke"]


def test_a_capability_is_not_both_closed_and_accepted(world: World):
    with pytest.raises(Invalid) as refused:
        world.declare(closed_capabilities=["ct"], accepts=["ct"])
    assert (refused.value.code, refused.value.field) == ("contradiction", "accepts")


def test_an_amendment_does_not_contradict_what_was_said_before(world: World):
    diversion = world.declare(closed_capabilities=["ct"])
    with pytest.raises(Invalid, match="both closed and accepted"):
        diversions.amend_diversion(
            actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk, changes={"accepts": ["ct"]}
        )


def test_contradicting_reports_are_told_as_such_and_decide_nothing(world: World):
    diversion = world.declare(disputes=[{"gate": "walk_ins", "reports": REPORTS}])
    gate = told_site()["gates"]["walk_ins"]
    assert (gate["value"], gate["because"], gate["disputed"]) == ("open", [], [str(diversion.pk)])
    assert diversion.disputes[0]["reports"][0] == {"by": "the director", "value": "open", "text": None}


def test_a_report_may_be_in_words_that_no_gate_has(world: World):
    words = [{"by": "the broadcaster", "value": "closed"}, {"by": "the hospital", "text": "strongly slowed"}]
    diversion = world.declare(disputes=[{"gate": "ambulances", "reports": words}])
    assert diversion.disputes[0]["reports"][1]["text"] == "strongly slowed"


@pytest.mark.parametrize(
    ("disputes", "code", "field"),
    [
        ([{"gate": "roof", "reports": REPORTS}], "unknown_gate", "disputes[0].gate"),
        ([{"gate": "walk_ins", "reports": REPORTS[:1]}], "one_sided", "disputes[0].reports"),
        ([{"gate": "walk_ins", "reports": [*REPORTS, {"by": "x", "value": "ajar"}]}], "unknown_gate", "disputes[0]"),
        ([{"gate": "walk_ins", "reports": [*REPORTS, {"by": "x"}]}], "says_nothing", "disputes[0]"),
        ([{"gate": "walk_ins", "reports": REPORTS}] * 2, "contradiction", "disputes"),
    ],
)
def test_a_contradiction_that_is_none_is_refused(world: World, disputes: list, code: str, field: str):
    with pytest.raises(Invalid) as refused:
        world.declare(disputes=disputes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Diversion.objects.exists()


def test_the_rest_of_what_a_hospital_says_is_kept(world: World):
    diversion = world.declare(
        cause_embargoed=True,
        emergency_plan=True,
        contact="0470 00 00 00",
        authoriser="the medical director",
        called_by="the head nurse",
        call_back="02 000 00 00",
        read_back=True,
        actor=world.dina,
    )
    told = next(one["state"] for one in Event.objects.latest("seq").changes if one["kind"] == "diversion")
    names = ("cause_embargoed", "emergency_plan", "contact", "authoriser", "called_by", "call_back", "read_back")
    assert [told[name] for name in names] == [
        True, True, "0470 00 00 00", "the medical director", "the head nurse", "02 000 00 00", True,
    ]  # fmt: skip
    assert diversion.declared_for_the_site()


def test_whether_a_plan_was_started_may_be_unknown(world: World):
    assert world.declare().emergency_plan is None
