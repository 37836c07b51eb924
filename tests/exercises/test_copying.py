"""The copy of a registry: everything in it says that it is an exercise, and nobody can be called from it."""

from __future__ import annotations

import json
import re

import pytest

from hospitals.exercises import id_prefix, is_exercise, is_place_of_exercise, marked, region_code, rehearsed
from hospitals.registry import load, parse, plain, shipped

SHIPPED = ("brussels", "namur", "liege")


@pytest.fixture(params=SHIPPED)
def pair(request):
    real = parse(load(shipped(request.param)))
    return real, rehearsed(real, 3)


def test_every_identity_is_the_exercises_own(pair):
    real, copy = pair
    assert copy.region.id == f"{real.region.id}-exercise-3"
    assert {one.id for _, one in real.entities()}.isdisjoint(one.id for _, one in copy.entities())
    assert all(is_place_of_exercise(one.id) for kind, one in copy.entities() if kind != "region")
    assert not any(is_place_of_exercise(one.id) for kind, one in real.entities() if kind != "region")


def test_what_referred_to_a_place_refers_to_its_copy(pair):
    real, copy = pair
    assert [one.hospital for one in copy.sites] == [f"x3-{one.hospital}" for one in real.sites]
    assert [one.site for one in copy.bases] == [one.site and f"x3-{one.site}" for one in real.bases]


def test_every_name_says_exercise_in_its_language(pair):
    _, copy = pair
    names = [one.name for _, one in copy.entities()]
    assert all(name.fr.startswith("EXERCICE · ") and name.nl.startswith("OEFENING · ") for name in names)
    assert copy.region.name.en.startswith("EXERCISE · ")
    assert all(text.startswith("EX · ") for one in copy.sites for text in (one.short.fr, one.short.nl))


def test_nobody_can_be_called(pair):
    """Not even from a note: a number nobody removed would ring at a real hospital."""
    _, copy = pair
    text = json.dumps([plain(one) for _, one in copy.entities()])
    assert not re.search(r"\+\d{2} \d|\b0\d{1,3}[ /.]\d{2}", text)
    assert copy.region.dispatch_phone is None
    assert {(one.phone, one.phone_ed) for one in copy.sites} == {(None, None)}


def test_nothing_else_differs(pair):
    real, copy = pair
    for ours, theirs in zip(copy.sites, real.sites, strict=True):
        marked_fields = {"id", "hospital", "name", "short", "phone", "phone_ed", "notes", "capabilities"}
        same = plain(ours).keys() - marked_fields
        assert {name: plain(ours)[name] for name in same} == {name: plain(theirs)[name] for name in same}
        assert [(one.code, one.value) for one in ours.capabilities] == [
            (one.code, one.value) for one in theirs.capabilities
        ]


@pytest.mark.parametrize("code", ["brussels", "brussels-exercise", "exercise-1-brussels", "x1-brussels"])
def test_a_real_region_is_not_taken_for_an_exercise(code):
    assert not is_exercise(code)
    assert id_prefix(code) == ""
    assert marked(code, "Text") == "Text"


def test_a_text_that_leaves_an_exercise_begins_with_the_word():
    code = region_code("brussels", 2)
    assert marked(code, "Text", "nl") == "OEFENING · Text"
    assert marked(code, "Text") == "EXERCICE / OEFENING / EXERCISE · Text"


@pytest.mark.parametrize("place", ["x1-saint-luc", "x20-a"])
def test_a_place_of_an_exercise_is_told_by_its_id(place):
    assert is_place_of_exercise(place)
    assert not is_place_of_exercise(place[1:])
