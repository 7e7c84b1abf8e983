"""Deadlines that a decision table gives: the row in force for the case counts, says so, and never silently lacks."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Transition, Validity
from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import InvalidInput
from kfflow.persistence import case_view
from kfflow.persistence.tables import Deadline, DecisionEvaluation, HistoryEvent, Incident, UserTask
from kfflow.service import calendars, deployments, incidents, instances, law
from kfflow.service import variables as changes
from kfflow.service.accounts import SYSTEM
from kfflow.service.calendars import Grounds
from tests.integration.service import diagrams
from tests.integration.service.standing import LEADER, METTE
from tests.unit.dmn.building import rule, table

COLUMNS = ["interval", "enhed", "eskaler_til", "advarsel_pct"]
CASE = '<bpmn:extensionElements><kf:case legalDate="=dag"/>{}</bpmn:extensionElements>'
ANEW = """<bpmn:subProcess id="Anew" triggeredByEvent="true"><bpmn:startEvent id="Aendret" isInterrupting="false">
  <bpmn:messageEventDefinition id="ad" messageRef="M"/></bpmn:startEvent><bpmn:endEvent id="AnewSlut"/>
  <bpmn:sequenceFlow id="a0" sourceRef="Aendret" targetRef="AnewSlut"/></bpmn:subProcess>"""
DESIGNER = Actor("dea", "Dea", frozenset({Role.DESIGNER}), national=True)
HIGH = '<zeebe:priorityDefinition priority="90"/>'
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def row(interval: str, hjemmel: str, *, task: str = '"A"', priority: str = "-", **notes: str):
    cells = [interval, '"AD"', '"teamleder"', "50"]
    return rule(['"p"', task, priority], cells, "raekke", hjemmel=hjemmel, **notes)


def targets(*rows) -> tuple[str, bytes]:
    return "t.dmn", table(["proces", "opgave", "prioritet"], COLUMNS, list(rows))


def process(deadline: str = '<kf:deadline table="t"/>', *, case: str = "") -> tuple[str, bytes]:
    drawn = diagrams.sequence("p", diagrams.user_task("A", extra=deadline), ids=["A"]).decode()
    head, opening, body = drawn.partition("<bpmn:startEvent")
    return "p.bpmn", f"{head}{CASE.format(case)}{opening}{body}".encode()


def deploy(service, *files, since: date | None = None, rule: Transition = Transition.FROM_REFERENCE_DATE):
    validity = Validity(since, lov="lov nr. 2" if since else None, overgang=rule)
    with service.command(SYSTEM) as ctx:
        return deployments.deploy(ctx, list(files), validity=validity)


def begin(service, legal: str = "2026-11-24", **variables) -> int:
    with service.command(METTE) as ctx:
        return instances.create(ctx, process_id="p", variables={"dag": legal, **variables}).key


def all_of(service, rows) -> list:
    with service.database.transaction() as session:
        return list(session.scalars(select(rows).order_by(rows.key)))


def the_deadline(service) -> Deadline:
    (found,) = all_of(service, Deadline)
    return found


def told(service) -> list[str]:
    return [step["text_en"] for step in the_deadline(service).explanation]


@pytest.mark.parametrize(
    ("legal", "rule", "why"),
    [
        ("2026-11-30", ("10 AD", "mål 1", 1), "The deadline stands in the table t, version 1 (mål 1)."),
        ("2026-12-01", ("2 AD", "mål 2", 2), "The deadline stands in the table t, version 2 (mål 2)."),
    ],
)
def test_task_opens_with_the_row_in_force_on_the_legal_date_and_says_so(service, legal, rule, why):
    deploy(service, targets(row("10", "mål 1")), process())
    deploy(service, targets(row("2", "mål 2")), since=date(2026, 12, 1))
    begin(service, legal)
    deadline = the_deadline(service)
    assert (deadline.rule, deadline.hjemmel, deadline.decision_version) == rule
    assert (deadline.kind, deadline.escalate_to, deadline.warn_share) == ("internal", "teamleder", 0.5)
    assert told(service)[0] == why


def test_priority_of_the_task_picks_the_row_and_the_element_keeps_its_start(service):
    rows = (row("10", "mål", priority="< 90"), row("1", "hastemål", priority=">= 90"))
    deploy(service, targets(*rows), process(f'{HIGH}<kf:deadline table="t" start="=begyndt"/>'))
    begin(service, begyndt="2026-11-26")
    deadline = the_deadline(service)
    assert (deadline.rule, deadline.hjemmel, str(deadline.due_at.date())) == ("1 AD", "hastemål", "2026-11-27")


def test_evaluation_is_stored_with_the_rule_that_fired(service):
    deploy(service, targets(row("5", "mål")), process())
    begin(service)
    (evaluated,) = all_of(service, DecisionEvaluation)
    assert evaluated.inputs == {"proces": "p", "opgave": "A", "prioritet": 50}
    assert [fired["hjemmel"] for fired in evaluated.rules] == ["mål"]
    (event,) = [e for e in all_of(service, HistoryEvent) if e.kind == "DECISION_EVALUATED"]
    assert (event.element_id, event.data["evaluation_key"]) == ("A", str(evaluated.key))
    with service.database.transaction() as session:
        assert case_view.evaluations(session, evaluated.case_key) == [], "the case page tells it at the deadline"


def test_running_deadline_keeps_its_row_when_calendar_table_and_start_change(service, worker):
    deploy(service, targets(row("10", "mål 1")), process('<kf:deadline table="t" start="=begyndt"/>'))
    instance = begin(service, begyndt="2026-11-24")
    deploy(service, targets(row("2", "mål 2")))
    with service.command(LEADER) as ctx:
        calendars.close(ctx, date(2026, 12, 1), Grounds("Hele landet flytter", "cirkulære 1"))
    worker.sweep()
    assert str(the_deadline(service).due_at.date()) == "2026-12-09"
    with service.command(LEADER) as ctx:
        changes.put(ctx, instance, {"begyndt": "2026-11-25"})
    deadline = the_deadline(service)
    assert (deadline.rule, deadline.decision_version, str(deadline.due_at.date())) == ("10 AD", 1, "2026-12-10")
    assert told(service)[0] == "The deadline stands in the table t, version 1 (mål 1)."


def test_deadline_of_a_whole_case_stands_in_a_table_under_the_process(service):
    deploy(service, targets(row("15", "mål for sagen", task='"p"')), process("", case='<kf:deadline table="t"/>'))
    begin(service)
    deadline = the_deadline(service)
    assert (deadline.task_key, deadline.rule, deadline.hjemmel) == (None, "15 AD", "mål for sagen")
    (evaluated,) = all_of(service, DecisionEvaluation)
    assert (evaluated.element_id, evaluated.inputs["prioritet"]) == ("p", None)


def test_task_without_a_row_waits_with_an_incident_and_gets_its_deadline_once_there_is_one(service):
    deploy(service, targets(row("5", "mål", gyldig_til="2026-01-01")), process())
    begin(service)
    (incident,), (task,) = all_of(service, Incident), all_of(service, UserTask)
    assert all_of(service, Deadline) == []
    assert (incident.kind, incident.element_id, task.due_at) == ("DEADLINE_UNREADABLE", "A", None)
    assert incident.message_en == (
        'The deadline of "A" could not be worked out: The table t gives no deadline for A in p (priority 50): '
        "Decision t version 1 cannot answer: no rule that fits is in force on 2026-11-24; rule 1 counted until "
        "2025-12-31. The day is the reference date of the case."
    )
    deploy(service, targets(row("5", "mål")))
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, incident.key)
    deadline = the_deadline(service)
    assert (deadline.rule, deadline.started_at, str(deadline.due_at.date())) == ("5 AD", task.created_at, "2026-12-01")


def test_resolving_without_a_row_tells_anew(service):
    deploy(service, targets(row("5", "mål", gyldig_til="2026-01-01")), process())
    begin(service)
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, all_of(service, Incident)[0].key)
    assert [one.state for one in all_of(service, Incident)] == ["RESOLVED", "ACTIVE"]


def test_case_whose_own_deadline_has_no_row_is_refused_by_name(service):
    ended = row("15", "mål", task='"p"', gyldig_til="2026-01-01")
    deploy(service, targets(ended), process("", case='<kf:deadline table="t"/>'))
    with pytest.raises(InvalidInput, match="The table t gives no deadline for p in p"):
        begin(service)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ([process()], ("deadline-table-unknown", "A", "p.bpmn")),
        ([targets(row("5", "mål", task='"B"')), process()], ("deadline-row-missing", "A", "p.bpmn")),
        ([targets(row('"fem"', "mål")), process()], ("dmn-deadline-row", "raekke", "t.dmn")),
    ],
)
def test_deployment_without_a_row_that_gives_the_deadline_is_refused_at_its_place(service, files, what):
    with pytest.raises(DeploymentRefused) as refused:
        deploy(service, *files)
    found = [f for f in refused.value.findings if f.severity == "error"]
    assert [(f.rule, f.element_id, f.resource) for f in found] == [what]


def test_table_that_loses_a_row_which_a_diagram_needs_is_refused(service):
    deploy(service, targets(row("5", "mål")), process())
    with pytest.raises(DeploymentRefused) as refused:
        deploy(service, targets(row("5", "mål", task='"B"')))
    (found,) = refused.value.findings
    assert (found.rule, found.resource) == ("dmn-deadline-row-missing", "t.dmn")
    assert found.message_en == "t has no row for A in p, which takes its deadline from it."


def test_row_that_only_a_running_case_needs_stays_until_it_has_ended(service):
    deploy(service, targets(row("5", "mål")), process())
    instance = begin(service)
    emptied, without = targets(row("5", "mål", task='"B"')), process('<kf:deadline rule="1 AD" hjemmel="§ 1"/>')
    deploy(service, without)
    with pytest.raises(DeploymentRefused):
        deploy(service, emptied)
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, instance, reason="fejloprettet")
    assert deploy(service, emptied).fresh == 1


def test_new_table_of_deadlines_sends_running_cases_nothing(service):
    task = diagrams.user_task("A", extra='<kf:deadline table="t"/>')
    message = diagrams.message("M", law.RECKON_ANEW, "=nr")
    drawn = diagrams.sequence("p", task, ANEW, ids=["A"], root=message)
    deploy(service, targets(row("10", "mål 1")), ("p.bpmn", drawn))
    instance = begin(service, nr="1")
    new = deploy(service, targets(row("2", "mål 2")), since=date(2026, 11, 1), rule=Transition.ALL_RUNNING)
    with service.command(DESIGNER) as ctx:
        found = law.named(ctx, law.Following(new.deployment.key))
    assert [(one.reached.instance_key, one.way) for one in found] == [(instance, law.Way.NEXT_EVALUATION)]
