"""Several rules by date on one element: the one in force for the case counts, says so, and keeps saying so."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Deadline
from kfflow.service import calendars, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.calendars import Grounds
from tests.integration.service import diagrams
from tests.integration.service.standing import LEADER, METTE

BY_DATE = (
    '<kf:deadline rule="10 AD" gyldigTil="2026-12-01" kind="internal" hjemmel="lov nr. 1"/>'
    '<kf:deadline rule="2 AD" gyldigFra="2026-12-01" kind="internal" hjemmel="lov nr. 2"/>'
)
OLD = "The rule is in force until 30 November 2026: the legal date of the case is 30 November 2026."
NEW = "The rule is in force from 1 December 2026: the legal date of the case is 1 December 2026."
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def begin(service, legal: str) -> None:
    drawn = diagrams.sequence("p", diagrams.user_task("A", extra=BY_DATE), ids=["A"]).decode()
    case = '<bpmn:extensionElements><kf:case legalDate="=dag"/></bpmn:extensionElements>'
    head, opening, body = drawn.partition("<bpmn:startEvent")
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", f"{head}{case}{opening}{body}".encode())])
    with service.command(METTE) as ctx:
        instances.create(ctx, process_id="p", variables={"dag": legal})


def the_deadline(service) -> Deadline:
    with service.database.transaction() as session:
        return session.scalars(select(Deadline)).one()


def told(service) -> list[str]:
    return [step["text_en"] for step in the_deadline(service).explanation]


@pytest.mark.parametrize(
    ("legal", "rule", "why"),
    [
        ("2026-11-30", ("10 AD", "lov nr. 1", "2026-12-08"), OLD),
        ("2026-12-01", ("2 AD", "lov nr. 2", "2026-11-26"), NEW),
    ],
)
def test_rule_in_force_on_the_legal_date_counts_and_says_so_first(service, legal, rule, why):
    begin(service, legal)
    deadline = the_deadline(service)
    assert (deadline.rule, deadline.hjemmel, str(deadline.due_at.date())) == rule
    assert told(service)[0] == why


def test_explanation_still_says_which_rule_after_the_calendar_changed(service, worker):
    begin(service, "2026-11-30")
    with service.command(LEADER) as ctx:
        calendars.close(ctx, date(2026, 12, 1), Grounds("Hele landet flytter", "cirkulære 1"))
    worker.sweep()
    assert str(the_deadline(service).due_at.date()) == "2026-12-09"
    assert told(service)[0] == OLD
