"""Each way in which a registry can be wrong is refused with its path, a stable code and the remedy."""

import pytest

from hospitals.registry import InvalidRegistryError, check, load, parse, shipped

NAME = {"fr": "Un", "nl": "Een", "en": "One"}


def site(site_id, lat, lon, **more):
    return {
        "id": site_id,
        "hospital": "north",
        "name": {"fr": site_id, "nl": site_id},
        "short": {"fr": site_id, "nl": site_id},
        "zone": "town",
        "address": {"street": None, "postal_code": "1000", "commune": {"fr": "Ville", "nl": "Stad"}},
        "position": {"lat": lat, "lon": lon, "precision": "site_point", "confidence": "medium"},
        "phone": None,
        "phone_ed": None,
        "beds": None,
        "fps_site_number": None,
        "recognition_number": None,
        "ed_level": "specialised",
        "ed_level_inferred": False,
        "destination": "general",
        "smur_base": None,
        "capabilities": {},
        "confidence": "medium",
        "sources": [],
        "notes": None,
        **more,
    }


def base(base_id, at, **more):
    return {
        "id": base_id,
        "kind": "smur",
        "site": at,
        "name": {"fr": base_id, "nl": base_id},
        "operator": None,
        "position": {"lat": 50.81, "lon": 4.31, "precision": "site_point", "confidence": "medium"},
        "vehicles": None,
        "active": True,
        "legal_clause": None,
        "confidence": "medium",
        "sources": [],
        "notes": None,
        **more,
    }


def claim(value):
    return {"value": value, "detail": None, "confidence": "medium", "source": "the hospital"}


@pytest.fixture
def town():
    """A small valid registry: two sites, the first with a SMUR."""
    return {
        "format": "diversion-registry/1",
        "region": {
            "id": "town",
            "name": NAME,
            "timezone": "Europe/Brussels",
            "boundary": [[4.0, 50.5], [4.9, 50.5], [4.9, 51.0], [4.0, 51.0]],
            "dispatch_phone": None,
            "policy": {},
            "vehicle_statuses": [{"code": "available", "name": NAME}],
        },
        "capabilities": [{"code": code, "name": NAME} for code in ("adult_ed", "paediatric_ed", "stroke")],
        "hospitals": [{"id": "north", "name": {"fr": "Nord", "nl": "Noord"}, "network": None}],
        "sites": [site("one", 50.81, 4.31, smur_base=True, fps_site_number=10), site("two", 50.85, 4.40)],
        "bases": [base("smur-one", "one")],
        "sources": [],
        "meta": {"attribution": "a", "vintage": "2020", "null_means": "not established", "warnings": []},
    }


def found(document):
    return [(problem.path, problem.code) for problem in check(document)]


def detail(document, path):
    return next(problem.detail for problem in check(document) if problem.path == path)


def test_a_sound_registry_has_no_problem(town):
    assert check(town) == []


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


# ---------------------------------------------------------------- positions


def test_a_site_outside_the_region_is_refused_with_its_path(town):
    town["sites"][1]["position"]["lat"] = 58.1
    assert [str(one) for one in check(town)] == [
        "sites[1].position.lat: 58.1 is outside the region's boundary; correct the position, or widen region.boundary"
    ]


def test_a_site_too_far_east_is_refused_at_its_longitude(town):
    town["sites"][1]["position"]["lon"] = 5.9
    assert found(town) == [("sites[1].position.lon", "outside_region")]


def test_a_base_outside_the_region_is_refused(town):
    town["bases"][0]["position"]["lat"] = 49.0
    assert found(town) == [("bases[0].position.lat", "outside_region")]


def test_exchanged_coordinates_are_recognised(town):
    town["sites"][1]["position"].update(lat=4.40, lon=50.85)
    assert "look exchanged" in detail(town, "sites[1].position.lat")


def test_a_boundary_that_encloses_nothing_is_reported_once_and_not_for_every_site(town):
    town["region"]["boundary"] = [[4.0, 50.5], [4.5, 50.5], [4.9, 50.5]]
    assert found(town) == [("region.boundary", "empty_boundary")]


def test_two_sites_at_the_same_point_are_refused(town):
    town["sites"][1]["position"].update(lat=50.8101, lon=4.31)
    assert found(town) == [("sites[1].position", "same_point")]
    assert "sites[0] (one)" in detail(town, "sites[1].position")


def test_two_placeholders_at_the_centre_of_one_commune_are_allowed(town):
    for entry in town["sites"]:
        entry["position"].update(lat=50.81, lon=4.31, precision="commune_centroid")
    assert check(town) == []


# ---------------------------------------------------------------- contradictions


@pytest.mark.parametrize("said", [False, None])
def test_an_active_smur_at_a_site_that_does_not_claim_one_is_refused(town, said):
    town["sites"][0]["smur_base"] = said
    assert found(town) == [("bases[0].active", "contradiction")]


def test_an_inactive_smur_at_a_doubtful_site_is_kept_on_file(town):
    town["sites"][0]["smur_base"] = None
    town["bases"][0]["active"] = False
    assert check(town) == []


def test_a_site_that_claims_a_smur_which_no_base_names_is_refused(town):
    town["sites"][1]["smur_base"] = True
    assert found(town) == [("sites[1].smur_base", "contradiction")]


def test_an_active_smur_away_from_any_site_is_refused(town):
    town["sites"][0]["smur_base"] = None
    town["bases"][0]["site"] = None
    assert found(town) == [("bases[0].site", "contradiction")]


@pytest.mark.parametrize("level", ["first_reception", "none"])
def test_a_smur_without_a_specialised_ed_is_refused_unless_a_legal_clause_is_cited(town, level):
    town["sites"][0].update(ed_level=level, destination="specialty_only")
    assert found(town) == [("bases[0].site", "contradiction")]
    town["bases"][0]["legal_clause"] = "a clause of its own"
    assert check(town) == []


@pytest.mark.parametrize("level", ["specialised_or_first_reception", None])
def test_a_smur_where_the_kind_of_ed_is_not_established_is_allowed(town, level):
    town["sites"][0]["ed_level"] = level
    assert check(town) == []


def test_a_childrens_hospital_without_a_paediatric_ed_is_refused(town):
    town["sites"][1].update(destination="paediatric_only", capabilities={"paediatric_ed": claim(False)})
    assert found(town) == [("sites[1].destination", "contradiction")]


def test_a_general_destination_that_takes_no_adults_is_refused(town):
    town["sites"][1]["capabilities"] = {"adult_ed": claim(False)}
    assert found(town) == [("sites[1].destination", "contradiction")]


@pytest.mark.parametrize("destination", ["general", "belt"])
def test_a_general_destination_without_an_ed_is_refused(town, destination):
    town["sites"][1].update(destination=destination, ed_level="none")
    assert found(town) == [("sites[1].destination", "contradiction")]


def test_a_level_that_is_not_established_cannot_be_inferred(town):
    town["sites"][1].update(ed_level=None, ed_level_inferred=True)
    assert found(town) == [("sites[1].ed_level_inferred", "contradiction")]


# ---------------------------------------------------------------- all at once


def test_every_problem_is_reported_at_once_schema_first(town):
    town["sites"][0]["phone"] = "112"
    town["sites"][1]["hospital"] = "south"
    town["sites"][1]["position"]["lat"] = 58.1
    town["hospitals"].append({"id": "west"})
    assert found(town) == [
        ("hospitals[1].name", "missing"),
        ("hospitals[1].network", "missing"),
        ("sites[0].phone", "wrong_value"),
        ("sites[1].hospital", "unknown_reference"),
        ("sites[1].position.lat", "outside_region"),
    ]


def test_a_broken_entry_does_not_make_what_refers_to_it_wrong(town):
    del town["hospitals"][0]["name"]
    del town["bases"][0]["active"]
    assert found(town) == [("bases[0].active", "missing"), ("hospitals[0].name", "missing")]


def test_entries_are_reported_in_the_order_of_the_file(town):
    town["sites"] = [site(f"s{n}", 50.6 + n / 50, 4.3, phone="112") for n in range(12)]
    town["bases"] = []
    assert [path for path, _ in found(town)] == [f"sites[{n}].phone" for n in range(12)]


@pytest.mark.parametrize("junk", [None, 3, "x", [3], {"a": 1}, [[[]]], [None, {}]])
@pytest.mark.parametrize("part", ["region", "capabilities", "hospitals", "sites", "bases", "sources", "meta"])
def test_junk_in_place_of_a_part_is_reported_and_never_crashes_the_check(town, part, junk):
    town[part] = junk
    assert any(problem.path.startswith(part) for problem in check(town))


def test_parsing_an_invalid_registry_raises_with_every_problem(town):
    town["sites"][0]["phone"] = "112"
    town["sites"][1]["position"]["lat"] = 58.1
    with pytest.raises(InvalidRegistryError, match=r"sites\[0\]\.phone: .*\nsites\[1\]\.position\.lat: ") as refused:
        parse(town)
    assert list(refused.value.problems) == check(town)


def test_a_shipped_site_moved_abroad_is_refused():
    document = load(shipped("brussels"))
    document["sites"][3]["position"]["lat"] = 58.1
    assert found(document) == [("sites[3].position.lat", "outside_region")]
