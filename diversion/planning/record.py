"""The question behind a patient's options as plain data, complete: whoever has it can ask again years later.

Options depend on nothing else: no database, no clock, no source of journey times. A record is read by every later
version: what is added to a question gets a value for records that lack it, here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from diversion.journeys.port import Journey
from diversion.planning.options import Option, Patient, Place, options
from diversion.planning.plan import Policy
from hospitals.gates import Gate

#: Raised when a record changes in a way that needs more than a value for what it lacks.
FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Question:
    """One patient, every site of the region as it was, the journey to each, and the region's numbers."""

    patient: Patient
    places: tuple[Place, ...]
    journeys: tuple[Journey, ...]
    policy: Policy


def answer(question: Question) -> tuple[Option, ...]:
    """The options, now as then."""
    return options(question.patient, question.places, question.journeys, tie_s=question.policy.tie_s)


def as_record(question: Question) -> dict[str, Any]:
    return {
        "form": FORM,
        "patient": {**asdict(question.patient), "transport_id": str(question.patient.transport_id)},
        "places": [
            {**asdict(place), "closed_capabilities": sorted(place.closed_capabilities)} for place in question.places
        ],
        "journeys": [asdict(journey) for journey in question.journeys],
        "policy": asdict(question.policy),
    }


def from_record(record: Mapping[str, Any]) -> Question:
    """The question as it was asked. Raises ValueError for a form this version does not know."""
    if record.get("form") != FORM:
        raise ValueError(f"a question of form {record.get('form')!r}; this version reads {FORM}")
    patient = record["patient"]
    return Question(
        patient=Patient(**{**patient, "transport_id": UUID(patient["transport_id"]), "needs": tuple(patient["needs"])}),
        places=tuple(_place(one) for one in record["places"]),
        journeys=tuple(Journey(**one) for one in record["journeys"]),
        policy=Policy(**record["policy"]),
    )


def options_as_record(found: Iterable[Option]) -> list[dict[str, Any]]:
    """The answer as it is kept with the decision that was taken on it."""
    return [{**one._asdict(), "unmet": list(one.unmet), "unknown": list(one.unknown)} for one in found]


def difference(recorded: list[dict[str, Any]], found: Iterable[Option]) -> str | None:
    """The first thing in which an answer differs from the recorded one; None if in nothing.

    Only what was recorded is compared: what later versions say besides is no difference.
    """
    again = options_as_record(found)
    for place, (then, now) in enumerate(zip(recorded, again, strict=False), start=1):
        for name, value in then.items():
            if now.get(name) != value:
                return f"option {place} ({then['site_id']}): {name} was {value!r}, is {now.get(name)!r}"
    return None if len(recorded) == len(again) else f"{len(recorded)} options were recorded, {len(again)} found"


def _place(said: Mapping[str, Any]) -> Place:
    gates = {name: _gate(said[name]) for name in ("gate_ambulances", "gate_smur_destination")}
    return Place(**{**said, **gates, "closed_capabilities": frozenset(said["closed_capabilities"])})


def _gate(said: Mapping[str, Any]) -> Gate:
    lists = {name: tuple(said[name]) for name in ("because", "accepts", "disputed")}
    return Gate(**{**said, **lists})
