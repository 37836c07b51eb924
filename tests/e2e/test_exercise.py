"""An exercise is seen to be one on every face and from the first byte, and nothing of it shows on a real face."""

from __future__ import annotations

from itertools import cycle

import pytest
from playwright.sync_api import Page, expect

from diversion.actors import SYSTEM
from diversion.commands.exercises import close_exercise, open_exercise
from diversion.log import CommandKey
from tests.e2e.brussels import REGION
from tests.e2e.city import City
from tests.e2e.faces import Console, Screen, SitePage
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import LANGUAGES, Words
from tests.server import Server

EXERCISE = f"{REGION}-exercise-1"
CONSOLE = f"/console/{EXERCISE}/"
FACES = {
    "console": ("dina", CONSOLE),
    "site": ("clara", "/site/x1-saint-pierre/"),
    "screen": ("ruth", "/screen/x1-saint-jean/"),
}
WORDS = ("EXERCICE", "OEFENING", "EXERCISE")
WARNINGS = (
    "Ne pas utiliser pour des décisions cliniques",
    "Niet gebruiken voor klinische beslissingen",
    "Do not use for clinical decisions",
)
#: What lies at the very edge of the window, in the middle of each side: the striped frame is the body itself.
AT_THE_EDGES = """() => {
  const [x, y] = [innerWidth - 3, innerHeight - 3];
  return [[x / 2, 2], [x / 2, y], [2, y / 2], [x, y / 2]].map(([left, top]) => {
    const found = document.elementFromPoint(left, top);
    return found === document.body || found.closest('.exercise-bar') !== null;
  });
}"""
#: Everything a face draws ends where the frame begins.
INSIDE = """() => {
  const bar = document.querySelector('.exercise-bar').getBoundingClientRect();
  return [...document.querySelectorAll('#app *, dialog[open]')].filter((one) => {
    const box = one.getBoundingClientRect();
    const fixed = getComputedStyle(one).position === 'fixed';
    return fixed && box.width > 1 && (box.top < bar.bottom - 1 || box.bottom > innerHeight - 5 || box.left < 5);
  }).map((one) => one.className || one.tagName);
}"""
#: As a page would be that was served for the real region, before its script begins.
SERVED_AS_REAL = """document.addEventListener('readystatechange', () => {
  document.documentElement.classList.remove('exercise');
  const boot = document.getElementById('boot');
  if (boot) boot.textContent = JSON.stringify({ ...JSON.parse(boot.textContent), exercise: false });
});"""


@pytest.fixture
def exercise(city: City, server: Server) -> None:
    """An exercise of this test's own; a hub that still remembers another test's has noticed."""
    before = server.said("log_has_another_past")
    open_exercise(actor=SYSTEM, key=CommandKey.new(), region_id=REGION)
    if server.said(f"/feed/{EXERCISE}"):
        server.wait_to_say("log_has_another_past", before + 1)


def is_framed(page: Page) -> None:
    bar = page.locator(".exercise-bar")
    expect(bar).to_be_in_viewport(ratio=0.99)
    for text in (*WORDS, *WARNINGS):
        expect(bar.get_by_text(text, exact=True)).to_be_visible()
    assert page.evaluate(AT_THE_EDGES) == [True] * 4
    assert page.evaluate(INSIDE) == []


@pytest.mark.parametrize(("face", "language"), zip(FACES, cycle(LANGUAGES), strict=False))
@pytest.mark.usefixtures("exercise")
def test_every_face_is_framed_in_all_languages_whatever_its_own(visit: Visits, face: str, language: str):
    who, path = FACES[face]
    small = {"viewport": PHONE} if face == "site" else {}
    page = visit(who, path, language, **small)
    is_framed(page)
    if face == "screen":
        Screen(page, Words(language)).start()
    else:
        Console(page, Words(language)).is_live()
    is_framed(page)
    word = dict(zip(LANGUAGES, WORDS, strict=True))[language]
    assert page.title().startswith(f"{word} · ")
    assert page.locator("a[href^='tel:']").count() == 0
    page.evaluate("document.getElementById('app').scrollTo(0, 1e6); window.scrollTo(0, 1e6)")
    is_framed(page)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.usefixtures("exercise")
def test_the_frame_needs_no_script(visit: Visits, face: str):
    who, path = FACES[face]
    visit.watch.expect("^request failed: csp")  # that is how the browser calls a script it may not run
    page = visit(who, path, java_script_enabled=False)
    for text in (*WORDS, *WARNINGS):
        expect(page.locator(".exercise-bar").get_by_text(text, exact=True)).to_be_in_viewport()


@pytest.mark.usefixtures("exercise")
def test_no_dialog_covers_the_frame(visit: Visits, say: Words):
    console = Console(visit("dina", CONSOLE))
    console.is_live()
    console.button("console:help.title").click()
    expect(console.dialog).to_be_visible()
    bar = console.page.locator(".exercise-bar").bounding_box()
    box = console.dialog.bounding_box()
    assert bar
    assert box
    assert box["y"] >= bar["y"] + bar["height"] - 1
    assert box["x"] >= 7
    assert box["y"] + box["height"] <= 900 - 7
    is_really_dimmed = console.page.evaluate(
        "getComputedStyle(document.querySelector('dialog[open]'), '::backdrop').insetBlockStart"
    )
    assert is_really_dimmed not in ("0px", "auto")


@pytest.mark.usefixtures("exercise")
def test_what_is_declared_in_the_exercise_never_shows_on_the_real_console(visit: Visits, city: City, say: Words):
    real, rehearsed = Console(visit("dirk", Console.path)), Console(visit("dina", CONSOLE))
    real.is_live()
    rehearsed.is_live()
    clara = SitePage(visit("clara", "/site/x1-saint-pierre/", viewport=PHONE))
    clara.is_live()
    clara.declare_button().click()
    clara.commit_button().click()
    expect(rehearsed.page.get_by_text("EX · Saint-Pierre").first).to_be_visible()
    expect(rehearsed.logged("console:event.diversion.declared")).not_to_have_count(0)
    # A declaration really made later arrives on the real console, so it would have shown the other by then.
    city.declare("saint-luc", who="lucas")
    expect(real.logged("console:event.diversion.declared")).to_have_count(1)
    assert "EX ·" not in real.page.locator("body").inner_text()
    expect(rehearsed.logged("console:event.diversion.declared")).to_have_count(1)
    expect(real.page.locator(".exercise-bar")).to_have_count(0)


@pytest.mark.usefixtures("exercise")
def test_the_real_console_says_quietly_that_one_runs_and_leads_there(visit: Visits, say: Words):
    console = Console(visit("dina", Console.path))
    console.is_live()
    console.region("A").get_by_role("link", name=say("common:rehearsal.running")).click()
    expect(console.page.get_by_role("heading", name="EXERCISE", exact=True)).to_be_visible()
    assert console.page.locator("main a.face").count() == 1


@pytest.mark.usefixtures("exercise")
def test_whoever_has_one_real_face_lands_there_in_the_middle_of_an_exercise(visit: Visits):
    page = visit("dina", "/")
    assert page.url.endswith(Console.path)
    expect(page.locator(".exercise-bar")).to_have_count(0)


@pytest.mark.usefixtures("exercise")
def test_a_page_and_a_feed_of_two_worlds_show_nothing(visit: Visits, city: City, say: Words):
    context = visit.context("dina")
    context.add_init_script(SERVED_AS_REAL)
    page = context.new_page()
    page.goto(f"{city.url}{CONSOLE}")
    expect(page.get_by_role("alert").filter(has_text=say("common:rehearsal.wrong_title"))).to_be_visible()
    assert "EX ·" not in page.locator("body").inner_text()


def test_the_end_closes_every_face_of_it(visit: Visits, exercise: None, say: Words):
    console = Console(visit("dina", CONSOLE))
    console.is_live()
    close_exercise(actor=SYSTEM, key=CommandKey.new(), region_id=EXERCISE)
    expect(console.page.get_by_text(say("common:session.denied")).first).to_be_visible()
    is_framed(console.page)
