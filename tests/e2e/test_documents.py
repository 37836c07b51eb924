"""Whoever connects a system reads the interface's documents in a browser, under the content policy of all pages."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.visits import Visits


def test_the_interface_shows_every_operation_and_its_fields(visit: Visits):
    page = visit(None, "/api/docs")
    declare = page.locator(".opblock").filter(has_text="Declare a diversion at a site")
    expect(declare).to_be_visible()
    declare.get_by_role("button").first.click()
    expect(declare.get_by_text("Idempotency-Key").first).to_be_visible()
