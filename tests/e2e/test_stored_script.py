"""What a hospital writes is read on every desk as it was written, and nothing of it is ever run there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.visits import Visits

SCRIPT = "<img src=x onerror='window.stolen=1'><script>window.stolen=1</script>{{stolen}}"


def nothing_ran(page: Page) -> bool:
    return page.evaluate("window.stolen === undefined && document.querySelectorAll('img[src=x]').length === 0")


def test_a_script_in_a_comment_is_text_at_the_desk_and_at_the_hospital(visit: Visits, city: City):
    city.under_way("AMB 11")
    city.declare(comment=SCRIPT)
    desk = Console(visit("dina", Console.path))
    desk.row("AMB 11").click()
    hospital = visit("clara", "/site/saint-pierre/")
    for page in (desk.page, hospital):
        expect(page.get_by_text("window.stolen=1").first).to_be_visible()
        assert nothing_ran(page)
