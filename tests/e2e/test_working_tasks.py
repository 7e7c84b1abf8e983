"""A caseworker in the inbox: by keyboard alone, with drafts, refused forms and an address that is the whole state."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.inbox import Inbox

pytestmark = pytest.mark.e2e

ADDRESS = "Udgangsadresse"
RELOADS = 10
UNTIED = """() => [...document.querySelectorAll("#kf-pane .kf-hint")].map(hint => hint.id)
    .filter(id => !document.querySelector(`[aria-describedby~="${id}"]`))"""


def test_five_tasks_are_completed_without_a_mouse_each_opening_the_next(visits, house):
    numbers = house.open_cases("TAST", 5)
    inbox = Inbox(visits.of("sagsbehandler"))
    inbox.search_by_key("TAST-")
    expect(inbox.rows).to_have_count(5)
    inbox.press("j", "j", "k")
    expect(inbox.selected).to_contain_text(numbers[0])
    for number in numbers:
        expect(inbox.pane.get_by_role("link", name=number)).to_be_visible()
        inbox.press("c")
        expect(inbox.told).to_have_text("Opgaven er nu din.")
        inbox.press("Enter")
        expect(inbox.title).to_be_focused()
        inbox.tab_to(ADDRESS)
        inbox.page.keyboard.type(f"Testvej {number}, 8000 Aarhus C")
        inbox.tab_to("På fri fod")
        inbox.press("n")
        expect(inbox.told).to_have_text("Opgaven er fuldført.")
    done = [house.tasks_of(number)[0] for number in numbers]
    assert [(task.element_id, task.state, task.completed_by) for task in done] == [
        ("RegistrerAnsoegning", "COMPLETED", "sagsbehandler")
    ] * 5


def test_e_goes_to_complete_and_enter_presses_it(visits, house):
    (number,) = house.open_cases("FULDFOER", 1)
    task = house.open_task(number)
    inbox = Inbox(visits.of("sagsbehandler")).open(f"/indbakke?view=enhed&q={number}&sel={task.key}")
    inbox.press("e")
    expect(inbox.complete).to_be_focused()
    inbox.press("Enter")
    expect(inbox.told).to_have_text("Opgaven er fuldført.")
    assert house.tasks_of(number)[0].state == "COMPLETED"


def test_typed_text_survives_a_reload(visits, house):
    (number,) = house.open_cases("KLADDE", 1)
    task = house.open_task(number)
    inbox = Inbox(visits.of("sagsbehandler")).open(f"/indbakke?view=enhed&sel={task.key}")
    inbox.field(ADDRESS).fill("Halvfærdig Allé 7")
    expect(inbox.draft_status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))
    inbox.field("Besøges hos").fill("Skrevet lige før genindlæsning")
    inbox.page.reload()
    for _ in range(RELOADS):  # what is sent while the page goes may arrive after the page that comes
        if inbox.field("Besøges hos").input_value():
            break
        inbox.page.reload()
    expect(inbox.field(ADDRESS)).to_have_value("Halvfærdig Allé 7")
    expect(inbox.field("Besøges hos")).to_have_value("Skrevet lige før genindlæsning")


def test_a_refused_form_begins_with_a_summary_that_leads_to_the_fields(visits, house):
    (number,) = house.open_cases("FEJL", 1)
    task = house.open_task(number)
    inbox = Inbox(visits.of("sagsbehandler")).open(f"/indbakke?view=enhed&sel={task.key}")
    inbox.field(ADDRESS).fill("")
    inbox.field("Ansøgt den").fill("den 40. maj")
    inbox.complete.click()
    expect(inbox.errors).to_be_focused()
    expect(inbox.errors.get_by_role("link")).to_have_count(2)
    expect(inbox.field("Ansøgt den")).to_have_value("den 40. maj")
    expect(inbox.field("Ansøgt den")).to_have_attribute("aria-invalid", "true")
    inbox.errors.get_by_role("link").last.click()
    expect(inbox.field(ADDRESS)).to_be_focused()
    assert house.open_task(number).key == task.key


def test_an_answer_that_decides_what_is_asked_shows_the_field_at_once(visits, house):
    (number,) = house.open_cases("VILKAAR", 1, straftype="livstid")
    task = house.open_task(number)
    inbox = Inbox(visits.of("sagsbehandler")).open(f"/indbakke?view=enhed&sel={task.key}")
    expect(inbox.field("Idømt straf i måneder")).to_have_count(0)
    inbox.field("Straffens art").select_option("tidsbestemt")
    expect(inbox.field("Idømt straf i måneder")).to_be_visible()


def test_the_address_is_the_state_and_back_restores_it(visits, house):
    numbers = house.open_cases("ADRESSE", 3)
    keys = [house.open_task(number).key for number in numbers]
    inbox = Inbox(visits.of("sagsbehandler")).open("/indbakke?view=enhed&q=ADRESSE-")
    inbox.choose(keys[1])
    expect(inbox.page).to_have_url(f"{house.address}/indbakke?view=enhed&q=ADRESSE-&sel={keys[1]}")
    inbox.pane.get_by_role("link", name=numbers[1]).click()
    expect(inbox.page.get_by_role("heading", level=1)).to_contain_text(numbers[1])
    inbox.page.go_back()
    expect(inbox.selected).to_have_attribute("data-task-key", str(keys[1]))
    expect(inbox.page.locator(f"#kf-form-{keys[1]}")).to_be_visible()
    elsewhere = Inbox(visits.of("sagsbehandler")).open(inbox.page.url)
    expect(elsewhere.selected).to_have_attribute("data-task-key", str(keys[1]))


def test_the_keys_are_listed_on_a_question_mark_and_closed_by_escape(visits):
    inbox = Inbox(visits.of("betjent")).open()
    inbox.press("?")
    expect(inbox.page.get_by_role("dialog")).to_be_visible()
    inbox.press("Escape")
    expect(inbox.page.get_by_role("dialog")).to_be_hidden()


def test_help_is_told_with_the_field_it_belongs_to(visits, house):
    (number,) = house.open_cases("HJAELP", 1)
    inbox = Inbox(visits.of("sagsbehandler")).open(f"/indbakke?view=enhed&sel={house.open_task(number).key}")
    told = {
        inbox.field("Udgangskarantæne til"): "Spærrer for udgang indtil denne dag",
        inbox.field("Varetægtsfængslet i anden sag"): "Spærrer for udgang uden undtagelse",
        inbox.field("Straffens art"): "Livstid og forvaring afgøres af direktoratet",
        inbox.pane.get_by_role("group", name="Type af udgang"): "Bestemmer ventetid, løbetid og hvem der afgør",
    }
    for field, words in told.items():
        expect(field).to_have_accessible_description(re.compile(f"^{words}"))
    assert inbox.page.evaluate(UNTIED) == []
