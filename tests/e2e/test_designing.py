"""A designer changes the leave process by keyboard: finding, draft, comparison, new version."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kfflow.persistence.tables import Case, ProcessDefinition, ProcessInstance
from kfflow.service import definitions
from kfflow.service.accounts import SYSTEM
from tests.e2e.pages.designer import Designer
from tests.e2e.pages.processes import Processes

pytestmark = pytest.mark.e2e

RESOURCE = "kf_udgangstilladelse.bpmn"
TASK = "RegistrerAnsoegning"
UNDER_WAY = re.compile("^(Ikke gemt endnu|Gemmer …)$")
CHANGES = [
    "Opgaven »Registrér ansøgning«: navnet er ændret fra »Registrér ansøgning« til »Registrér ansøgningen«.",
    "Opgaven »Registrér ansøgning«: fristen er ændret fra »1 AD« til »2 AD«.",
]


def version_of(house, number: str) -> int:
    with house.installation.database.transaction() as session:
        found = session.scalar(
            select(ProcessDefinition.version)
            .join(ProcessInstance, ProcessInstance.definition_key == ProcessDefinition.key)
            .join(Case, Case.key == ProcessInstance.case_key)
            .where(Case.number == number)
        )
        assert found is not None
        return found


def test_a_changed_process_is_saved_compared_and_deployed_by_keyboard(visits, house):
    (former,) = house.open_cases("FOER", 1)
    designer = Designer(visits.of("procesdesigner")).open(RESOURCE)
    designer.walk_to(TASK)
    designer.set_property("general", "name", "Registrér ansøgningen")
    expect(designer.line("Registrér ansøgningen")).to_be_visible()
    designer.walk_to(TASK)
    designer.set_property("kf-deadline", "kf-deadline-rule", "2 AD")
    designer.press("ControlOrMeta+s")
    expect(designer.status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))
    designer.press_button("Sammenlign")
    expect(designer.dialog.get_by_role("listitem")).to_have_text(CHANGES)
    designer.press("Escape")
    designer.press_button("Udgiv …")
    expect(designer.dialog).to_contain_text("En sag i gang skifter først, når den flyttes")
    expect(designer.dialog.get_by_role("note")).to_contain_text("En kollega skal udgive (fire øjne).")
    expect(designer.dialog.get_by_role("button", name="Udgiv", exact=True)).to_have_count(0)
    colleague = Designer(visits.of("administrator")).open(RESOURCE)
    colleague.publish(untried="Kun en frist og et navn")
    expect(colleague.dialog.get_by_role("status")).to_contain_text("er i drift")
    (latter,) = house.open_cases("EFTER", 1)
    assert version_of(house, latter) == version_of(house, former) + 1
    assert [house.tasks_of(number)[0].name for number in (former, latter)] == [
        "Registrér ansøgning",
        "Registrér ansøgningen",
    ]
    Processes(colleague.page).open().restore(RESOURCE, house.installation.settings.bpmn_dir)


def test_removing_a_legal_basis_shows_a_finding_that_leads_to_the_element(visits):
    designer = Designer(visits.of("procesdesigner")).open("kf_partshoering.bpmn")
    task = designer.outline.get_by_role("treeitem").filter(has_text="Brugeropgave").first
    element_id = task.get_attribute("data-id")
    found = designer.problems.get_by_role("listitem").filter(has_text="jemmel")
    expect(found).to_have_count(0)
    designer.walk_to(element_id)
    designer.set_property("kf-hjemmel", "kf-hjemmel-text", "")
    designer.walk_to(element_id)
    designer.set_property("kf-deadline", "kf-deadline-hjemmel", "")
    expect(found.first).to_be_visible()
    found.first.get_by_role("button").press("Enter")
    expect(designer.outline.locator('[aria-selected="true"]')).to_have_attribute("data-id", element_id)
    expect(designer.status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))


def test_a_second_deadline_rule_is_added_and_a_break_between_them_is_a_finding(visits):
    designer = Designer(visits.of("procesdesigner")).open("kf_forurettet.bpmn")
    task = designer.outline.get_by_role("treeitem").filter(has_text="Brugeropgave").first
    element_id = task.get_attribute("data-id")
    designer.walk_to(element_id)
    overlap = designer.problems.get_by_role("listitem").filter(has_text="To frister gælder på samme tid")
    new = {"kf-deadline-2-rule": "5 AD", "kf-deadline-2-hjemmel": "lov nr. 2", "kf-deadline-2-gyldigFra": "2027-01-01"}
    designer.add_to_list("kf-deadline-others", new)
    expect(overlap).to_have_count(1)
    designer.walk_to(element_id)
    designer.set_property("kf-deadline", "kf-deadline-gyldigTil", "2027-01-01")
    expect(overlap).to_have_count(0)
    expect(designer.status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))


def test_a_letter_and_what_meets_the_deadline_are_chosen_saved_and_deployed(visits, house):
    designer = Designer(visits.of("procesdesigner")).open("kf_klage.bpmn")
    designer.walk_to("VurderDispensation")
    designer.unfold("kf-letter")
    letter = designer.entry("kf-letter-element")
    expect(letter.locator("option").filter(has_text="(klage_afvisning)")).to_have_text(
        ["Dan afvisningsbrev (klage_afvisning)"]
    )
    letter.select_option("DanAfvisning")
    designer.outline.get_by_role("treeitem").first.click()
    designer.unfold("kf-deadline")
    designer.entry("kf-deadline-rule").fill("8 W")
    designer.entry("kf-deadline-metBy").select_option("MeddelKlageafgoerelse")
    designer.press("ControlOrMeta+s")
    expect(designer.status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))
    colleague = Designer(visits.of("administrator")).open("kf_klage.bpmn")
    colleague.publish(untried="Kun en frist og et brev")
    expect(colleague.dialog.get_by_role("status")).to_contain_text("er i drift")
    with house.service.command(SYSTEM) as ctx:
        definition = definitions.compiled(ctx, definitions.get_version(ctx, "kf_klage", 2).key)
    deadline = definition.deadline
    assert definition.elements["VurderDispensation"].letters == ("DanAfvisning",)
    assert deadline is not None
    assert deadline.met_by == "MeddelKlageafgoerelse"
    Processes(colleague.page).open().restore("kf_klage.bpmn", house.installation.settings.bpmn_dir)


def test_a_draft_is_there_again_and_the_list_of_processes_says_whose(visits):
    designer = Designer(visits.of("procesdesigner")).open("kf_politihoering.bpmn")
    task = designer.outline.get_by_role("treeitem").filter(has_text="Brugeropgave").first
    designer.walk_to(task.get_attribute("data-id"))
    designer.set_property("general", "name", "Opgave i kladden")
    expect(designer.status).to_have_text(re.compile(r"^Gemt \d\d\.\d\d$"))
    designer.open("kf_politihoering.bpmn")
    expect(designer.line("Opgave i kladden")).to_be_visible()
    processes = Processes(designer.page).open()
    expect(processes.row("kf_politihoering")).to_contain_text("Palle Stenbæk")


def test_a_colleague_who_saved_meanwhile_is_named_before_anything_is_overwritten(visits):
    first = Designer(visits.of("procesdesigner")).open("kf_afgoerelse.bpmn")
    second = Designer(visits.of("procesdesigner")).open("kf_afgoerelse.bpmn")
    for designer, name in ((first, "Min ændring"), (second, "Din ændring")):
        task = designer.outline.get_by_role("treeitem").filter(has_text="Brugeropgave").first
        designer.walk_to(task.get_attribute("data-id"))
        designer.set_property("general", "name", name)
        designer.press("ControlOrMeta+s")
        expect(designer.status).not_to_have_text(UNDER_WAY)
    expect(second.dialog).to_contain_text("Palle Stenbæk har gemt kladden")
    second.press("Escape")
    expect(second.line("Din ændring")).to_be_visible()
