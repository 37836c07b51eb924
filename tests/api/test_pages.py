"""The pages: each face opens for its own people and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.world import REGION, World

Login = Callable[[str], Client]


@pytest.mark.parametrize("path", ["/", f"/console/{REGION}/", "/site/", "/site/saint-pierre/", "/screen/saint-jean/"])
def test_a_page_asks_a_stranger_to_log_in(world: World, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("dina", f"/console/{REGION}/", 200),
        ("ines", f"/console/{REGION}/", 200),
        ("clara", f"/console/{REGION}/", 403),
        ("sam", f"/console/{REGION}/", 403),
        ("clara", "/site/saint-pierre/", 200),
        ("lucas", "/site/saint-pierre/", 403),
        ("ruth", "/site/saint-jean/", 200),
        ("ruth", "/site/saint-luc/", 403),
        ("ruth", "/screen/saint-jean/", 200),
        ("ruth", "/screen/saint-luc/", 403),
        ("dina", "/console/nowhere/", 404),
    ],
)
def test_a_face_opens_for_its_own_people_only(world: World, login: Login, who: str, path: str, status: int) -> None:
    assert login(who).get(path).status_code == status


def test_somebody_with_one_face_goes_straight_to_it(world: World, login: Login) -> None:
    assert login("dina").get("/")["Location"] == f"/console/{REGION}/"


def test_a_receiver_goes_straight_to_the_screen_though_the_page_may_be_read(world: World, login: Login) -> None:
    assert login("ruth").get("/")["Location"] == "/screen/saint-jean/"


def test_a_coordinator_may_choose_between_the_page_and_the_screen_of_the_site(world: World, login: Login) -> None:
    page = login("clara").get("/")
    assert page.status_code == 200
    assert b"/site/saint-pierre/" in page.content
    assert b"/screen/saint-pierre/" in page.content


@pytest.mark.parametrize(("language", "word"), [("fr", 'lang="fr"'), ("nl", 'lang="nl"'), ("en", 'lang="en"')])
def test_a_page_says_which_language_it_speaks(world: World, language: str, word: str) -> None:
    assert word in Client().get("/accounts/login/", headers={"Accept-Language": language}).content.decode()


def test_a_page_allows_nothing_from_elsewhere(world: World, login: Login) -> None:
    policy = login("dina").get(f"/console/{REGION}/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https", "").replace("http-equiv", "")


def test_the_probes_answer(db: None) -> None:
    assert Client().get("/health/live").json() == {"status": "live"}
    assert Client().get("/health/ready").status_code == 200
