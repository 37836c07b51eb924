"""What simulated departments say they can take: once, after a while, by their size, and never for a person."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from diversion.simulate import assumptions
from diversion.simulate.api import Api
from diversion.simulate.city import City
from diversion.simulate.crews import Crews
from diversion.simulate.offering import Offer, Offers
from diversion.simulate.options import Credentials
from diversion.simulate.people import People
from diversion.simulate.staff import Desk, Staff, desks
from diversion.simulate.town import Town
from diversion.simulate.voice import Voice
from tests.simulate.cast import city
from tests.simulate.centre import Centre
from tests.simulate.test_outside import Server

NAMES = tuple(f"ed-{number}" for number in range(200))
ASKED = "2026-01-01T12:00:00.000Z"


def department(site: str, beds: int | None = 400, ambulances: str = "open") -> dict[str, Any]:
    gates = {"ambulances": {"value": ambulances, "because": []}}
    return {"id": site, "destination": "general", "beds": beds, "gates": gates}


SITES = {name: department(name) for name in NAMES}


def question(*sites: str, offers: tuple[str, ...] = (), asked_at: str = ASKED) -> dict[str, Any]:
    return {"id": "fire", "sites": list(sites), "offers": {site: {} for site in offers}, "asked_at": asked_at}


def offers(*names: str, muted: str = "") -> Offers:
    return Offers(Staff({name: Desk(name, muted=name == muted) for name in names}, seed=1), seed=1)


def said(people: Offers, row: dict[str, Any], sites: dict[str, Any] = SITES) -> list[tuple[float, Offer]]:
    return [(float(now), offer) for now in range(300) for offer in people.ready(now, [row], sites)]


def test_most_departments_answer_once_after_minutes_and_one_in_some_does_not():
    given = said(offers(*NAMES), question(*NAMES))
    low, high = assumptions.OFFERS_S
    assert all(low <= at <= high + 1 for at, _ in given)
    assert len({offer.question.site for _, offer in given}) == len(given)
    assert 0.04 < 1 - len(given) / len(NAMES) < 0.22


def test_a_larger_hospital_takes_more_and_none_a_number_without_measure():
    large, small = "ed-1", "ed-2"
    sites = SITES | {large: department(large, 900), small: department(small, 120), "ed-3": department("ed-3", None)}
    told = {site: offers("ed-1")._numbers(sites[site]) for site in (large, small, "ed-3")}
    assert sum(told[large].values()) > sum(told[small].values()) > 0
    assert all(set(numbers) == {"vital", "urgent", "routine"} for numbers in told.values())
    assert told[large]["vital"] <= 12
    assert sum(told[large].values()) <= 90


@pytest.mark.parametrize(("gate", "some"), [("closed", set()), ("life_threatening", {"vital"})])
def test_nobody_offers_what_their_gates_refuse(gate: str, some: set[str]):
    numbers = offers("ed-1")._numbers(department("ed-1", 900, gate))
    assert {urgency for urgency, number in numbers.items() if number} == some


def test_the_same_seed_says_the_same():
    assert said(offers(*NAMES[:9]), question(*NAMES[:9])) == said(offers(*NAMES[:9]), question(*NAMES[:9]))


def test_who_was_not_asked_or_has_answered_says_nothing():
    assert said(offers("ed-1", "ed-2"), question("ed-1", "ed-9", offers=("ed-1",))) == []


def test_whoever_was_silent_may_answer_when_asked_again():
    people = offers(*NAMES)
    heard = tuple(offer.question.site for _, offer in said(people, question(*NAMES)))
    again = said(people, question(*NAMES, offers=heard, asked_at="2026-01-01T12:10:00.000Z"))
    assert again
    assert not {offer.question.site for _, offer in again} & set(heard)


def test_nobody_answers_for_a_department_that_a_person_plays():
    human = frozenset({"ed-4"})
    people = Offers(Staff(desks(SITES.values(), human, seed=1), seed=1), seed=1)
    assert "ed-4" not in {offer.question.site for _, offer in said(people, question(*NAMES))}
    people.staff.notice_screens(0.0, {name: {"screens": 2} for name in NAMES})
    assert said(people, question(*NAMES, asked_at="later")) == []


def test_an_answer_that_got_lost_is_given_again():
    people = offers("ed-1")
    [(at, offer)] = said(people, question("ed-1"))
    people.try_again(offer, at + 3)
    assert people.ready(at + 2, [question("ed-1")], SITES) == []
    assert people.ready(at + 3, [question("ed-1")], SITES) == [offer]


def asking(centre: Centre, *names: str) -> None:
    centre.shows(*(("site", department(name), name) for name in names))
    centre.shows(("mass_casualty", question(*names) | {"lat": 50.8, "lon": 4.3, "counts": {}}, "fire"))


@pytest.fixture
def empty(brussels: Town) -> City:
    return city(brussels, warm=False)


async def answering(server: Server, centre: Centre, *names: str) -> None:
    api = Api("http://product", "run", httpx.ASGITransport(app=server))
    staff = Staff({name: Desk(name) for name in names}, seed=1)
    people = People(api, Credentials("cad", "staff"), Crews(1), staff, Offers(staff, 1), Voice())
    asking(centre, *names)
    for now in range(0, 300, 5):
        await people.tick(float(now), centre.picture, centre.dispatch)


async def test_an_answer_goes_through_the_public_door_in_three_numbers(empty: City):
    server = Server()
    await answering(server, Centre(empty), "ed-1", "ed-2")
    [body, _] = server.bodies("/api/mass-casualties/fire/offer")
    assert body["site"] in ("ed-1", "ed-2")
    assert set(body["numbers"]) == {"vital", "urgent", "routine"}


async def test_a_token_that_may_not_answer_is_told_of_once(empty: City, capfd: pytest.CaptureFixture[str]):
    server = Server()
    server.status, server.code = {"offer": 403}, "denied"
    await answering(server, Centre(empty), *NAMES[:6])
    assert len(server.bodies("/offer")) == 1
    assert capfd.readouterr().out.count("may not say what departments can take") == 1
