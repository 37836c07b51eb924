"""The crew's page on a phone: it says which vehicle it is on, gets its order, and its answer moves the patient."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.brussels import REGION
from tests.e2e.city import City
from tests.e2e.faces import Console, Face
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words

PATH = f"/crew/{REGION}/"


def aboard(visit: Visits, sign: str) -> tuple[Page, Face]:
    page = visit("carl", PATH, viewport=PHONE)
    phone = Face(page)
    phone.is_live()
    page.get_by_role("button", name=sign).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(sign)
    return page, phone


def test_an_order_reaches_the_crew_and_its_answers_reach_the_desk(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", "AMB 12")
    city.declare()
    dina = Console(visit("dina", Console.path))
    page, phone = aboard(visit, "AMB 11")
    expect(page.get_by_text("AMB 12")).to_have_count(0)
    city.order("AMB 11", "saint-jean")
    order = page.get_by_role("region", name=say.like("crew:order.title"))
    expect(order).to_contain_text("Saint-Jean")
    expect(order).to_contain_text(say.like("crew:why.closed"))

    phone.button("crew:order.cannot").click()
    page.get_by_role("radio", name=say("crew:cannot.reason.road")).check()
    phone.button("crew:cannot.commit").click()
    expect(order).to_contain_text(say("crew:cannot.stands"))
    expect(dina.row("AMB 11")).to_contain_text(say("console:objection.road"))
    expect(dina.logged("console:event.redirect.objected", vehicle="AMB 11")).to_have_count(1)

    phone.button("crew:order.acknowledge").click()
    expect(page.get_by_text(say.like("crew:stands.acknowledged", c=say("common:channel.crew_page")))).to_be_visible()
    expect(dina.row("AMB 11")).to_contain_text(say("console:stage.crew_ack"))
    expect(dina.row("AMB 11")).not_to_contain_text(say("console:objection.road"))


def test_without_a_network_the_crew_is_told_that_nothing_was_sent_and_to_use_the_radio(
    visit: Visits, city: City, say: Words
):
    city.under_way("AMB 11")
    city.order("AMB 11", "saint-jean")
    visit.watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    page, phone = aboard(visit, "AMB 11")
    acknowledge = phone.button("crew:order.acknowledge")
    expect(acknowledge).to_be_enabled()
    page.context.set_offline(True)
    acknowledge.click()
    failed = page.get_by_role("alert").filter(has_text=say("common:write.not_sent"))
    expect(failed).to_contain_text(say("crew:radio_answer"))
    page.context.set_offline(False)
    failed.get_by_role("button", name=say("common:action.retry")).click()
    expect(page.get_by_text(say.like("crew:stands.acknowledged"))).to_be_visible()
