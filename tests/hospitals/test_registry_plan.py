"""Importing is planned before it is done: what would be added, changed and retired, in words and as data."""

import copy

import pytest

from hospitals.registry import FieldChange, describe, load, parse, plan, shipped


@pytest.fixture
def document():
    return load(shipped("namur"))


def planned(before, after):
    return plan(parse(before), parse(after))


def test_a_first_import_adds_everything_and_what_is_referred_to_comes_first(document):
    changes = plan(None, parse(document))
    assert {change.action for change in changes} == {"add"}
    assert [change.kind for change in changes] == ["region"] + ["hospital"] * 3 + ["site"] * 5
    assert describe(changes[0]) == "add region namur"


def test_the_same_file_again_changes_nothing(document):
    assert planned(document, document) == ()


def test_the_order_of_capabilities_in_the_file_means_nothing(document):
    other = copy.deepcopy(document)
    capabilities = other["sites"][0]["capabilities"]
    other["sites"][0]["capabilities"] = dict(reversed(capabilities.items()))
    assert len(capabilities) > 1
    assert planned(document, other) == ()


def test_a_changed_phone_is_one_change_with_before_and_after(document):
    other = copy.deepcopy(document)
    other["sites"][1]["phone_ed"] = "+32 71 00 00 00"
    (change,) = planned(document, other)
    assert (change.action, change.kind, change.id) == ("change", "site", "chrsm-sambre")
    assert change.fields == (FieldChange("phone_ed", None, "+32 71 00 00 00"),)
    assert describe(change) == "change site chrsm-sambre: phone_ed not established → '+32 71 00 00 00'"
    assert change.wanted.phone_ed == "+32 71 00 00 00"


def test_a_moved_site_changes_only_the_coordinate_that_moved(document):
    other = copy.deepcopy(document)
    other["sites"][0]["position"]["lat"] = 50.4676
    (change,) = planned(document, other)
    assert [field.path for field in change.fields] == ["position.lat"]


def test_a_capability_that_becomes_unknown_again_is_told_as_not_established(document):
    other = copy.deepcopy(document)
    other["sites"][0]["capabilities"]["maternity"] = None
    (change,) = planned(document, other)
    assert FieldChange("capabilities.maternity.value", True, None) in change.fields
    assert "capabilities.maternity.value yes → not established" in describe(change)


def test_no_and_not_established_are_told_apart(document):
    other = copy.deepcopy(document)
    other["sites"][0]["smur_base"] = False
    (change,) = planned(document, other)
    assert describe(change) == "change site chrsm-meuse: smur_base not established → no"


def test_a_new_boundary_is_told_without_listing_its_corners(document):
    other = copy.deepcopy(document)
    other["region"]["boundary"] = other["region"]["boundary"][:4]
    (change,) = planned(document, other)
    assert describe(change) == "change region namur: boundary a list of 5 → a list of 4"


def test_a_new_policy_setting_is_a_change_of_the_region(document):
    other = copy.deepcopy(document)
    other["region"]["policy"]["inbound_limit"] = 6
    (change,) = planned(document, other)
    assert change.fields == (FieldChange("policy.inbound_limit", None, 6),)


def test_a_new_site_is_added_after_its_new_hospital(document):
    less = copy.deepcopy(document)
    gone = less["sites"].pop()
    less["hospitals"] = [one for one in less["hospitals"] if one["id"] != gone["hospital"]]
    assert [(change.action, change.kind) for change in planned(less, document)] == [
        ("add", "hospital"),
        ("add", "site"),
    ]


def test_a_site_left_out_of_the_file_is_listed_for_retirement_before_its_hospital(document):
    less = copy.deepcopy(document)
    gone = less["sites"].pop()
    less["hospitals"] = [one for one in less["hospitals"] if one["id"] != gone["hospital"]]
    changes = planned(document, less)
    assert [(change.action, change.kind) for change in changes] == [("retire", "site"), ("retire", "hospital")]
    assert describe(changes[0]) == "retire site saint-luc-bouge"
    assert changes[0].wanted is None


def test_a_file_of_another_region_is_refused(document):
    with pytest.raises(ValueError, match="of region 'liege', not of 'namur'"):
        plan(parse(document), parse(load(shipped("liege"))))
