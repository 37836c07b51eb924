"""Importing a registry: all of it or nothing, once, in order, and null stays null."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection

from diversion.actors import SYSTEM
from diversion.commands.diversions import declare_diversion
from diversion.commands.registry import import_registry, planned
from diversion.commands.saying import Declaration
from diversion.errors import Conflict, Denied, Invalid, KeyReused
from diversion.log import AlreadyDone, CommandKey, read_after
from diversion.models import Event, SitePresence, Stream
from diversion.wire.entities import ENTITIES, represent
from hospitals.models import Base, Hospital, Region, Site
from hospitals.registry import load, parse, shipped


def kinds(recorded):
    return [event.kind for event in recorded.events]


def state_of(pk):
    return represent(Site.objects.get(pk=pk))["state"]


def test_a_first_import_is_one_change_that_tells_the_region_and_every_site(loads, document):
    recorded = loads(document)
    assert kinds(recorded) == ["registry.imported", "region.changed", *["site.added"] * 5]
    assert recorded.events[0].fact == {
        "add": {"region": 1, "hospital": 3, "site": 5},
        "attribution": document["meta"]["attribution"],
    }
    assert {event.command_id for event in recorded.events} == {recorded.events[0].command_id}


def test_events_are_numbered_without_gap_and_the_head_follows(loads, document, edited):
    loads(document)
    loads(edited(lambda d: d["sites"][0].update(phone_ed="+32 81 00 00 00")))
    numbers = [event.seq for event in read_after("namur", 0, limit=100)]
    assert numbers == list(range(1, len(numbers) + 1))
    stream = Stream.objects.get(pk="namur")
    assert (stream.head, stream.head_event) == (numbers[-1], Event.objects.get(region="namur", seq=numbers[-1]).pk)


@pytest.mark.parametrize("region", ["brussels", "namur", "liege"])
def test_the_same_file_twice_records_nothing_the_second_time(loads, region):
    document = load(shipped(region))
    loads(document)
    assert planned(parse(document)) == ()
    assert loads(document).events == ()
    assert Stream.objects.get(pk=region).head == Event.objects.filter(region=region).count()


def test_a_site_arrives_with_its_presence_in_the_same_event(loads, document):
    recorded = loads(document)
    for event in recorded.events[2:]:
        assert [change["kind"] for change in event.changes] == ["site", "presence"]
        assert event.changes[1]["state"]["state"] == "never"
        assert event.changes[1]["scope"] == [event.fact["site"]]
    assert SitePresence.objects.count() == 5


def test_replaying_the_events_gives_what_a_snapshot_would_say(loads, document, edited):
    loads(document, simulated=True)
    loads(edited(lambda d: d["hospitals"][0]["name"].update(fr="Un autre nom")))
    replayed = {}
    for event in read_after("namur", 0, limit=100):
        for change in event.changes:
            replayed[change["kind"], change["id"]] = change
    rows = [row for entity in ENTITIES for row in entity.live_rows("namur")]
    assert replayed == {(change["kind"], change["id"]): change for change in map(represent, rows)}


def test_what_is_not_established_stays_null_on_the_wire(loads, document):
    loads(document)
    for said in document["sites"]:
        shown = state_of(said["id"])
        for name in ("phone", "phone_ed", "ed_level", "smur_base", "notes"):
            assert shown[name] == said[name]
        assert shown["beds"] == (said["beds"] and said["beds"]["count"])
        assert shown["address"] == said["address"]
        assert shown["capabilities"] == {code: claim for code, claim in said["capabilities"].items() if claim}
    assert state_of("chrsm-meuse")["smur_base"] is None
    assert state_of("chrsm-meuse")["phone_ed"] is None
    assert "stroke" not in state_of("chrsm-meuse")["capabilities"]


def test_false_and_null_are_told_apart_on_the_wire(loads, edited):
    loads(edited(lambda d: d["sites"][0].update(smur_base=False)))
    assert state_of("chrsm-meuse")["smur_base"] is False
    assert state_of("chrsm-sambre")["smur_base"] is None


def test_a_value_that_becomes_unknown_again_is_null_again(loads, document, edited):
    loads(document)
    assert state_of("chrsm-meuse")["phone"] is not None
    loads(edited(lambda d: d["sites"][0].update(phone=None)))
    assert state_of("chrsm-meuse")["phone"] is None


def test_a_changed_site_is_told_with_the_fields_that_changed(loads, document, edited):
    loads(document)
    recorded = loads(edited(lambda d: d["sites"][1]["position"].update(lat=50.436)))
    assert kinds(recorded) == ["registry.imported", "site.changed"]
    assert recorded.events[0].fact["change"] == {"site": 1}
    assert recorded.events[1].fact == {"site": "chrsm-sambre", "fields": ["position.lat"]}
    [change] = recorded.events[1].changes
    assert (change["id"], change["version"], change["state"]["lat"]) == ("chrsm-sambre", 2, 50.436)


def test_a_hospital_that_is_renamed_is_news_of_each_of_its_sites(loads, document, edited):
    loads(document)
    recorded = loads(edited(lambda d: d["hospitals"][0]["name"].update(fr="Un autre nom")))
    assert [event.fact.get("site") for event in recorded.events] == [None, "chrsm-meuse", "chrsm-sambre"]
    assert recorded.events[1].fact["fields"] == ["hospital.name.fr"]
    assert [event.changes[0]["state"]["hospital"]["name"]["fr"] for event in recorded.events[1:]] == [
        "Un autre nom",
        "Un autre nom",
    ]


def test_a_site_may_join_a_new_hospital_and_its_former_one_may_go(loads, document, edited):
    def merge(d):
        d["hospitals"] = [one for one in d["hospitals"] if one["id"] != "saint-luc-bouge"]
        d["hospitals"].append({"id": "merged", "name": {"fr": "Fusion", "nl": "Fusie"}, "network": None})
        next(one for one in d["sites"] if one["id"] == "saint-luc-bouge")["hospital"] = "merged"

    loads(document)
    recorded = loads(edited(merge))
    assert recorded.events[1].changes[0]["state"]["hospital"] == {
        "id": "merged",
        "name": {"fr": "Fusion", "nl": "Fusie"},
    }
    assert not Hospital.objects.filter(pk="saint-luc-bouge").exists()


def test_a_changed_policy_is_told_as_a_change_of_the_region(loads, document, edited):
    loads(document)
    recorded = loads(edited(lambda d: d["region"]["policy"].update(inbound_limit=6)))
    assert kinds(recorded) == ["registry.imported", "region.changed"]
    assert recorded.events[1].changes[0]["state"]["policy"]["inbound_limit"] == 6


def test_bases_come_and_go_without_a_word_on_the_wire(loads):
    document = load(shipped("brussels"))
    loads(document)
    number = Base.objects.count()
    document["bases"] = [one for one in document["bases"] if one["kind"] == "smur"]
    recorded = loads(document)
    assert kinds(recorded) == ["registry.imported"]
    assert Base.objects.count() == len(document["bases"]) == number - recorded.events[0].fact["retire"]["base"]
    assert planned(parse(document)) == ()


def test_the_simulated_mark_is_told_and_stays_until_it_is_taken_away(loads, document):
    def marked():
        return represent(Region.objects.get(pk="namur"))["state"]["simulated"]

    loads(document)
    assert marked() is False
    recorded = loads(document, simulated=True)
    assert kinds(recorded) == ["registry.imported", "region.changed"]
    assert recorded.events[1].fact == {"region": "namur", "fields": ["simulated"]}
    assert loads(document).events == ()
    assert marked() is True
    loads(document, simulated=False)
    assert marked() is False


# ---------------------------------------------------------------- refusals


def without_a_site(document):
    gone = document["sites"].pop()
    document["hospitals"] = [one for one in document["hospitals"] if one["id"] != gone["hospital"]]


def test_a_file_that_leaves_out_a_site_is_refused_with_the_remedy_and_changes_nothing(loads, document, edited):
    loads(document)
    with pytest.raises(Conflict, match=r"saint-luc-bouge.*ed_level none") as refused:
        loads(edited(without_a_site))
    assert refused.value.code == "cannot_retire"
    assert refused.value.data == {"sites": ["saint-luc-bouge"]}
    assert planned(parse(document)) == ()


def test_the_remedy_for_a_closed_department_is_accepted_while_its_diversion_runs(loads, document, edited):
    loads(document)
    declare_diversion(
        actor=SYSTEM,
        key=CommandKey.new(),
        site_id="saint-luc-bouge",
        declaration=Declaration(cause="it_outage", gates={"ambulances": "closed"}),
    )
    loads(edited(lambda d: d["sites"][-1].update(ed_level="none", destination="specialty_only")))
    shown = state_of("saint-luc-bouge")
    assert (shown["destination"], shown["condition"]) == ("specialty_only", "diverted")


def test_an_id_that_another_region_uses_is_refused(loads, document):
    loads(document)
    other = load(shipped("liege"))
    other["sites"][0]["id"] = "godinne"
    with pytest.raises(Conflict, match="site godinne already belongs to region namur") as refused:
        loads(other)
    assert refused.value.code == "taken_elsewhere"
    assert not Region.objects.filter(pk="liege").exists()
    assert not Event.objects.filter(region="liege").exists()


def test_values_that_do_not_fit_are_all_named(loads, edited):
    def overfill(d):
        d["hospitals"][0]["network"] = "x" * 201
        d["sites"][2]["beds"] = {"count": 2**31, "year": 2020}

    with pytest.raises(Invalid) as refused:
        loads(edited(overfill))
    assert refused.value.detail.splitlines() == [
        "hospital chrsm: network: 201 characters; at most 200 fit",
        "site ste-elisabeth-namur: beds: 2147483648 is more than 2147483647",
    ]
    assert not Region.objects.exists()


def test_a_plan_nobody_agreed_to_is_not_carried_out(loads, document, edited):
    loads(document)
    first = edited(lambda d: d["sites"][0].update(phone=None))
    agreed = planned(parse(first))
    loads(edited(lambda d: d["sites"][0].update(phone="+32 81 11 11 11")))
    with pytest.raises(Conflict) as refused:
        loads(first, agreed=agreed)
    assert refused.value.code == "stale_plan"
    assert state_of("chrsm-meuse")["phone"] == "+32 81 11 11 11"


def test_only_the_administrator_of_that_region_may_import(loads, document, world):
    for actor in (world.dina, world.sofie, world.clara, world.ada):
        with pytest.raises(Denied):
            loads(document, actor=actor)
    assert not Region.objects.filter(pk="namur").exists()


def test_an_administrator_imports_under_that_role(loads, document, edited, world):
    loads(document)
    world.users["ada"].memberships.create(role="administrator", region_id="namur")
    recorded = loads(edited(lambda d: d["sites"][0].update(phone=None)), actor=world.ada)
    assert {event.actor["role"] for event in recorded.events} == {"administrator"}


def test_the_same_key_again_answers_the_same_and_imports_nothing(db, document, edited):
    key = CommandKey.new()
    first = import_registry(actor=SYSTEM, key=key, registry=parse(document))
    with pytest.raises(AlreadyDone) as again:
        import_registry(actor=SYSTEM, key=key, registry=parse(document))
    assert [event.pk for event in again.value.recorded.events] == [event.pk for event in first.events]
    with pytest.raises(KeyReused):
        import_registry(actor=SYSTEM, key=CommandKey(key.id, "other"), registry=parse(document))


@pytest.mark.usefixtures("transactional_db")
def test_two_first_imports_at_once_follow_each_other(document):
    """With real commits: the second waits for the first and finds nothing left to do."""
    registry, ready = parse(document), threading.Barrier(2, timeout=30)

    def go():
        ready.wait()
        with closing(connection):
            return len(import_registry(actor=SYSTEM, key=CommandKey.new(), registry=registry).events)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(go) for _ in range(2)]
    assert sorted(one.result() for one in both) == [0, 7]
    assert Stream.objects.get(pk="namur").head == 7
