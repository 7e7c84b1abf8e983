"""A designer begins a table by keyboard, finds it again among the drafts, and discards it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_new_table_is_begun_by_keyboard_and_opens_in_the_editor(visits):
    page = visits.of("procesdesigner")
    page.goto("/processer")
    page.get_by_role("link", name="Ny tabel").press("Enter")
    expect(page.get_by_label("Ny tabel")).to_be_checked()
    page.get_by_label("Navn", exact=True).fill("Pladser i weekenden")
    page.get_by_label("Nøgle", exact=True).fill("kf_weekend")
    page.get_by_role("button", name="Opret kladde").press("Enter")
    expect(page.locator(".tjs-container").first).to_be_visible()
    page.goto("/processer")
    expect(page.get_by_role("link", name="kf_weekend.dmn", exact=True)).to_be_visible()
    page.get_by_role("link", name="Kassér kf_weekend.dmn").press("Enter")
    page.get_by_role("button", name="Kassér kladden").press("Enter")
    expect(page.locator("p.kf-flash--ok")).to_contain_text("kf_weekend.dmn er kasseret")
