"""The page of one case: who, by when and on which basis, what happened, and where it is, drawn and in words."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.case import CasePage
from tests.e2e.pages.inbox import Inbox

pytestmark = pytest.mark.e2e


@pytest.fixture
def registered(visits, house) -> CasePage:
    """A case whose application was registered by clicks."""
    (number,) = house.open_cases("SAG", 1)
    task = house.open_task(number)
    page = visits.of("sagsbehandler")
    inbox = Inbox(page).open(f"/indbakke?view=enhed&q={number}&sel={task.key}")
    house.clock.at += timedelta(minutes=1)
    inbox.complete.click()
    expect(inbox.told).to_have_text("Opgaven er fuldført.")
    house.come_to_rest()
    return CasePage(page).open(number)


def test_a_case_says_who_by_when_and_on_which_basis(registered):
    case = registered
    expect(case.page.get_by_role("heading", level=1)).to_contain_text("SYNTETISK")
    expect(case.page.locator(".kf-lead")).to_contain_text("Aktiv")
    expect(case.section("Oplysninger")).to_contain_text("straffuldbyrdelsesloven § 46")
    expect(case.section("Åbne opgaver").get_by_role("row")).not_to_have_count(1)
    deadlines = case.section("Frister")
    expect(deadlines).to_contain_text("Internt mål, kan indstilles")
    deadlines.locator("summary").first.click()
    expect(deadlines.locator("details[open] li").first).to_be_visible()


def test_what_happened_stands_in_sentences_the_newest_first(registered):
    timeline = registered.timeline
    instants = timeline.locator("time").evaluate_all("times => times.map(time => time.dateTime)")
    assert instants == sorted(instants, reverse=True)
    expect(timeline.last).to_contain_text("Udgangstilladelse startet")
    expect(timeline.filter(has_text="Opgaven «Registrér ansøgning» blev fuldført")).to_contain_text(
        "af Sanne Kjærsgaard"
    )
    expect(timeline.filter(has_text="Regelopslag").first).to_be_visible()
    expect(timeline.filter(has_text="Regelopslag").locator("summary").first).to_have_text("Vis grundlaget")


def test_the_drawing_and_the_way_in_words_say_the_same(registered):
    case = registered
    expect(case.diagram.locator(".kf-token").first).to_be_visible()
    case.page.get_by_text("Vejen i ord").click()
    drawn = case.diagram.locator(".djs-element.kf-active[data-element-id]").evaluate_all(
        "shapes => shapes.map(shape => shape.dataset.elementId)"
    )
    here = case.page.locator(".kf-step--active, .kf-step--waiting")
    tasks = case.section("Åbne opgaver").locator("td.kf-cell--strong").all_inner_texts()
    assert len(drawn) == len(set(drawn)) >= here.count() > 0
    assert set(tasks) <= {text.split("\n")[0].strip() for text in here.all_inner_texts()}
    visited = case.diagram.locator('.djs-element.kf-visited[data-element-id="RegistrerAnsoegning"]')
    expect(visited).to_have_count(1)
    expect(case.page.locator(".kf-step--done").filter(has_text="Registrér ansøgning")).to_have_count(1)
    expect(case.diagram.locator(".djs-connection.kf-taken").first).to_be_attached()


def test_the_drawing_is_walked_with_the_keyboard(registered):
    case = registered
    viewport = case.diagram.locator(".viewport")
    expect(case.diagram.locator(".kf-token").first).to_be_visible()
    before = viewport.get_attribute("transform")
    case.diagram.get_by_role("group").focus()
    case.page.keyboard.press("+")
    expect(viewport).not_to_have_attribute("transform", before)


def test_a_comment_is_written_and_stands_there(registered):
    case = registered
    case.page.get_by_label("Ny bemærkning").fill("Ringet til modtageren.")
    case.section("Bemærkninger").get_by_role("button", name="Gem").click()
    expect(case.section("Bemærkninger")).to_contain_text("Ringet til modtageren.")
    expect(case.section("Bemærkninger")).to_contain_text("Sanne Kjærsgaard")
