"""Many casualties at one place, from the first word on the radio to the last vehicle, on every screen concerned."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, expect

from diversion.commands import casualties
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.models import MassCasualty
from tests.e2e.brussels import REGION
from tests.e2e.city import City
from tests.e2e.faces import Console, Screen, SitePage
from tests.e2e.test_accessible import is_accessible
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words

PLACE = "Gare centrale"


def opened(city: City, who: str = "dirk", **counts: int) -> MassCasualty:
    """By a dispatcher whose desk is not looked at."""
    scene = casualties.Scene(place=PLACE, lat=50.8455, lon=4.3571, counts=counts)
    casualties.open_mass_casualty(
        actor=user_actor(city.users[who]), key=CommandKey.new(), region_id=REGION, scene=scene
    )
    return MassCasualty.objects.get()


def offered(city: City, site: str, vital: int, urgent: int, routine: int) -> None:
    casualties.offer_capacity(
        actor=user_actor(city.users["dirk"]),
        key=CommandKey.new(),
        mass_casualty_id=MassCasualty.objects.get().pk,
        site_id=site,
        numbers={"vital": vital, "urgent": urgent, "routine": routine},
        called_by="the head nurse",
    )


def says(page: Locator, say: Words, vital: int, urgent: int, routine: int) -> None:
    """A department answers 112 with its three numbers."""
    for label, number in zip(("T1", "T2", "T3"), (vital, urgent, routine), strict=True):
        page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(str(number))
    page.get_by_role("button", name=say("common:offer.send")).click()


def seen(dialog: Locator, hospital: str) -> Locator:
    return dialog.get_by_role("row").filter(has=dialog.page.get_by_role("rowheader", name=re.compile(hospital)))


def cell(sent: int, offered: int, proposed: int) -> re.Pattern[str]:
    """What a cell says, to the eye and to the ear."""
    return re.compile(rf"sent\s*{sent}\s*/\s*offered\s*{offered}\s*→\s*proposed\s*{proposed}(?!\d)")


def choose(desk: Console, say: Words, sign: str) -> None:
    vehicle = desk.dialog.get_by_label(say("casualties:send.vehicle"), exact=True)
    one = vehicle.locator("option", has_text=sign)
    expect(one).to_have_count(1)
    vehicle.select_option(value=one.get_attribute("value"))


def test_every_hospital_is_asked_and_what_it_answers_is_taken_at_its_word(visit: Visits, city: City, say: Words):
    city.fleet()
    dina, ruth = Console(visit("dina", Console.path)), Screen(visit("ruth", Screen.path("saint-jean")))
    clara = SitePage(visit("clara", SitePage.path("saint-pierre"), viewport=PHONE))
    ruth.start()
    dina.is_live()
    clara.is_live()

    dina.hospitals.get_by_role("button", name=re.compile(re.escape(say("casualties:open.open")))).click()
    is_accessible(dina.page, "en")
    dina.dialog.get_by_label(say("casualties:open.place")).fill(PLACE)
    dina.dialog.get_by_role("button", name=say("casualties:open.on_map")).click()
    expect(dina.dialog).to_have_count(0)
    dina.page.get_by_role("button", name=say("map:pick.here")).press("Enter")
    expect(dina.dialog.get_by_label(say("casualties:open.coordinates"))).to_have_value(re.compile(r"^50\.\d+, 4\.\d+$"))
    for label, number in (("T1", 2), ("T2", 1)):
        dina.dialog.get_by_role("textbox", name=re.compile(f"^{label}")).fill(str(number))
    dina.page.keyboard.press("Control+Enter")
    expect(dina.dialog.get_by_role("heading", name=re.compile(PLACE))).to_be_visible()

    card = ruth.page.get_by_role("region", name=re.compile(PLACE))
    expect(card).to_contain_text(say("common:not_established"))
    is_accessible(ruth.page, "en")
    # A number that was not said is not taken for none.
    card.get_by_role("textbox", name=re.compile("^T1")).fill("2")
    card.get_by_role("button", name=say("common:offer.send")).click()
    expect(card.get_by_role("alert")).to_contain_text("T2, T3")
    says(card, say, 2, 0, 4)
    expect(card).to_contain_text(say("common:offer.given"))
    is_accessible(clara.page, "en")
    says(clara.page.get_by_role("region", name=re.compile(PLACE)), say, 0, 3, 0)

    jean = seen(dina.dialog, "Saint-Jean")
    expect(jean).to_contain_text(cell(0, 2, 2))
    expect(seen(dina.dialog, "Saint-Pierre")).to_contain_text(cell(0, 3, 1))
    is_accessible(dina.page, "en")


def test_a_vehicle_is_sent_announced_with_its_place_and_taken_back(visit: Visits, city: City, say: Words):
    city.fleet()
    opened(city, vital=2)
    offered(city, "saint-jean", 2, 0, 0)
    dina, ruth = Console(visit("dina", Console.path)), Screen(visit("ruth", Screen.path("saint-jean")))
    ruth.start()
    dina.is_live()
    dina.hospitals.get_by_role("button", name=re.compile(PLACE)).click()
    jean = seen(dina.dialog, "Saint-Jean")
    expect(jean).to_contain_text(cell(0, 2, 2))
    choose(dina, say, "AMB 11")
    dina.dialog.get_by_role("button", name=say("casualties:send.commit"), exact=True).click()
    expect(dina.dialog).to_contain_text(say("casualties:send.sent", v="AMB 11", u="T1", h="Saint-Jean"))
    expect(jean).to_contain_text(cell(1, 2, 1))
    expect(ruth.card("AMB 11")).to_contain_text(f"T1 · {say('screen:card.casualty')}")
    expect(ruth.card("AMB 11")).to_contain_text(PLACE)
    ruth.acknowledge("AMB 11").click()
    expect(ruth.acknowledge("AMB 11")).to_have_count(0)

    dina.button("casualties:send.undo", dina.dialog).click()
    expect(ruth.card("AMB 11")).to_contain_text(say("screen:gone.cancelled"))
    expect(jean).to_contain_text(cell(0, 2, 2))
    assert city.rows("transport") == []


def test_another_desk_hears_of_it_and_who_has_not_answered_is_named(visit: Visits, city: City, say: Words):
    city.fleet()
    dina = Console(visit("dina", Console.path))
    dina.is_live()
    casualty = opened(city, vital=3, urgent=2)
    expect(dina.strip).to_contain_text(say("console:alarm.casualties", x=PLACE))
    line = dina.hospitals.get_by_role("button", name=re.compile(PLACE))
    expect(line).to_contain_text("T1 3")
    expect(line).to_contain_text("T3 ?")
    offered(city, "saint-jean", 1, 1, 1)
    MassCasualty.objects.update(deadline_at=datetime.now(UTC) - timedelta(seconds=5))
    expect(line).to_contain_text(say("desk:question.late"))
    expect(dina.page.locator(f"[data-casualty='{casualty.pk}']")).to_be_visible()

    line.click()
    row = seen(dina.dialog, "Saint-Pierre")
    expect(row).to_contain_text(say("casualties:hospitals.none"))
    row.get_by_role("button", name=say("desk:question.enter")).click()
    for label in ("T1", "T2", "T3"):
        dina.dialog.get_by_role("textbox", name=re.compile(f"^{label}")).fill("1")
    dina.dialog.get_by_label(say("console:declare.called_by")).fill("Dr Peeters")
    dina.dialog.get_by_role("button", name=say("common:offer.send")).click()
    expect(row).to_contain_text("Dr Peeters (Dina)")

    dina.button("casualties:count.open", dina.dialog).click()
    dina.dialog.get_by_role("textbox", name=re.compile("^T1")).fill("0")
    dina.dialog.get_by_role("textbox", name=re.compile("^T2")).fill("0")
    dina.button("casualties:count.commit", dina.dialog).click()
    expect(line).to_contain_text("T1 0")
    # T3 was never established: somebody may still wait.
    dina.button("casualties:end.open", dina.dialog).click()
    dina.button("casualties:end.sure", dina.dialog).click()
    expect(dina.dialog).to_have_count(0)
    expect(line).to_have_count(0)
    expect(dina.logged("console:event.mass_casualty.ended", place=PLACE)).to_have_count(1)


def test_a_vehicle_already_under_way_is_counted_as_from_there(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    opened(city, urgent=2)
    dina = Console(visit("dina", Console.path))
    dina.is_live()
    dina.hospitals.get_by_role("button", name=re.compile(PLACE)).click()
    choose(dina, say, "AMB 11")
    dina.button("casualties:send.count", dina.dialog).click()
    expect(dina.dialog).to_contain_text(say("casualties:send.counted", v="AMB 11"))
    [transport] = city.rows("transport")
    assert uuid.UUID(transport["mass_casualty_id"]) == MassCasualty.objects.get().pk
