"""The public's pages in a browser: every width, both themes, three languages, without scripts, and on paper."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from diversion.commands import diversions
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.models import Diversion
from tests.e2e.brussels import REGION
from tests.e2e.city import City
from tests.e2e.test_accessible import axe_source, violations

LANGUAGES = ("fr", "nl", "en")
WIDTHS = (320, 360, 1440, 1920)
FALLS_OUT = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('nav a, dd a, .latest a, .feed a')]
  .map((one) => one.getBoundingClientRect()).filter((box) => box.height > 0 && box.height < 24).length"""


@pytest.fixture
def told(city: City) -> City:
    """A hospital that takes no ambulances, one for vital cases only, and one whose announcement was an error."""
    said = {"records": {"level": "down"}, "dialysis": {"level": "normal"}, "phones": {"level": "down"}}
    city.declare(services=said, accepts=["maternity"], contact="GSM 0470 12 34 56")
    city.declare(
        "saint-luc", "lucas", cause="unknown", gates={"ambulances": "life_threatening", "walk_ins": "vital_only"}
    )
    city.declare("his-ixelles", "noor", cause="power", gates={"walk_ins": "closed"})
    dina, sofie = user_actor(city.users["dina"]), user_actor(city.users["sofie"])
    for one in Diversion.objects.all():
        diversions.see_diversion(actor=dina, key=CommandKey.new(), diversion_id=one.pk)
    wrong = Diversion.objects.get(site_id="his-ixelles")
    diversions.withdraw_diversion(actor=sofie, key=CommandKey.new(), diversion_id=wrong.pk, reason="Wrong site")
    return city


@pytest.fixture
def page(browser: Browser, told: City) -> Iterator[Page]:
    """A reader whose browser runs no script at all."""
    context = browser.new_context(base_url=told.url, java_script_enabled=False, locale="de-DE")
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("E2E_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"public-{name}.png", full_page=True)


def test_it_is_read_at_every_width_in_both_themes_and_three_languages(page: Page):
    page.goto(f"/bulletin/fr/{REGION}/")
    expect(page.get_by_role("heading", name=re.compile("Saint-Pierre"))).to_be_visible()
    for language in LANGUAGES:
        page.goto(f"/bulletin/{language}/{REGION}/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                picture(page, f"{language}-{width}-{theme}")
    page.goto("/bulletin/")
    picture(page, "choice")
    page.goto(f"/bulletin/nl/{REGION}/3/")
    picture(page, "permalink")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_falls_out(browser: Browser, told: City, language: str):
    """A script is put in from outside, to look at pages that have none of their own."""
    context = browser.new_context(base_url=told.url)
    page = context.new_page()
    for path in (f"{language}/{REGION}/", f"{language}/{REGION}/site/saint-luc/", f"{language}/{REGION}/1/", ""):
        page.goto(f"/bulletin/{path}")
        page.evaluate(axe_source())
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], (path, theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(FALLS_OUT) is False, (path, width)
            assert page.evaluate(SMALL) == 0, (path, width)
    context.close()


def test_by_keyboard_the_content_is_one_step_away_and_the_number_can_be_dialled(page: Page):
    page.goto(f"/bulletin/en/{REGION}/site/saint-pierre/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="0470 12 34 56")).to_have_attribute("href", "tel:0470123456")


def test_from_a_bulletin_to_what_holds_now_and_to_the_same_in_another_language(page: Page):
    page.goto(f"/bulletin/fr/{REGION}/")
    page.get_by_role("link", name=re.compile("Bulletin n°.3")).first.click()
    page.get_by_role("link", name="Nederlands").click()
    expect(page).to_have_url(re.compile(f"/bulletin/nl/{REGION}/3/$"))
    page.get_by_role("link", name="Huidige situatie").click()
    expect(page).to_have_url(re.compile(f"/bulletin/nl/{REGION}/site/"))


def test_on_paper_it_stands_in_black_and_white_on_few_sheets(page: Page, tmp_path: Path):
    page.goto(f"/bulletin/fr/{REGION}/")
    page.emulate_media(media="print")
    picture(page, "print")
    folder = Path(os.environ.get("E2E_PICTURES") or tmp_path)
    sheet = page.pdf(path=folder / "public.pdf", format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) <= 3
