"""A designer changes a letter by keyboard: a fault is shown at its line, mended, seen, and put in operation."""

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.letter import LetterTemplate
from tests.e2e.pages.processes import Processes

pytestmark = pytest.mark.e2e

RESOURCE = "notat.typ"


def test_a_letter_is_changed_seen_and_put_in_operation_by_keyboard(visits, house):
    letter = LetterTemplate(visits.of("procesdesigner")).open(RESOURCE)
    expect(letter.pages).to_have_count(1)
    shipped = letter.text.input_value()
    letter.add("\n#ukendt")
    expect(letter.status).to_have_text("Ikke gemt endnu")
    letter.save()
    expect(letter.status).to_contain_text("Kladde gemt af Palle Stenbæk")
    expect(letter.pages).to_have_count(0)
    letter.page.get_by_role("link", name="Linje").first.press("Enter")
    expect(letter.text).to_be_focused()
    assert letter.page.evaluate("() => getSelection().toString()") == "#ukendt"
    letter.page.keyboard.type("#pagebreak() Nyt afsnit")
    letter.save()
    expect(letter.pages).to_have_count(2)
    colleague = LetterTemplate(visits.of("administrator")).open(RESOURCE)
    colleague.publish(untried="Kun et afsnit")
    expect(colleague.page.locator("p.kf-flash--ok")).to_contain_text("er i drift")
    assert colleague.text.input_value() != shipped
    Processes(colleague.page).open().restore(
        RESOURCE, house.installation.settings.workflows_dir / "faelles" / "letters"
    )
