"""Who publishes a law looks first whom it names; scenarios of the law today and of the one to come both stand."""

from datetime import date

import pytest
from playwright.sync_api import expect

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Validity
from kfflow.service import deployments, drafts, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.e2e.test_every_page import violations
from tests.integration.service import diagrams

pytestmark = pytest.mark.e2e

PROCESS, NUMBER = "retproeve", "RET-1"
DESIGNER = Actor("procesdesigner", "Palle", frozenset({Role.DESIGNER}), national=True)
SCENARIO = f"name: Sagen går i gang\nprocess: {PROCESS}\nat: '2026-11-24T09:00'\nstart: {{}}\n"
COMING = Validity(date(2027, 7, 1), None, "lov nr. 7 af 2026")


def source(*tasks: str) -> bytes:
    return diagrams.sequence(PROCESS, *(diagrams.user_task(one) for one in tasks), ids=list(tasks))


@pytest.fixture(scope="module")
def change(house):
    """A process with a case and a scenario, a law to come for both, and a draft of yet another change."""
    name = f"{PROCESS}.gaar_i_gang.yaml"
    with house.service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(f"{PROCESS}.bpmn", source("A")), (name, SCENARIO.encode())])
        details = CaseDetails(institution_code="SDO")
        instances.create(ctx, process_id=PROCESS, variables={}, business_key=NUMBER, case=details)
        later = SCENARIO + "steps: [{expect_open: [A]}]\n"
        deployments.deploy(ctx, [(f"{PROCESS}.bpmn", source("A", "B")), (name, later.encode())], validity=COMING)
    with house.service.command(DESIGNER) as ctx:
        drafts.save(ctx, f"{PROCESS}.bpmn", kind="bpmn", source=source("A", "C").decode(), revision=0)


@pytest.mark.usefixtures("change")
def test_an_administrator_sees_whom_a_law_would_name_by_keyboard(visits):
    page = visits.of("administrator")
    page.goto(f"/lov/ny?fil={PROCESS}.bpmn")
    publish = page.get_by_role("region", name="4. Udgiv")
    publish.get_by_label("Lov", exact=True).fill("lov nr. 8 af 2026")
    publish.get_by_label("Gælder fra").fill("2027-07-01")
    publish.get_by_label("Overgangsregel").select_option("ALL_RUNNING")
    publish.get_by_role("button", name="Vis, hvilke sager den omfatter").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Loven omfatter 1 sager i gang.")).to_be_visible()
    expect(page.get_by_role("row", name=NUMBER)).to_contain_text("Alle sager i gang er omfattet")
    expect(page.get_by_role("link", name=NUMBER)).to_have_count(0)
    expect(page.get_by_role("region", name="3. Prøv scenarierne")).to_contain_text("01.07.2027")
    assert violations(page) == []


@pytest.mark.usefixtures("change")
def test_both_versions_of_a_scenario_stand_on_the_page_of_the_process(visits):
    page = visits.of("procesdesigner")
    page.goto(f"/processer/{PROCESS}")
    listed = page.get_by_role("region", name="Scenarier").get_by_role("listitem")
    expect(listed).to_contain_text(["· version 1 nu · version 2 fra 01.07.2027 lov nr. 7 af 2026"])
    assert violations(page) == []
    page.get_by_role("link", name="Sagen går i gang").press("Enter")
    text = page.get_by_label("Scenarie", exact=True)
    text.fill(text.input_value() + "expect: {state: ACTIVE}\n")
    page.get_by_role("button", name="Gem kladde").press("Enter")
    page.get_by_text("Gælder først fra en dag, eller kun en tid").press("Enter")
    expect(page.get_by_label("Gælder fra")).to_be_visible()
    assert violations(page) == []
