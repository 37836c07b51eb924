"""The public's pages: the same for everybody, in three languages, small, without script or cookie, and honest."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from diversion.models import Bulletin
from diversion.public import pages
from hospitals.models import Region, Site
from tests.public.conftest import LANGUAGES, Desk, Read, get
from tests.world import REGION, name

ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = ("", "site/saint-pierre/", "1/", "atom.xml")
NOTHING = {"fr": "Aucune déviation annoncée", "nl": "Geen omleidingen aangekondigd", "en": "No diversions announced"}
CALL = {"fr": "Appelez le 112", "nl": "Bel 112", "en": "Call 112"}


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.told(services={"records": {"level": "down"}, "dialysis": {"level": "normal"}})
    return desk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody_alike(told: Desk, read: Read, path: str, language: str):
    """No account, no cookie, and nothing in the answer that depends on who asks."""
    page = read(path, language)
    assert page.status == 200
    assert not {"Set-Cookie", "Vary"} & set(page.headers)
    assert page.headers["Cache-Control"].startswith("public, max-age=")
    assert re.fullmatch(r'"[0-9a-f]{32}"', page.headers["ETag"])
    assert "nothing" not in page.headers
    same = Client(HTTP_ACCEPT_LANGUAGE="de", HTTP_COOKIE="django_language=nl")
    assert same.get(f"/bulletin/{language}/{REGION}/{path}").content.decode() == page.body


@pytest.mark.parametrize("who", ["dina", "clara", "sam"])
def test_a_member_of_staff_reads_what_everybody_reads(told: Desk, login, read: Read, who: str):
    answer = login(who).get(f"/bulletin/en/{REGION}/1/")
    assert answer.content.decode() == read("1/").body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES[:3])
def test_a_page_has_no_script_and_nothing_inline(told: Desk, read: Read, path: str, language: str):
    body = read(path, language).body
    assert "<script" not in body
    assert "<style" not in body
    assert not re.search(r"\s(style|on\w+)=", body)
    assert f'<html lang="{language}">' in body
    assert [code for code in LANGUAGES if f'hreflang="{code}"' in body] == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES[:3])
def test_every_page_says_first_whom_to_call_when_life_is_in_danger(told: Desk, read: Read, path: str, language: str):
    assert CALL[language] in read(path, language).text[:260]


def test_a_page_is_current_for_seconds_and_a_bulletin_for_ever(told: Desk, read: Read):
    for path in ("", "site/saint-pierre/", "atom.xml"):
        control = read(path).headers["Cache-Control"]
        assert int(re.search(r"max-age=(\d+)", control)[1]) <= 15
        assert "stale-if-error" in control
    assert read("1/").headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bulletin_reads_the_same_after_everything_has_changed(told: Desk, read: Read, language: str):
    before = read("1/", language)
    Site.objects.update(phone="+32 2 000 00 00", name=name("Another name"))
    diversion = told.told(cause="power", gates={"walk_ins": "closed"})
    told.lift(diversion)
    after = read("1/", language)
    assert (after.body, after.headers["ETag"]) == (before.body, before.headers["ETag"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_announced_it_says_so_and_since_when_that_is_known(desk: Desk, read: Read, language: str):
    page = read("", language).text
    assert NOTHING[language] in page
    assert str(timezone.now().year) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_current_page_says_when_it_may_be_outdated(told: Desk, read: Read, language: str):
    words = {"fr": "cette page peut être dépassée", "nl": "kan deze pagina verouderd zijn", "en": "may be outdated"}
    assert words[language] in read("", language).text
    assert words[language] not in read("1/", language).text


def test_a_bulletin_leads_to_the_current_situation_and_says_nothing_of_later_ones(told: Desk, read: Read):
    told.told(cause="power", gates={"walk_ins": "closed"})
    body = read("1/").body
    assert f"/bulletin/en/{REGION}/site/saint-pierre/" in body
    assert f"/bulletin/en/{REGION}/2/" not in body


def test_the_region_lists_every_site_with_something_and_the_last_bulletins(told: Desk, read: Read):
    told.lift(told.told("saint-luc"))
    page = read("").text
    assert "saint-pierre" in page
    assert "saint-luc – End of the announcement" in page
    assert Bulletin.objects.all().standing(REGION)[0].site_id == "saint-pierre"


def test_a_site_without_a_word_about_it_has_a_page_too(told: Desk, read: Read):
    assert NOTHING["en"] in read("site/saint-luc/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_simulation_cannot_be_taken_for_the_truth(told: Desk, read: Read, language: str):
    Region.objects.update(simulated=True)
    told.told("saint-luc")
    word = {"fr": "SIMULATION", "nl": "SIMULATIE", "en": "SIMULATION"}[language]
    for path in ("", "site/saint-luc/", "site/saint-jean/", "2/"):
        page = read(path, language)
        assert re.search(rf"<title>{word} – ", page.body)
        assert word in page.text[:60]
        assert "noindex" in page.body
    feed = ET.fromstring(read("atom.xml", language).body)
    titles = [one.text for one in feed.iter(f"{ATOM}title")]
    assert titles
    assert all("SIMULATION" in title for title in titles[:2])
    assert read("2/").headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "path", ["99/", "site/nowhere/", "0/"], ids=["not yet a bulletin", "no such site", "no bulletin"]
)
def test_what_is_not_there_is_said_to_everybody_alike(told: Desk, read: Read, path: str):
    page = read(path, "nl")
    assert page.status == 404
    assert page.headers["Cache-Control"] == "public, max-age=5"
    assert "Deze pagina bestaat niet" in page.text


@pytest.mark.parametrize(
    "address", ["/bulletin/de/testopolis/", "/bulletin/fr/nowhere/", "/bulletin/fr/nowhere/atom.xml"]
)
def test_another_language_or_region_is_not_there(told: Desk, address: str):
    assert get(address).status == 404


def test_nothing_can_be_sent_to_a_public_page(told: Desk):
    answer = Client().post(f"/bulletin/fr/{REGION}/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_the_way_in_speaks_all_three_languages(told: Desk):
    page = get("/bulletin/")
    assert [f'href="/bulletin/{one}/{REGION}/"' in page.body for one in LANGUAGES] == [True] * 3
    assert [f'lang="{one}"' in page.body for one in LANGUAGES] == [True] * 3


def test_without_its_last_slash_an_address_still_leads_there(told: Desk):
    assert Client().get(f"/bulletin/fr/{REGION}")["Location"] == f"/bulletin/fr/{REGION}/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_is_atom_with_identities_that_stay(told: Desk, read: Read, language: str):
    first = ET.fromstring(read("atom.xml", language).body)
    told.told(cause="power", gates={"walk_ins": "closed"})
    second = ET.fromstring(read("atom.xml", language).body)

    def ids(feed: ET.Element) -> list[str]:
        return [one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")]

    assert first.tag == f"{ATOM}feed"
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")
    assert ids(second)[1:] == ids(first)
    for feed in (first, second):
        for one in (feed, *feed.iter(f"{ATOM}entry")):
            assert one.findtext(f"{ATOM}id").startswith("urn:uuid:")
            assert one.findtext(f"{ATOM}title")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", one.findtext(f"{ATOM}updated"))
        assert feed.findtext(f"{ATOM}author/{ATOM}name")
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language


def test_entries_of_different_languages_are_different_entries(told: Desk, read: Read):
    found = {ET.fromstring(read("atom.xml", one).body).findtext(f"{ATOM}entry/{ATOM}id") for one in LANGUAGES}
    assert len(found) == 3


def test_with_sixty_sites_affected_every_page_stays_small(desk: Desk, read: Read):
    """100 kB is the promise: a telephone on a bad line loads it in seconds."""
    site = Site.objects.get(pk="saint-luc")
    long = "Cliniques universitaires et Centre hospitalier régional du Nord-Est"
    levels = {"level": "degraded", "expected_at": timezone.now()}
    services = dict.fromkeys(("consultations", "elective_surgery", "radiology", "dialysis", "phones"), levels)
    for index in range(60):
        site.pk, site.name = f"site-{index}", {"fr": f"{long} {index}", "nl": f"Universitair {long} {index}"}
        site.save(force_insert=True)
        gates = {"ambulances": "closed", "walk_ins": "closed"}
        desk.told(site.pk, gates=gates, services=services)
    for language in LANGUAGES:
        page = read("", language)
        assert page.body.count("<article") == 60
        assert len(page.body.encode()) < 100_000
        assert len(read("atom.xml", language).body.encode()) < 100_000
        assert len(read("site/site-59/", language).body.encode()) < 100_000


def test_a_few_sites_are_told_in_full_and_many_in_short(desk: Desk, read: Read):
    desk.told()
    assert "What is affected" in read("").text
    site = Site.objects.get(pk="saint-luc")
    for index in range(pages.MANY):
        site.pk = f"site-{index}"
        site.save(force_insert=True)
        desk.told(site.pk)
    page = read("")
    assert "What is affected" not in page.text
    assert "Ambulances diverted" in page.text
    assert "Call the hospital before you come." in page.text
    assert f'href="/bulletin/en/{REGION}/site/saint-pierre/"' in page.body


def test_the_style_sheet_is_small_asks_nobody_else_and_survives_an_upgrade(told: Desk, read: Read):
    address = re.search(r'href="(/bulletin/style\.[0-9a-f]{12}\.css)"', read("").body)[1]
    sheet = get(address)
    assert (sheet.status, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert len(sheet.body) < 10_000
    assert "url(" not in sheet.body
    assert "@import" not in sheet.body
    old = get("/bulletin/style.0123456789ab.css")
    assert (old.status, old.body) == (200, sheet.body)
    assert "immutable" not in old.headers["Cache-Control"]


def test_hospitals_are_named_in_both_languages(desk: Desk, read: Read):
    Site.objects.filter(pk="saint-pierre").update(name={"fr": "CHU Saint-Pierre", "nl": "UMC Sint-Pieter"})
    desk.told()
    assert (
        '<span lang="fr">CHU Saint-Pierre</span> <span class="second" lang="nl">UMC Sint-Pieter</span>' in read().body
    )
    assert '<span lang="nl">UMC Sint-Pieter</span> <span class="second" lang="fr">' in read("", "nl").body
