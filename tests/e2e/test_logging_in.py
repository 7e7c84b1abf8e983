"""Logging in and out, the language, and a session that runs out."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.login import LoginPage

pytestmark = pytest.mark.e2e

HOMES = {
    "sagsbehandler": "/indbakke",
    "betjent": "/indbakke",
    "omraadekontor": "/indbakke",
    "direktorat": "/indbakke",
    "teamleder": "/indbakke",
    "procesdesigner": "/processer",
    "revisor": "/sager",
    "administrator": "/processer",
}


@pytest.mark.parametrize(("username", "home"), HOMES.items())
def test_everybody_lands_where_their_role_begins_and_leaves_again(visits, username, home):
    page = visits.of(username)
    expect(page).to_have_url(visits.house.address + home)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Log ud").click()
    expect(page).to_have_url(visits.house.address + "/login")
    page.goto(home)
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def test_a_wrong_password_is_refused_and_the_name_stays(visits):
    login = LoginPage(visits.stranger()).open()
    login.send("sagsbehandler", "ikke-adgangskoden")
    expect(login.refusal).to_be_visible()
    expect(login.page.get_by_label("Brugernavn")).to_have_value("sagsbehandler")
    expect(login.page.get_by_label("Adgangskode")).to_be_focused()
    login.send("sagsbehandler")
    expect(login.page.get_by_role("button", name="Log ud")).to_be_visible()


def test_english_and_back(visits):
    page = visits.of("betjent")
    page.goto("/indbakke?view=enhed")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My unit")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/indbakke?view=enhed")
    page.get_by_role("button", name="Dansk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Min enhed")


def test_a_session_that_ran_out_leads_through_the_login_back_to_the_page(visits, house):
    page = visits.of("sagsbehandler")
    house.clock.at += timedelta(minutes=31)
    try:
        page.goto("/indbakke?view=ufordelte&sort=opgave")
        expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
        LoginPage(page).log_in("sagsbehandler")
        expect(page).to_have_url(house.address + "/indbakke?view=ufordelte&sort=opgave")
    finally:
        house.clock.at -= timedelta(minutes=31)
