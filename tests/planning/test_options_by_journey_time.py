"""What one patient's options are, in which order, and what each says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.planning.options import Option, Patient, Place, options
from tests.planning.builders import closed_place, patient, place, ways


def ids(found: Sequence[Option]) -> list[str]:
    return [one.site_id for one in found]


def test_the_nearest_site_comes_first() -> None:
    found = options(patient(), [place("far"), place("near")], ways(900, 300))
    assert ids(found) == ["near", "far"]


def test_the_site_they_are_heading_for_is_not_an_option_but_the_measure_of_the_detour() -> None:
    found = options(patient(), [closed_place(), place("near"), place("on_the_way")], ways(300, 450, 200))
    assert [(one.site_id, one.detour_s) for one in found] == [("on_the_way", -100), ("near", 150)]


def test_the_detour_is_not_known_when_the_present_destination_is_not() -> None:
    (found,) = options(patient(heading_to="elsewhere"), [place("near")], ways(300))
    assert found.detour_s is None


def test_a_difference_under_two_minutes_is_a_tie_and_the_less_loaded_site_comes_first() -> None:
    found = options(patient(), [place("near", inbound=3), place("calm", inbound=1)], ways(300, 419))
    assert [(one.site_id, one.tie) for one in found] == [("calm", True), ("near", True)]


def test_a_difference_of_two_minutes_is_not_a_tie() -> None:
    found = options(patient(), [place("near", inbound=3), place("calm", inbound=1)], ways(300, 420))
    assert [(one.site_id, one.tie) for one in found] == [("near", False), ("calm", False)]


def test_a_tie_is_measured_from_the_best_of_its_group_so_that_ties_do_not_chain() -> None:
    places = [place("a", inbound=2), place("b", inbound=1), place("c", inbound=0)]
    found = options(patient(), places, ways(300, 400, 500))
    assert [(one.site_id, one.tie) for one in found] == [("b", True), ("a", True), ("c", False)]


def test_the_region_may_draw_the_tie_elsewhere() -> None:
    found = options(patient(), [place("near", inbound=1), place("calm")], ways(300, 400), tie_s=60)
    assert ids(found) == ["near", "calm"]


def test_a_closed_gate_puts_a_site_last_however_near_it_is() -> None:
    found = options(patient(), [place("shut", ambulances="closed"), place("open")], ways(60, 900))
    assert [(one.site_id, one.admits) for one in found] == [("open", True), ("shut", False)]


@pytest.mark.parametrize(("urgency", "admitted"), [("vital", True), ("urgent", False), ("routine", False)])
def test_a_gate_for_the_life_threatening_admits_only_the_vital(urgency: str, admitted: bool) -> None:
    (found,) = options(patient(urgency=urgency), [place("limited", ambulances="life_threatening")], ways(300))
    assert found.admits is admitted


@pytest.mark.parametrize("who", [patient(by_smur=True), patient(physician_on_board=True)])
def test_a_smur_mission_or_a_physician_on_board_goes_by_the_smur_gate(who: Patient) -> None:
    found = options(who, [place("no_smur", smur="closed"), place("no_ambulance", ambulances="closed")], ways(300, 600))
    assert [(one.site_id, one.admits) for one in found] == [("no_ambulance", True), ("no_smur", False)]


def test_a_need_that_is_not_established_is_named_and_does_not_exclude() -> None:
    (found,) = options(patient(needs=["stroke", "ct"]), [place("quiet", capabilities={"ct": True})], ways(300))
    assert (found.admits, found.unmet, found.unknown) == (True, (), ("stroke",))


def test_a_need_established_as_absent_excludes() -> None:
    (found,) = options(patient(needs=["stroke"]), [place("small", capabilities={"stroke": False})], ways(300))
    assert (found.admits, found.unmet, found.unknown) == (False, ("stroke",), ())


def test_a_need_that_a_declaration_closed_excludes_even_where_it_is_established() -> None:
    shut = place("ct_down", closed=["ct"], capabilities={"ct": True})
    (found,) = options(patient(needs=["ct"]), [shut], ways(300))
    assert (found.admits, found.unmet, found.unknown) == (False, ("ct",), ())


def test_a_closed_need_that_was_never_established_is_unmet_and_not_unknown() -> None:
    (found,) = options(patient(needs=["ct"]), [place("ct_down", closed=["ct"])], ways(300))
    assert (found.unmet, found.unknown) == (("ct",), ())


@pytest.mark.parametrize(
    ("age_band", "listed"), [("infant", True), ("child", True), ("adult", False), ("unknown", False)]
)
def test_a_childrens_hospital_is_listed_for_children_only(age_band: str, listed: bool) -> None:
    found = options(patient(age_band=age_band), [place("children", destination="paediatric_only")], ways(300))
    assert bool(found) is listed


@pytest.mark.parametrize("destination", ["specialty_only", "oncology_only"])
@pytest.mark.parametrize(("established", "listed"), [(True, True), (None, False), (False, False)])
def test_a_specialised_site_is_listed_only_for_a_need_it_is_established_to_meet(
    destination: str, established: bool | None, listed: bool
) -> None:
    site = place("burns_centre", destination=destination, capabilities={"burns": established})
    assert bool(options(patient(needs=["burns"]), [site], ways(300))) is listed


def test_a_specialised_site_is_not_listed_for_a_patient_without_needs() -> None:
    site = place("burns_centre", destination="specialty_only", capabilities={"burns": True})
    assert options(patient(), [site], ways(300)) == ()


def test_a_site_of_an_unknown_kind_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="'clinic'"):
        options(patient(), [place("clinic", destination="clinic")], ways(300))


def test_an_option_carries_the_journey_it_was_judged_by() -> None:
    (found,) = options(patient(), [place("near", inbound=2)], ways(300))
    shown = (found.seconds, found.low, found.high, found.metres, found.source, found.data_date, found.inbound)
    assert shown == (300, 156, 444, 3000, "line", "2013-01-01", 2)


places = st.lists(
    st.builds(
        place,
        st.uuids().map(str),
        ambulances=st.sampled_from(["open", "life_threatening", "closed"]),
        inbound=st.integers(0, 5),
    ),
    max_size=8,
)


@given(places, st.data())
def test_those_that_admit_come_first_and_only_a_tie_is_out_of_order(sites: list[Place], data: st.DataObject) -> None:
    seconds = data.draw(st.lists(st.integers(0, 1200), min_size=len(sites), max_size=len(sites)))
    found = options(patient(), sites, ways(*seconds))
    admitted = [one for one in found if one.admits]
    assert len(found) == len(sites)
    assert list(found[: len(admitted)]) == admitted
    for earlier, later in pairwise(admitted):
        assert later.seconds > earlier.seconds - 120
        assert earlier.tie or earlier.seconds <= later.seconds
    refused = found[len(admitted) :]
    assert [one.seconds for one in refused] == sorted(one.seconds for one in refused)


@given(places, st.data())
def test_the_order_in_which_the_sites_come_does_not_matter(sites: list[Place], data: st.DataObject) -> None:
    seconds = data.draw(st.lists(st.integers(0, 1200), min_size=len(sites), max_size=len(sites)))
    pairs = list(zip(sites, ways(*seconds), strict=True))
    shuffled = data.draw(st.permutations(pairs))
    other = options(patient(), [site for site, _ in shuffled], [journey for _, journey in shuffled])
    assert other == options(patient(), sites, ways(*seconds))


@pytest.mark.parametrize(
    ("site", "urgency", "refusal"),
    [
        (place("open"), "urgent", None),
        (place("shut", ambulances="closed"), "vital", "gate_closed"),
        (place("limited", ambulances="life_threatening"), "urgent", "vital_only"),
        (place("limited", ambulances="life_threatening"), "vital", None),
        (place("ct_down", closed=["ct"]), "urgent", "capability"),
        (place("shut_too", ambulances="closed", closed=["ct"]), "urgent", "gate_closed"),
    ],
)
def test_a_site_that_does_not_admit_them_says_why(site: Place, urgency: str, refusal: str | None) -> None:
    (found,) = options(patient(urgency=urgency, needs=["ct"]), [site], ways(300))
    assert (found.refusal, found.admits) == (refusal, refusal is None)
