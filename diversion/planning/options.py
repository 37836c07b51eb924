"""Options by journey time: for one patient, every site that could receive them, those that admit them first.

A capability that is not established is never counted as absent, nor as present: it is named in ``unknown``.
A site that does not admit the patient is still listed, last, because a person may decide to go there all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args
from uuid import UUID

from diversion.journeys.port import Journey
from hospitals.gates import Gate, admits

CHILDREN: Final = frozenset({"infant", "child"})

#: Why a site does not admit a patient. The gate says it before any capability: it holds for more people.
Refusal = Literal["gate_closed", "vital_only", "capability"]
REFUSALS: Final[tuple[str, ...]] = get_args(Refusal)

#: Journey times closer than this cannot be told apart by any engine we measured.
TIE_S: Final = 120


@dataclass(frozen=True, slots=True)
class Patient:
    """What planning may know about the person in one vehicle: never who they are.

    ``by_smur`` is true for a SMUR or PIT mission; ``near_arrival_s`` is the known time left to ``heading_to``.
    """

    transport_id: UUID
    urgency: str
    needs: tuple[str, ...]
    by_smur: bool
    age_band: str
    heading_to: str
    near_arrival_s: int | None = None
    position_lost: bool = False
    physician_on_board: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One site as planning sees it: effective gates, closed and known capabilities, announced patients."""

    site_id: str
    destination: str
    gate_ambulances: Gate
    gate_smur_destination: Gate
    closed_capabilities: frozenset[str]
    capabilities: Mapping[str, bool | None]
    inbound: int
    lat: float
    lon: float


class Option(NamedTuple):
    """One site a patient could go to, with everything the decision was shown.

    A tuple, because a plan makes one for each patient and site: three times as fast as a frozen dataclass.
    """

    site_id: str
    seconds: int
    low: int
    high: int
    metres: int
    source: str
    data_date: str | None
    inbound: int
    admits: bool
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]
    detour_s: int | None
    tie: bool
    refusal: Refusal | None


def options(
    patient: Patient, sites: Sequence[Place], journeys: Sequence[Journey], *, tie_s: int = TIE_S
) -> tuple[Option, ...]:
    """Every site the patient could be redirected to; ``journeys`` are theirs, in the order of ``sites``.

    The site they are heading for is not an option but what the detour is measured against.
    """
    pairs = list(zip(sites, journeys, strict=True))
    staying = next((way.seconds for place, way in pairs if place.site_id == patient.heading_to), None)
    found = [
        _option(patient, place, way, staying)
        for place, way in pairs
        if place.site_id != patient.heading_to and serves(place, patient)
    ]
    refused = sorted((one for one in found if not one.admits), key=_by_time)
    return (*_in_order(found, tie_s), *refused)


def serves(place: Place, patient: Patient) -> bool:
    """Whether this kind of site receives such patients at all, whatever its gates say now."""
    match place.destination:
        case "general" | "belt":
            return True
        case "paediatric_only":
            return patient.age_band in CHILDREN
        case "specialty_only" | "oncology_only":
            return any(place.capabilities.get(need) is True for need in patient.needs)
    raise ValueError(f"site {place.site_id!r} has no known kind of destination: {place.destination!r}")


def gate_for(place: Place, patient: Patient) -> Gate:
    """The gate that decides for this patient."""
    by_physician = patient.by_smur or patient.physician_on_board
    return place.gate_smur_destination if by_physician else place.gate_ambulances


def tie_groups(admitted: Iterable[Option], tie_s: int) -> list[list[Option]]:
    """The admitted options by time, cut where one is no longer within a tie of the best of its group."""
    groups: list[list[Option]] = []
    for one in sorted(admitted, key=_by_time):
        if groups and one.seconds - groups[-1][0].seconds < tie_s:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _in_order(found: Iterable[Option], tie_s: int) -> list[Option]:
    """The admitted ones by time, each tie with the less loaded site first."""
    return [
        one
        for group in tie_groups((one for one in found if one.admits), tie_s)
        for one in sorted(_marked(group), key=_by_load)
    ]


def _marked(group: list[Option]) -> list[Option]:
    return [one._replace(tie=True) for one in group] if len(group) > 1 else group


def _by_time(one: Option) -> tuple[int, str]:
    return one.seconds, one.site_id


def _by_load(one: Option) -> tuple[int, int, str]:
    return one.inbound, one.seconds, one.site_id


def _option(patient: Patient, place: Place, way: Journey, staying: int | None) -> Option:
    unmet = tuple(need for need in patient.needs if _is_unmet(place, need))
    unknown = tuple(need for need in patient.needs if need not in unmet and place.capabilities.get(need) is None)
    refusal = _refusal(patient, place, unmet)
    return Option(
        site_id=place.site_id,
        seconds=way.seconds,
        low=way.low,
        high=way.high,
        metres=way.metres,
        source=way.source,
        data_date=way.data_date,
        inbound=place.inbound,
        admits=refusal is None,
        unmet=unmet,
        unknown=unknown,
        detour_s=None if staying is None else way.seconds - staying,
        tie=False,
        refusal=refusal,
    )


def _refusal(patient: Patient, place: Place, unmet: Sequence[str]) -> Refusal | None:
    gate = gate_for(place, patient)
    if not admits(gate, patient.urgency, patient.needs):
        return "gate_closed" if gate.value == "closed" else "vital_only"
    return "capability" if unmet else None


def _is_unmet(place: Place, need: str) -> bool:
    """Closed by a declaration, or established as absent."""
    return need in place.closed_capabilities or place.capabilities.get(need) is False
