"""The files that come with the product: valid, complete, and silent where nothing is established."""

import pytest
from jsonschema import Draft202012Validator

from hospitals.registry import check, load, parse, plain, shipped
from hospitals.registry.document import schema

REGIONS = ("brussels", "namur", "liege")


@pytest.fixture(scope="module")
def brussels():
    return parse(load(shipped("brussels")))


def site(registry, site_id):
    return next(one for one in registry.sites if one.id == site_id)


def test_the_published_schema_is_itself_valid():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("region", REGIONS)
def test_every_shipped_file_is_without_a_problem(region):
    assert check(load(shipped(region))) == []


@pytest.mark.parametrize("region", REGIONS)
def test_every_shipped_file_is_named_after_its_region(region):
    assert parse(load(shipped(region))).region.id == region


def test_brussels_has_27_sites_of_which_10_are_in_the_belt(brussels):
    assert len(brussels.sites) == 27
    assert sum(one.zone == "belt" for one in brussels.sites) == 10


def test_brussels_has_eight_active_smur_bases_and_keeps_st_michel_inactive(brussels):
    smurs = [base for base in brussels.bases if base.kind == "smur"]
    assert len(smurs) == 9
    assert [base.site for base in smurs if not base.active] == ["europe-st-michel"]


def test_brussels_has_thirteen_ambulance_posts_and_none_claims_a_good_position(brussels):
    posts = [base for base in brussels.bases if base.kind == "ambulance"]
    assert len(posts) == 13
    assert {base.position.confidence for base in posts} == {"low"}


def test_what_is_not_established_stays_null(brussels):
    assert site(brussels, "europe-st-michel").smur_base is None
    assert site(brussels, "hmra").phone is None
    assert site(brussels, "uz-leuven").beds is None
    assert site(brussels, "saint-luc").claim("stroke") is None
    assert site(brussels, "jan-portaels").address.street.fr is None
    assert {one.recognition_number for one in brussels.sites} == {None}


def test_an_established_no_is_not_confused_with_not_established(brussels):
    assert site(brussels, "brugmann-horta").claim("neurosurgery").value is False
    assert site(brussels, "huderf").claim("adult_ed").value is False
    assert site(brussels, "saint-pierre").claim("neurosurgery") is None


@pytest.mark.parametrize("code", ["toxicology", "dialysis", "decontamination", "ct", "theatre", "icu", "laboratory"])
def test_a_capability_without_any_source_is_claimed_nowhere(brussels, code):
    assert [one.id for one in brussels.sites if one.claim(code)] == []


def test_the_special_hospitals_are_not_general_destinations(brussels):
    special = {one.id: one.destination for one in brussels.sites if one.destination not in ("general", "belt")}
    assert special == {"huderf": "paediatric_only", "hmra": "specialty_only", "bordet": "oncology_only"}


@pytest.mark.parametrize("region", REGIONS)
def test_every_claim_shown_to_users_names_its_source(region):
    claims = [claim for one in parse(load(shipped(region))).sites for claim in one.capabilities]
    assert claims
    assert all(claim.source and claim.confidence for claim in claims)


@pytest.mark.parametrize("region", REGIONS)
def test_typed_sites_and_bases_spell_back_to_exactly_what_the_file_says(region):
    document = load(shipped(region))
    registry = parse(document)
    assert [plain(one) for one in registry.sites] == document["sites"]
    assert [plain(one) for one in registry.bases] == document["bases"]
    assert [plain(one) for one in registry.hospitals] == document["hospitals"]


def test_a_placeholder_hospital_claims_nothing():
    montlegia = site(parse(load(shipped("liege"))), "montlegia")
    assert montlegia.confidence == montlegia.position.confidence == "unverified"
    assert (montlegia.phone, montlegia.beds, montlegia.ed_level, montlegia.capabilities) == (None, None, None, ())
