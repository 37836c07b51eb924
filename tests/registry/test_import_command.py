"""``manage.py import_registry``: says everything that is wrong or would change, and loads all or nothing."""

from __future__ import annotations

import copy
import io
import os

import pytest
from django.core.management import CommandError, call_command

from diversion.models import Event
from hospitals.models import Region, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def terminal():
    """A person at a real terminal who types this answer."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:

        def answers(text):
            os.write(ours, f"{text}\n".encode())
            return stdin

        yield answers
    os.close(ours)


def nothing_is_loaded():
    return not Region.objects.exists() and not Event.objects.exists()


def test_it_shows_the_plan_applies_it_and_says_which_events_it_became(manage, document):
    said = manage(document, "--yes")
    assert "add site chrsm-meuse" in said
    assert "9 changes to region namur" in said
    assert document["meta"]["attribution"] in said
    assert "Done, as events 1 to 7 of region namur." in said
    assert Site.objects.count() == 5


def test_a_second_run_says_that_nothing_changes(manage, document):
    manage(document, "--yes")
    assert manage(document, "--yes") == "Region namur is what the file says: nothing to change.\n"
    assert Event.objects.count() == 7


def test_a_change_is_shown_with_before_and_after(manage, document, edited):
    manage(document, "--yes")
    said = manage(edited(lambda d: d["sites"][0].update(phone_ed="+32 81 00 00 00")), "--yes")
    assert "change site chrsm-meuse: phone_ed not established → '+32 81 00 00 00'" in said
    assert "1 change to region namur" in said


def test_a_dry_run_shows_and_loads_nothing(manage, document):
    said = manage(document, "--dry-run", "--yes")
    assert "add site chrsm-meuse" in said
    assert "nothing was loaded" in said
    assert nothing_is_loaded()


def test_the_simulated_mark_alone_is_a_change(manage, document):
    manage(document, "--yes")
    assert "mark region namur as simulated" in manage(document, "--yes", "--simulated")
    assert Region.objects.get().simulated
    assert "nothing to change" in manage(document, "--yes", "--simulated")
    assert "nothing to change" in manage(document, "--yes")
    assert "mark region namur as real" in manage(document, "--yes", "--no-simulated")


def test_a_region_that_ships_may_be_named():
    out = io.StringIO()
    call_command("import_registry", "liege", "--yes", "--simulated", stdout=out)
    assert "Done, as events 1 to 8 of region liege." in out.getvalue()
    assert Region.objects.get().simulated


# ---------------------------------------------------------------- asking


@pytest.mark.parametrize("answer", ["y", "yes", "Oui", "ja"])
def test_a_person_who_agrees_is_heard(manage, document, terminal, answer):
    said = manage(document, stdin=terminal(answer))
    assert "Apply this? [y/N]" in said
    assert Site.objects.count() == 5


@pytest.mark.parametrize("answer", ["", "n", "no", "maybe"])
def test_anything_but_yes_loads_nothing(manage, document, terminal, answer):
    assert "Not agreed; nothing was loaded." in manage(document, stdin=terminal(answer))
    assert nothing_is_loaded()


def test_without_a_terminal_somebody_must_have_said_yes(manage, document):
    with pytest.raises(CommandError, match="add --yes"):
        manage(document, stdin=io.StringIO("y\n"))
    assert nothing_is_loaded()


# ---------------------------------------------------------------- refusals


def duplicate_site(d):
    d["sites"].append(copy.deepcopy(d["sites"][0]))


def unknown_hospital(d):
    d["sites"][0]["hospital"] = "nowhere"


def unknown_capability(d):
    d["sites"][0]["capabilities"]["teleport"] = {"value": True, "detail": None, "confidence": "low", "source": "x"}


def out_of_region(d):
    d["sites"][1]["position"]["lat"] = 48.8


def exchanged_coordinates(d):
    position = d["sites"][1]["position"]
    position["lat"], position["lon"] = position["lon"], position["lat"]


def contradiction(d):
    d["sites"][2]["ed_level"] = "none"


def unknown_field(d):
    d["sites"][0]["fone"] = "+32 2 000 00 00"


def missing_field(d):
    del d["sites"][3]["phone"]


def unknown_policy(d):
    d["region"]["policy"]["patience_s"] = 3


FAULTS = [
    (duplicate_site, "sites[5].id:"),
    (unknown_hospital, "sites[0].hospital:"),
    (unknown_capability, "sites[0].capabilities.teleport:"),
    (out_of_region, "sites[1].position.lat:"),
    (exchanged_coordinates, "sites[1].position.lat:"),
    (contradiction, "sites[2].destination:"),
    (unknown_field, "sites[0].fone:"),
    (missing_field, "sites[3].phone:"),
    (unknown_policy, "region.policy.patience_s:"),
]


@pytest.mark.parametrize(("fault", "path"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_faulty_file_is_refused_with_the_path_and_nothing_is_loaded(manage, edited, fault, path):
    with pytest.raises(CommandError, match="nothing was loaded") as refused:
        manage(edited(fault), "--yes")
    assert refused.value.returncode == 1
    assert path in manage.err.getvalue()
    assert nothing_is_loaded()


def test_every_fault_of_a_file_is_printed_in_one_run(manage, edited):
    def all_of_them(d):
        for fault in (duplicate_site, unknown_hospital, out_of_region, contradiction):
            fault(d)

    with pytest.raises(CommandError, match="problems; nothing was loaded"):
        manage(edited(all_of_them), "--yes")
    printed = manage.err.getvalue()
    for path in ("sites[5].id:", "sites[0].hospital:", "sites[1].position.lat:", "sites[2].destination:"):
        assert path in printed
    assert nothing_is_loaded()


def test_a_fault_in_a_later_import_leaves_the_earlier_one_untouched(manage, document, edited):
    manage(document, "--yes")
    with pytest.raises(CommandError):
        manage(edited(contradiction), "--yes")
    assert "nothing to change" in manage(document, "--yes")


def test_text_that_is_not_json_is_refused_with_its_place(manage):
    with pytest.raises(CommandError, match="line 1, column 2"):
        manage("{nonsense}", "--yes")


@pytest.mark.parametrize("name", ["atlantis", "atlantis.json"])
def test_a_file_that_is_not_there_is_refused(name):
    with pytest.raises(CommandError, match=r"atlantis.*nothing was loaded"):
        call_command("import_registry", name, "--yes")


def test_a_dry_run_says_that_a_site_cannot_be_left_out(manage, document, edited):
    manage(document, "--yes")

    def leave_out(d):
        gone = d["sites"].pop()
        d["hospitals"] = [one for one in d["hospitals"] if one["id"] != gone["hospital"]]

    with pytest.raises(CommandError, match="leaves out saint-luc-bouge"):
        manage(edited(leave_out), "--dry-run")
    assert "retire site saint-luc-bouge" in manage.out.getvalue()
    assert Site.objects.count() == 5
