"""A form is made once: what it judges for one must leave nothing behind for the next, nor for who is judged beside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from rest_framework.exceptions import ValidationError

from diversion.api.forms import OpenTransportForm
from diversion.api.judging import judged
from diversion.api.sayings import DeclareForm

SAID = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
VEHICLE = "6f0c8dd8-52f4-4a3c-b9a0-0d8f8f2c7a11"
TRANSPORT = {"vehicle": VEHICLE, "destination": "erasme", "urgency": "urgent"}


def test_what_one_said_is_not_heard_in_what_the_next_says():
    told = {**SAID, "comment": "the lifts too", "services": {"laboratory": {"level": "down"}}}
    first, second = judged(DeclareForm, told), judged(DeclareForm, SAID)
    assert first["comment"] == "the lifts too"
    assert second == judged(DeclareForm, SAID)
    assert second["comment"] == ""
    assert "laboratory" not in second["services"]


def test_what_a_command_does_with_what_was_said_stays_with_it():
    first = judged(OpenTransportForm, TRANSPORT)
    first["needs"].append("ct")
    assert judged(OpenTransportForm, TRANSPORT)["needs"] == []


def test_a_refusal_is_forgotten_with_its_request():
    with pytest.raises(ValidationError):
        judged(DeclareForm, {**SAID, "cause": "boredom"})
    assert judged(DeclareForm, SAID)["cause"] == "it_outage"


def test_many_are_judged_at_once_each_by_what_they_said():
    comments = [f"comment {nth}" for nth in range(200)]
    with ThreadPoolExecutor(8) as threads:
        told = threads.map(lambda one: judged(DeclareForm, {**SAID, "comment": one})["comment"], comments)
    assert list(told) == comments
