"""Where a dispatcher of the simulated city would send a patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from diversion.simulate.demand import Patient
from diversion.simulate.missions import destination
from diversion.simulate.places import Hospital
from diversion.simulate.town import Town
from tests.simulate.cast import hospitals

CLOSED = {"ambulances": "closed", "smur_destination": "closed"}
VITAL_ONLY = {"ambulances": "life_threatening", "smur_destination": "closed"}


def chosen(sites: dict[str, Hospital], near: str = "saint-pierre", *, kind: str = "ambulance", **patient: Any) -> str:
    physician = patient.pop("physician", False)
    told = {"urgency": "urgent", "needs": ()} | patient
    someone = Patient((0.0, 0.0), told["urgency"], told["needs"], "adult", "male", False, False, False, True)
    site = destination(sites.values(), sites[near].point, someone, kind, physician)
    assert site is not None
    return site.id


def able(sites: dict[str, Hospital], **capabilities: str) -> dict[str, Hospital]:
    return sites | {site: replace(sites[site], capabilities=frozenset({code})) for code, site in capabilities.items()}


def test_the_nearest_department_that_admits(brussels: Town):
    assert chosen(hospitals(brussels)) == "saint-pierre"
    assert chosen(hospitals(brussels, {"saint-pierre": CLOSED})) == "saint-jean"


def test_a_gate_for_life_threatening_cases_admits_vital_ones_only(brussels: Town):
    sites = hospitals(brussels, {"saint-pierre": VITAL_ONLY})
    assert chosen(sites, urgency="vital") == "saint-pierre"
    assert chosen(sites, urgency="urgent") == "saint-jean"


@pytest.mark.parametrize("more", [{"physician": True}, {"kind": "pit"}])
def test_a_physician_or_a_paramedic_team_goes_by_the_other_gate(brussels: Town, more: dict[str, Any]):
    assert chosen(hospitals(brussels, {"saint-pierre": VITAL_ONLY}), urgency="vital", **more) == "saint-jean"


def test_a_need_leads_further_but_not_out_of_town(brussels: Town):
    sites = hospitals(brussels)
    assert chosen(able(sites, stroke="chirec-delta"), needs=("stroke",)) == "chirec-delta"
    assert chosen(able(sites, stroke="jan-portaels"), needs=("stroke",)) == "saint-pierre"


def test_only_children_go_to_the_childrens_hospital(brussels: Town):
    sites = able(hospitals(brussels), paediatric_ed="huderf")
    assert chosen(sites, near="huderf", needs=("paediatric_ed",)) == "huderf"
    assert chosen(sites, near="huderf") == "uz-brussel"


def test_where_nobody_admits_the_nearest_is_named_regardless(brussels: Town):
    sites = hospitals(brussels, dict.fromkeys(hospitals(brussels), CLOSED))
    assert chosen(sites) == "saint-pierre"
