"""The pages of an exercise are marked by the server itself, and nobody lands on one without choosing it."""

from __future__ import annotations

import re

import pytest

from diversion.models import Membership
from tests.exercises.stage import EXERCISE, end
from tests.world import REGION, World

FACES = {
    "console": ("dina", f"/console/{EXERCISE}/"),
    "site": ("clara", "/site/x1-saint-pierre/"),
    "screen": ("ruth", "/screen/x1-saint-jean/"),
}
REAL = {
    "console": ("dina", f"/console/{REGION}/"),
    "site": ("clara", "/site/saint-pierre/"),
    "screen": ("ruth", "/screen/saint-jean/"),
}


def page(login, who: str, path: str) -> str:
    answer = login(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("face", FACES)
def test_every_face_is_marked_before_any_script(login, stage: World, face: str):
    who, path = FACES[face]
    answer = login(who).get(path)
    text = answer.content.decode()
    assert answer["X-Exercise"] == "true"
    assert re.search(r'<html [^>]*class="[^"]*\bexercise"', text)
    assert re.search(r"<title>EXERCISE · ", text)
    # The bar comes before everything that a face draws.
    assert 0 < text.index("OEFENING</strong>") < text.index('id="app"')
    assert '"exercise": true' in text
    assert "tel:" not in text


@pytest.mark.parametrize("face", REAL)
def test_no_real_face_is_marked(login, stage: World, face: str):
    answer = login(REAL[face][0]).get(REAL[face][1])
    text = answer.content.decode()
    assert "X-Exercise" not in answer
    assert "exercise-bar" not in text
    assert '"exercise": false' in text


def test_whoever_has_one_real_face_goes_straight_there(login, stage: World):
    assert login("dina").get("/").url == f"/console/{REGION}/"
    assert login("ruth").get("/").url == "/screen/saint-jean/"


def test_several_real_faces_are_listed_first_and_those_of_the_exercise_apart(login, stage: World):
    text = page(login, "clara", "/")
    apart = text.index('class="rehearsal"')
    assert text.index('href="/site/saint-pierre/"') < apart < text.index('href="/site/x1-saint-pierre/"')


def test_somebody_who_only_rehearses_is_asked_first(login, stage: World):
    Membership.objects.create(user=stage.users["sam"], role="dispatcher", region_id=EXERCISE)
    text = page(login, "sam", "/")
    assert f'href="/console/{EXERCISE}/"' in text
    assert "No role has been given" not in text


def test_the_page_of_exercises_holds_no_real_face(login, stage: World):
    text = page(login, "clara", "/exercise/")
    assert 'href="/site/x1-saint-pierre/"' in text
    assert 'href="/site/saint-pierre/"' not in text


def test_without_an_exercise_nothing_leads_to_one(login, world: World):
    assert "/exercise/" not in page(login, "clara", "/")
    assert "No exercise is running" in page(login, "clara", "/exercise/")


def test_the_choice_of_campuses_is_of_real_ones(login, stage: World):
    """One real campus and its copy are no choice: a coordinator in a hurry must not meet one."""
    assert login("clara").get("/site/").url == "/site/saint-pierre/"


def test_a_refusal_in_an_exercise_is_framed_and_offers_no_call(login, stage: World):
    answer = login("lucas").get("/site/x1-saint-pierre/")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "exercise-bar" in text
    assert "tel:" not in text
    assert "tel:" in login("lucas").get("/site/saint-pierre/").content.decode()


def test_an_ended_one_is_open_to_whoever_inspects_and_says_that_it_has_ended(login, stage: World):
    end(stage.sofie)
    assert "Ended: to look at" in page(login, "ines", "/exercise/")
    assert "exercise-bar" in page(login, "ines", f"/console/{EXERCISE}/")
    assert login("dina").get(f"/console/{EXERCISE}/").status_code == 403
