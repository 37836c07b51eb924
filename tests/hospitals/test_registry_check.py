"""What is well written and cannot be so is refused with its path, a stable code and the remedy."""

import pytest

from hospitals.registry import InvalidRegistryError, check, load, parse, shipped
from tests.hospitals.towns import claim, detail, found, site


def test_a_sound_registry_has_no_problem(town):
    assert check(town) == []


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
