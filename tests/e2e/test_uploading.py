"""Files from elsewhere: bad ones are refused with every finding, a foreign court's process is worked to its end."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from kfflow.persistence.tables import Resource
from tests.conformance.suite import FOLDER
from tests.e2e.pages.inbox import Inbox
from tests.e2e.pages.processes import NewCase, Processes

pytestmark = pytest.mark.e2e

COURT = FOLDER / "execution" / "models_feel" / "hmcts"
CALLED = ("start_business_process.bpmn", "end_business_process.bpmn")
STEPS = (
    "StartBusinessProcessTaskId",
    "AcknowledgeClaimGenerateAcknowledgementOfClaim",
    "AcknowledgeClaimUnspecNotifyParties",
    "NotifyRoboticsOnContinuousFeed",
    "EndBusinessProcessTaskId",
)

BROKEN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="Definitioner" targetNamespace="urn:x">
  <bpmn:process id="i_stykker" name="I stykker" isExecutable="true">
    <bpmn:startEvent id="Begynd"/>
    <bpmn:sequenceFlow id="Flow" sourceRef="Begynd" targetRef="FindesIkke"/>
    <bpmn:userTask id="Alene" name="Alene"/>
  </bpmn:process>
</bpmn:definitions>
"""
DANGEROUS = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def stored(house) -> int:
    with house.installation.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(Resource)) or 0


def test_a_broken_diagram_shows_file_element_line_and_message_and_nothing_is_stored(visits, house, tmp_path):
    (tmp_path / "i_stykker.bpmn").write_text(BROKEN, encoding="utf-8")
    before = stored(house)
    processes = Processes(visits.of("administrator")).open()
    processes.upload([tmp_path / "i_stykker.bpmn"])
    expect(processes.refusal).to_contain_text("Intet er gemt.")
    finding = processes.findings.filter(has_text="FindesIkke").first
    expect(finding.get_by_role("cell").nth(0)).to_have_text("i_stykker.bpmn")
    expect(finding.get_by_role("cell").nth(1)).to_have_text("Flow")
    expect(finding.get_by_role("cell").nth(2)).to_have_text("5")
    expect(processes.row("i_stykker")).to_have_count(0)
    assert stored(house) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notat.bpmn", b"Dette er ikke et diagram."),
        ("farlig.bpmn", DANGEROUS.encode()),
        ("tom.bpmn", b""),
        ("billede.png", b"\x89PNG\r\n"),
        ("formular.form", b'{"components": 7}'),
        ("stor.bpmn", b"<x>" + b" " * (5 * 1024 * 1024 + 1)),
    ],
    ids=["words", "doctype", "empty", "picture", "form", "large"],
)
def test_what_is_no_diagram_is_refused_in_words(visits, house, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    before = stored(house)
    processes = Processes(visits.of("administrator")).open()
    processes.upload([tmp_path / name])
    expect(processes.page.get_by_role("heading", level=1)).to_be_visible()
    expect(processes.refusal).to_contain_text("Intet er gemt.")
    assert stored(house) == before


def test_a_good_file_beside_a_bad_one_is_not_stored_either(visits, house, tmp_path):
    (tmp_path / "notat.bpmn").write_text("Dette er ikke et diagram.", encoding="utf-8")
    good = visits.house.installation.settings.bpmn_dir / "straf_kategori.dmn"
    (tmp_path / "ny.dmn").write_bytes(good.read_bytes())
    before = stored(house)
    processes = Processes(visits.of("administrator")).open()
    processes.upload([tmp_path / "ny.dmn", tmp_path / "notat.bpmn"])
    expect(processes.findings.first).to_contain_text("notat.bpmn")
    assert stored(house) == before


@pytest.mark.skipif(
    not COURT.is_dir(), reason="the court's processes stand beside the checkout, which they do not here"
)
def test_a_court_process_is_put_in_operation_and_worked_to_its_end_by_clicks(visits, house):
    processes = Processes(visits.of("administrator")).open()
    processes.upload(COURT / name for name in ("acknowledge_claim.bpmn", *CALLED))
    expect(processes.told).to_contain_text("Sat i drift")
    expect(processes.row("ACKNOWLEDGE_CLAIM_PROCESS_ID")).to_be_visible()
    page = visits.of("sagsbehandler")
    new_case = NewCase(page).open()
    new_case.choose("Acknowledge claim process")
    number = new_case.start()
    house.come_to_rest()
    inbox = Inbox(page)
    worked = []
    while len(worked) < len(STEPS):
        inbox.open(f"/indbakke?view=enhed&q={number}")
        expect(inbox.rows).to_have_count(1)
        task = house.open_task(number)
        inbox.choose(task.key)
        inbox.claim()
        inbox.complete.click()
        expect(inbox.told).to_have_text("Opgaven er fuldført.")
        house.come_to_rest()
        worked.append(task.element_id)
    assert tuple(worked) == STEPS
    page.goto(f"/sager/{number}")
    expect(page.locator(".kf-lead")).to_contain_text("Afsluttet")
