"""Plain builders: patients, places and journeys with unremarkable values unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from diversion.journeys.port import Journey
from diversion.planning.options import Patient, Place
from hospitals.gates import Gate

CLOSED = "closed_site"


def way(seconds: int) -> Journey:
    return Journey(seconds, max(0, seconds - 144), seconds + 144, seconds * 10, "line", "2013-01-01")


def ways(*seconds: int) -> tuple[Journey, ...]:
    return tuple(way(one) for one in seconds)


def patient(
    number: int = 1,
    *,
    urgency: str = "urgent",
    needs: Sequence[str] = (),
    by_smur: bool = False,
    age_band: str = "adult",
    heading_to: str = CLOSED,
    near_arrival_s: int | None = None,
    position_lost: bool = False,
    physician_on_board: bool = False,
) -> Patient:
    return Patient(
        transport_id=UUID(int=number),
        urgency=urgency,
        needs=tuple(needs),
        by_smur=by_smur,
        age_band=age_band,
        heading_to=heading_to,
        near_arrival_s=near_arrival_s,
        position_lost=position_lost,
        physician_on_board=physician_on_board,
    )


def place(
    site_id: str,
    *,
    destination: str = "general",
    ambulances: str = "open",
    smur: str = "open",
    closed: Sequence[str] = (),
    accepts: Sequence[str] = (),
    capabilities: Mapping[str, bool | None] | None = None,
    inbound: int = 0,
) -> Place:
    return Place(
        site_id=site_id,
        destination=destination,
        gate_ambulances=Gate(ambulances, accepts=tuple(accepts)),
        gate_smur_destination=Gate(smur, accepts=tuple(accepts)),
        closed_capabilities=frozenset(closed),
        capabilities=capabilities or {},
        inbound=inbound,
        lat=50.85,
        lon=4.35,
    )


def closed_place(inbound: int = 0) -> Place:
    """Where everybody was heading before its ambulance gate closed."""
    return place(CLOSED, ambulances="closed", smur="closed", inbound=inbound)
