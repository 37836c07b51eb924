"""What is not written as the format wants it is refused with its path, a stable code and the remedy."""

import pytest

from hospitals.registry import check
from tests.hospitals.towns import NAME, base, claim, detail, found, site

# ---------------------------------------------------------------- shape


def test_an_empty_object_names_every_missing_part():
    paths = [path for path, code in found({}) if code == "missing"]
    assert paths == ["format", "region", "capabilities", "hospitals", "sites", "bases", "sources", "meta"]


def test_another_version_of_the_format_is_refused(town):
    town["format"] = "diversion-registry/2"
    assert found(town) == [("format", "wrong_value")]
    assert (
        detail(town, "format") == "\"diversion-registry/2\" is not 'diversion-registry/1', the only version read here"
    )


def test_a_missing_field_that_may_be_null_is_answered_with_write_null(town):
    del town["sites"][1]["phone"]
    assert [str(one) for one in check(town)] == [
        "sites[1].phone: the field is missing; write null if it is not established"
    ]


def test_a_missing_field_that_must_be_known_is_answered_with_add_it(town):
    del town["sites"][1]["position"]["lat"]
    assert [str(one) for one in check(town)] == ["sites[1].position.lat: the field is missing; add it"]


def test_a_misspelt_field_is_answered_with_the_right_one(town):
    town["sites"][0]["phone_edd"] = None
    assert detail(town, "sites[0].phone_edd") == "no such field in the format; did you mean 'phone_ed'?"


def test_a_foreign_field_is_answered_with_remove_it(town):
    town["meta"]["zzz"] = 1
    assert detail(town, "meta.zzz") == "no such field in the format; remove it"


def test_a_misspelt_policy_setting_is_refused_instead_of_ignored(town):
    town["region"]["policy"]["escalate_after"] = 60
    assert detail(town, "region.policy.escalate_after").endswith("did you mean 'escalate_after_s'?")


def test_a_text_for_a_latitude_is_refused_with_both_kinds(town):
    town["sites"][0]["position"]["lat"] = "50.81"
    assert found(town) == [("sites[0].position.lat", "wrong_type")]
    assert detail(town, "sites[0].position.lat") == '"50.81" is a text; write degrees north, between -90 and 90'


def test_true_is_not_a_number(town):
    town["sites"][0]["fps_site_number"] = True
    assert found(town) == [("sites[0].fps_site_number", "wrong_type")]


def test_a_word_outside_its_list_is_answered_with_the_list(town):
    town["sites"][0]["destination"] = "everyone"
    assert detail(town, "sites[0].destination") == (
        '"everyone" is not one of general, belt, paediatric_only, specialty_only, oncology_only'
    )


def test_unknown_written_as_a_capability_value_is_refused(town):
    town["sites"][0]["capabilities"]["stroke"] = claim(None)
    assert detail(town, "sites[0].capabilities.stroke.value") == (
        "null is not allowed here; write true or false; when it is not established write null for the whole capability"
    )


@pytest.mark.parametrize("phone", ["02/535.31.11", "0032 2 535 31 11", "+3225353111", "+32 2 535 31 11 ext 4", "112"])
def test_a_phone_not_in_international_format_is_refused_with_an_example(town, phone):
    town["sites"][0]["phone_ed"] = phone
    assert found(town) == [("sites[0].phone_ed", "wrong_value")]
    assert "like +32 2 535 31 11" in detail(town, "sites[0].phone_ed")


def test_a_map_label_longer_than_eighteen_characters_is_refused(town):
    town["sites"][0]["short"]["nl"] = "x" * 19
    assert "at most 18 characters" in detail(town, "sites[0].short.nl")


def test_an_empty_name_is_refused(town):
    town["hospitals"][0]["name"]["nl"] = ""
    assert found(town) == [("hospitals[0].name.nl", "wrong_value")]


@pytest.mark.parametrize("text", ["a\x00b", "a\nb"])
def test_a_control_character_in_a_name_is_refused(town, text):
    town["hospitals"][0]["name"]["nl"] = text
    assert found(town) == [("hospitals[0].name.nl", "wrong_value")]


def test_an_identity_with_spaces_is_refused(town):
    town["sites"][1]["id"] = "Site Two"
    assert found(town) == [("sites[1].id", "wrong_value")]


def test_a_registry_without_a_site_is_refused(town):
    town["sites"], town["bases"] = [], []
    assert found(town) == [("sites", "wrong_value")]


# ---------------------------------------------------------------- identities and references


@pytest.mark.parametrize(("collection", "field"), [("sites", "id"), ("hospitals", "id"), ("bases", "id")])
def test_an_identity_used_twice_is_refused_naming_the_first(town, collection, field):
    again = {**town[collection][0]}
    if collection == "sites":
        again = site("one", 50.90, 4.50)
    town[collection].append(again)
    path = f"{collection}[{len(town[collection]) - 1}].{field}"
    assert found(town) == [(path, "duplicate")]
    assert f"already stands at {collection}[0].{field}" in detail(town, path)


def test_a_capability_code_used_twice_is_refused(town):
    town["capabilities"].append({"code": "stroke", "name": NAME})
    assert found(town) == [("capabilities[3].code", "duplicate")]


def test_a_vehicle_status_used_twice_is_refused(town):
    town["region"]["vehicle_statuses"] *= 2
    assert found(town) == [("region.vehicle_statuses[1].code", "duplicate")]


def test_a_federal_site_number_used_twice_is_refused(town):
    town["sites"][1]["fps_site_number"] = 10
    assert found(town) == [("sites[1].fps_site_number", "duplicate")]


def test_two_sites_without_a_federal_number_are_no_duplicates(town):
    town["sites"][0]["fps_site_number"] = None
    assert check(town) == []


def test_a_site_of_an_unknown_hospital_is_refused(town):
    town["sites"][1]["hospital"] = "south"
    assert [str(one) for one in check(town)] == [
        "sites[1].hospital: 'south' is not in hospitals; add it there or correct it"
    ]


def test_a_base_at_an_unknown_site_is_refused(town):
    town["bases"].append(base("post", "three", kind="ambulance"))
    assert found(town) == [("bases[1].site", "unknown_reference")]


@pytest.mark.parametrize("said", [claim(True), None])
def test_a_capability_outside_the_vocabulary_is_refused(town, said):
    town["sites"][1]["capabilities"]["stroek"] = said
    assert found(town) == [("sites[1].capabilities.stroek", "unknown_reference")]
