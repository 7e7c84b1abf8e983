"""`kfflow test --stored` and `kfflow draft try`: scenarios kept in the database, on what is in force then."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kfflow.domain.law import Validity
from kfflow.service import deployments, drafts
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT
from tests.integration.web.steps import SCENARIO, source

NAME = "proces.to_trin.yaml"
LAW = Validity(date(2099, 7, 1), None, "lov nr. 1")


@pytest.fixture
def tried(kfflow, service, postgres):
    """The command line with a server of its own to try things on, and one scenario kept with its process."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A", "B")), (NAME, SCENARIO.encode())])
    folders = {"KFFLOW_DATA_DIR": str(Path(postgres.pgdata).parent), "KFFLOW_WORKFLOWS_DIR": str(ROOT / "workflows")}
    return replace(kfflow, environment=kfflow.environment | folders)


def announce(service, scenario: str) -> None:
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A", "C")), (NAME, scenario.encode())], validity=LAW)


def test_stored_scenarios_are_reported_as_shipped_ones_are(tried):
    told = tried("test", "proces", "--stored", "--english")
    lines = told.output.splitlines()
    assert (told.exit_code, lines[0], lines[2]) == (0, "✓ proces · To trin", "1 scenarios, 1 as expected, 0 differ.")
    assert lines[5].startswith("  proces: 5/7 elements and flows (71 %); not reached: ")


def test_a_law_to_come_is_tried_on_its_own_scenarios(tried, service):
    announce(service, SCENARIO.replace("[B]", "[C]"))
    told = tried("test", "--stored")
    lines = told.output.splitlines()
    assert (told.exit_code, lines[1], lines[3]) == (
        0,
        "✓ proces · To trin · fra 2099-07-01",
        "2 scenarier, 2 som ventet, 0 afviger.",
    )
    assert [line.partition(":")[0].split(" · ")[0].strip() for line in lines[-2:]] == ["proces", "proces"]
    assert lines[-1].startswith("  proces · fra 2099-07-01: 5/7 ")


def test_what_differs_under_the_law_to_come_alone_is_told_with_its_day(tried, service):
    announce(service, SCENARIO)
    told = tried("test", "--stored")
    assert (told.exit_code, "1 som ventet, 1 afviger." in told.output) == (1, True)
    assert "✗ proces · To trin · fra 2099-07-01 [to_trin.yaml]\n    Trin 2 (expect_open)" in told.output


def test_a_process_that_is_not_in_operation_is_refused(tried):
    refused = tried("test", "ukendt", "--stored")
    assert (refused.exit_code, "There is no process ukendt in operation." in refused.output) == (2, True)


def test_drafts_are_tried_from_the_day_they_shall_count(tried, service):
    announce(service, SCENARIO)
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source=source("A", "B").decode(), revision=0)
    told = tried("draft", "try", "proces.bpmn", "--gyldig-fra", "2099-07-01")
    assert (told.exit_code, "1 scenarier, 1 som ventet, 0 afviger." in told.output) == (0, True)
    told = tried("draft", "try", "proces.bpmn")
    assert (told.exit_code, "2 scenarier, 1 som ventet, 1 afviger." in told.output) == (1, True)
