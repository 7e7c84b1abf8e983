"""A designer moves a case to a version without a law by keyboard, sees that it moved, and moves it back."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kfflow.persistence.tables import Case, ProcessInstance
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

pytestmark = pytest.mark.e2e

PROCESS = "flytteproeve"
NUMBER = "FLYT-1"


@pytest.fixture
def two_versions(house):
    """A process with a case on version 1, and a version 2 with a task more."""
    for tasks in (["A"], ["A", "B"]):
        source = diagrams.sequence(PROCESS, *(diagrams.user_task(one) for one in tasks), ids=tasks)
        with house.service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [(f"{PROCESS}.bpmn", source)])
            if tasks == ["A"]:
                details = CaseDetails(institution_code="SDO")
                instances.create(ctx, process_id=PROCESS, variables={}, business_key=NUMBER, case=details)


def version(house) -> int:
    of_case = select(ProcessInstance.version).join(Case, Case.key == ProcessInstance.case_key)
    with house.installation.database.transaction() as session:
        found = session.scalar(of_case.where(Case.number == NUMBER))
        assert found is not None
        return found


@pytest.mark.usefixtures("two_versions")
def test_a_case_is_moved_and_moved_back_by_keyboard(visits, house):
    page = visits.of("procesdesigner")
    page.goto(f"/processer/{PROCESS}")
    page.get_by_role("button", name="Vis, hvad der vil ske").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 kan flyttes, 0 kan ikke.")
    expect(page.get_by_role("row", name=NUMBER)).to_contain_text("ja")
    page.get_by_label("Hvorfor").fill("Version 1 manglede en opgave")
    page.get_by_role("button", name="Flyt sagerne").press("Enter")
    expect(page.get_by_role("heading", name="Flyt til ny version")).to_be_visible()
    expect(page.locator("#kf-tal")).to_contain_text("1 af 1")
    assert version(house) == 2
    page.goto(f"/processer/{PROCESS}")
    page.get_by_role("checkbox", name=NUMBER).press("Space")
    page.get_by_label("Hvorfor").fill("Den var god nok")
    page.get_by_role("button", name="Flyt de valgte tilbage").press("Enter")
    expect(page.get_by_role("heading", name="Fortryd flytning")).to_be_visible()
    expect(page.locator("#kf-tal")).to_contain_text("1 af 1")
    assert version(house) == 1
