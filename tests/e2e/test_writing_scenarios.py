"""A designer begins a scenario by keyboard, is led to what is wrong with it, and mends it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_scenario_is_begun_led_to_its_fault_and_mended_by_keyboard(visits):
    page = visits.of("procesdesigner")
    page.goto("/processer/kf_klage")
    page.get_by_label("Nyt scenarie").fill("kladde_af_proeven")
    page.get_by_role("button", name="Opret kladde").press("Enter")
    text = page.get_by_label("Scenarie", exact=True)
    begun = text.input_value()
    text.fill(begun + "expect: [\n")
    with page.expect_navigation():
        text.press("ControlOrMeta+s")
    page.get_by_role("link", name="Linje").press("Enter")
    expect(text).to_be_focused()
    text.fill(begun)
    with page.expect_navigation():
        text.press("ControlOrMeta+s")
    expect(page.get_by_text("Kontrollen finder intet.")).to_be_visible()
    page.goto("/processer/kf_klage")
    expect(page.get_by_role("link", name="Nyt scenarie")).to_be_visible()
