"""No pointer: every decision of the desk, the screen's one press and the way in, by keys alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.city import City
from tests.e2e.faces import Console, Screen
from tests.e2e.visits import Visits
from tests.e2e.words import Words


def opened(visit: Visits) -> Console:
    console = Console(visit("dina", Console.path))
    console.is_live()
    return console


def into_the_list(console: Console, first: str) -> None:
    """F6 goes from region to region: the bar, then the list, where its first row takes the focus."""
    for _ in range(2):
        console.page.keyboard.press("F6")
    expect(console.row(first)).to_be_focused()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str, role: str = "button", most: int = 40) -> None:
    """Tab, as often as it takes, to the control of this name."""
    goal = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(goal).to_be_enabled()
    for _ in range(most):
        if goal.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name!r} is not reached by Tab")


def test_redirect_all_takes_three_presses(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", "AMB 12", "AMB 13")
    city.declare()
    console = opened(visit)
    into_the_list(console, "AMB 11")
    expect(console.options("AMB 11")).to_have_count(3)

    press(console.page, "Shift+Enter")
    dialog = console.dialog
    expect(dialog.get_by_role("heading", name=say("console:bulk.title"))).to_be_focused()
    commit = dialog.get_by_role("button", name=say.like("console:bulk.commit", count=3, n=3))
    expect(commit).to_be_enabled()
    press(console.page, "Control+Enter")

    expect(dialog).to_have_count(0)
    for sign in ("AMB 11", "AMB 12", "AMB 13"):
        expect(console.row(sign)).to_contain_text(say("console:stage.ordered"))
    expect(console.logged("console:event.redirect.ordered")).to_have_count(3)


def test_a_patient_in_danger_is_left_out_of_the_bulk_until_somebody_ticks_it(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", "AMB 12")
    city.under_way("AMB 13", urgency="vital")
    city.declare()
    console = opened(visit)
    into_the_list(console, "AMB 11")
    press(console.page, "Shift+Enter")
    left_out = console.dialog.get_by_role("row").filter(has_text="AMB 13")
    expect(left_out).to_contain_text(say("console:individual.critical"))
    expect(left_out.get_by_role("checkbox")).not_to_be_checked()
    expect(console.dialog.get_by_role("button", name=say.like("console:bulk.commit", count=2, n=2))).to_be_enabled()
    press(console.page, "Control+Enter")
    expect(console.dialog).to_have_count(0)
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
    expect(console.row("AMB 13")).to_contain_text(say("console:stage.undecided"))


def test_one_redirect_takes_two_presses_and_one_takes_it_back(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", "AMB 12")
    city.declare()
    console = opened(visit)
    expect(console.options("AMB 11")).to_have_count(3)
    into_the_list(console, "AMB 11")

    press(console.page, "2")
    expect(console.options("AMB 11").nth(1)).to_have_attribute("aria-pressed", "true")
    press(console.page, "Enter")
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
    # The next decision waits under the fingers.
    expect(console.row("AMB 12")).to_be_focused()

    press(console.page, "Control+z")
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.undecided"))
    expect(console.logged("console:event.redirect.cancelled", vehicle="AMB 11")).to_have_count(1)


def test_keeping_a_destination_and_confirming_by_radio(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", "AMB 12")
    city.declare()
    console = opened(visit)
    expect(console.options("AMB 11")).to_have_count(3)
    into_the_list(console, "AMB 11")

    press(console.page, "m")
    expect(console.dialog.get_by_role("button", name=say("console:keep.commit"), exact=True)).to_be_disabled()
    tab_to(console.page, say("console:reason.medical"))
    press(console.page, "Enter")
    tab_to(console.page, say("console:keep.commit"))
    press(console.page, "Enter")
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.kept"))
    expect(console.row("AMB 11")).to_contain_text(say("console:reason.medical"))

    expect(console.row("AMB 12")).to_be_focused()
    expect(console.options("AMB 12")).to_have_count(3)
    press(console.page, "1", "Enter")
    expect(console.row("AMB 12")).to_contain_text(say("console:stage.ordered"))
    press(console.page, "r")
    expect(console.row("AMB 12")).to_contain_text(say("console:stage.crew_ack"))


def test_an_alarm_is_answered_with_k_for_all_desks_and_the_palette_is_left_with_one_escape(
    visit: Visits, city: City, say: Words
):
    city.under_way("AMB 11")
    city.declare()
    console = opened(visit)
    into_the_list(console, "AMB 11")
    press(console.page, "Control+k", "1")
    expect(console.dialog.get_by_role("button", name="AMB 11")).to_be_visible()
    press(console.page, "Escape")
    expect(console.dialog).to_have_count(0)
    press(console.page, "k")
    expect(console.logged("console:event.diversion.seen", site="Saint-Pierre")).to_have_count(1)
    expect(console.hospital("Saint-Pierre").get_by_role("button", name=say("console:act.seen"))).to_have_count(0)


def test_single_letters_can_be_switched_off(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    city.declare()
    console = opened(visit)
    expect(console.options("AMB 11")).to_have_count(3)
    into_the_list(console, "AMB 11")
    press(console.page, "?")
    tab_to(console.page, say("console:help.letters"), role="checkbox")
    press(console.page, "Space", "Escape")
    expect(console.dialog).to_have_count(0)
    expect(console.row("AMB 11")).to_be_focused()

    press(console.page, "1", "m")
    expect(console.options("AMB 11").first).to_have_attribute("aria-pressed", "false")
    expect(console.dialog).to_have_count(0)


def test_the_emergency_department_answers_with_the_keyboard(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", to="saint-jean")
    screen = Screen(visit("ruth", Screen.path("saint-jean")))
    expect(screen.button("screen:gate.start")).to_be_focused()
    press(screen.page, "Enter")
    screen.is_live()
    tab_to(screen.page, say("common:action.acknowledge"))
    press(screen.page, "Enter")
    expect(screen.card("AMB 11")).to_contain_text(say.like("screen:card.acknowledged"))
    assert city.rows("notice")[0]["state"] == "acknowledged"


def test_logging_in_with_the_keyboard_leads_straight_to_the_only_workplace(visit: Visits, city: City):
    page = visit(None, "/accounts/login/")
    name = page.get_by_label("Username")
    for _ in range(15):
        if name.evaluate("field => field === document.activeElement"):
            break
        press(page, "Tab")
    expect(name).to_be_focused()
    page.keyboard.type("dina")
    press(page, "Tab")
    page.keyboard.type(city.password("dina"))
    press(page, "Enter")
    page.wait_for_url(f"**{Console.path}")
    Console(page).is_live()
