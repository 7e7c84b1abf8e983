"""A caseworker sees the letter of a decision, changes a reason, issues it and opens what is kept on the case."""

import io
import re

import pypdf
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kfflow.persistence.tables import Case, Document
from kfflow.service import cases, letters
from kfflow.service.accounts import SYSTEM
from tests.e2e.pages.case import CasePage
from tests.e2e.pages.inbox import Inbox

pytestmark = pytest.mark.e2e

FIRST, SECOND = "Der er grund til at antage misbrug.", "Politiet fraråder udgang på adressen."


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def seen(inbox: Inbox) -> str:
    """Press the button for the letter and read what its tab is answered with.

    A browser without a viewer for PDF keeps no bytes of it, so that the same form is sent once more to read them.
    """
    button = inbox.pane.get_by_role("button", name=re.compile("^Vis brevet"))
    context = inbox.page.context
    with context.expect_event("response", lambda answer: answer.url.endswith("/brev")) as answered:
        button.click()
    assert (answered.value.status, answered.value.headers["content-type"]) == (200, "application/pdf")
    form = button.evaluate("button => Object.fromEntries(new FormData(button.form))")
    return text_of(inbox.page.request.post(str(button.get_attribute("formaction")), form=form).body())


def stored(house, number: str) -> list[Document]:
    with house.installation.database.transaction() as session:
        of_case = select(Document).join(Case, Case.key == Document.case_key).where(Case.number == number)
        return list(session.scalars(of_case.order_by(Document.key)))


@pytest.fixture
def decision(visits, house) -> tuple[Inbox, str]:
    """The task of deciding about a leave, open before somebody of the area."""
    number = house.open_decision("AFGOERELSE", "omraadekontor")
    task = house.open_task(number)
    inbox = Inbox(visits.of("omraadekontor")).open(f"/indbakke?view=enhed&q={number}&sel={task.key}")
    return inbox, number


def decide(page: Page, outcome: str) -> None:
    """Choose an outcome, and wait for the fields that come with it."""
    with page.expect_response(lambda answer: answer.url.endswith("/felter")):
        page.locator("#kf-pane").get_by_label(outcome, exact=True).check()


def give_reasons(page: Page, reasons: str) -> None:
    page.locator("textarea[name=begrundelse]").fill(reasons)


def test_a_letter_is_seen_changed_issued_and_kept(decision, house):
    inbox, number = decision
    decide(inbox.page, "Afslag")
    give_reasons(inbox.page, FIRST)
    told = seen(inbox)
    assert [words for words in ("KLADDE – IKKE UDSENDT", FIRST, "Du kan klage") if words not in told] == []
    give_reasons(inbox.page, SECOND)
    told = seen(inbox)
    assert (SECOND in told, FIRST in told) == (True, False)
    assert stored(house, number) == []
    inbox.complete.click()
    expect(inbox.told).to_have_text("Opgaven er fuldført.")
    house.come_to_rest()
    case = CasePage(inbox.page).open(number)
    link = case.section("Dokumenter").get_by_role("link", name=f"Afslag i sag {number}")
    expect(link).to_be_visible()
    with inbox.page.expect_download() as kept:
        link.click()
    issued = kept.value.path().read_bytes()
    told = text_of(issued)
    assert [words for words in (SECOND, "Dataansvarlig: Kriminalforsorgsområde Vest") if words not in told] == []
    assert "KLADDE" not in told
    assert [(one.template, one.content) for one in stored(house, number)] == [("notat_afslag", issued)]
    with house.service.command(SYSTEM) as ctx:
        assert [one.holds for one in letters.verify(ctx, cases.get(ctx, number))] == [True]


def test_the_outcome_decides_which_letter_is_seen(decision):
    inbox, _ = decision
    decide(inbox.page, "Afslag")
    assert "Du får ikke tilladelse til udgang." in seen(inbox)
    decide(inbox.page, "Imødekommet")
    assert "Du får tilladelse til udgang." in seen(inbox)


def test_a_letter_that_no_task_prepares_is_seen_from_the_case(visits, house):
    (number,) = house.open_cases("BREVE", 1)
    page = visits.of("omraadekontor")
    CasePage(page).open(number).section("Dokumenter").get_by_role("link", name="Kommende breve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kommende breve")
    link = page.get_by_role("link", name=f"Vis kladde: Høring i sag {number}").first
    with page.context.expect_event("response", lambda answer: "/breve/" in answer.url) as answered:
        link.click()
    assert (answered.value.status, answered.value.headers["content-type"]) == (200, "application/pdf")
    told = text_of(page.request.get(str(link.get_attribute("href"))).body())
    assert [words for words in ("KLADDE – IKKE UDSENDT", "beder om jeres udtalelse") if words not in told] == []
    assert stored(house, number) == []
