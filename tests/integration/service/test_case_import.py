"""Open cases of another system come into the middle of a process, with their deadlines, or none of a file does."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import func, select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Forbidden, InvalidInput
from kfflow.persistence.tables import (
    Account,
    AuditEvent,
    Case,
    Deadline,
    DeadlineEntry,
    HistoryEvent,
    ImportedCase,
    Job,
    Outbox,
    Person,
    ProcessInstance,
    Timer,
    UserTask,
)
from kfflow.service import case_import, deployments, tasks
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams, standing

CASEWORKER = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), national=True)
OPENED, ENTERED = "2026-10-01", "2026-11-02T09:00"
ENTERED_AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
GOOD = {
    "external_id": "K-1",
    "process": "sag",
    "element": "Vurder",
    "institution": "SDO",
    "opened_at": OPENED,
    "entered_at": ENTERED,
}


@pytest.fixture
def ready(service):
    """A process whose first element would call another system, with a task under a deadline, a timer and a table."""
    elements = [
        diagrams.service_task("Hent", "udenfor"),
        diagrams.user_task("Vurder", extra=standing.LEGAL.format(rule="20 AD")),
        diagrams.timer_catch("Vent", "PT1H"),
        diagrams.timer_catch("Laenge", "=ventetid"),
    ]
    source = diagrams.sequence("sag", *elements, ids=["Hent", "Vurder", "Vent", "Laenge"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("sag.bpmn", source)])
        ctx.session.add(Person(key=ctx.new_key(), person_number="P-7", name="Per", institution_code="SDO"))
    return service


def run(service, *rows, dry_run=False, actor=SYSTEM):
    with service.command(actor, reason="overgang") as ctx:
        return case_import.import_cases(ctx, orjson.dumps(rows), dry_run=dry_run)


def problems(service, *rows):
    report = run(service, *rows, dry_run=True)
    return [(p.row, p.column, p.value, p.code) for p in report.problems]


def every(service, column):
    with service.database.transaction() as session:
        return list(session.scalars(select(column)))


def test_a_case_stands_where_the_row_says_and_nothing_before_it_ran(ready):
    report = run(ready, GOOD | {"person": "P-7", "variables": {"dage": 3}, "title": "Udgang"})
    with ready.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        task = session.scalars(select(UserTask)).one()
        instance = session.scalars(select(ProcessInstance)).one()
        person = session.scalars(select(Person.key)).one()
    assert report.imported == [case.number]
    assert (case.number[:5], case.title, case.person_key, case.institution_code) == ("2026-", "Udgang", person, "SDO")
    assert (case.opened_at, task.created_at) == (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), ENTERED_AT)
    assert (task.element_id, task.state) == ("Vurder", "CREATED")
    assert instance.variables == {"dage": 3, "indsat_id": "P-7", "sagsnummer": case.number}
    assert (every(ready, Job.key), every(ready, Outbox.key)) == ([], [])
    assert "Hent" not in every(ready, HistoryEvent.element_id)


def test_the_deadline_runs_from_its_original_start_and_its_ledger_says_where_from(ready):
    run(ready, GOOD)
    with ready.database.transaction() as session:
        deadline = session.scalars(select(Deadline)).one()
        entry = session.scalars(select(DeadlineEntry)).one()
    assert deadline.started_at == ENTERED_AT
    assert deadline.due_at.date().isoformat() == "2026-11-30"
    assert (entry.kind, entry.at, entry.hjemmel) == ("START", ENTERED_AT, "straffuldbyrdelsesloven § 46")
    assert entry.reason == "Indlæst som K-1 2026-11-24; løber fra sagens oprindelige tidspunkt"


def test_an_imported_case_goes_on_to_its_end(ready, worker, clock):
    run(ready, GOOD | {"variables": {"ventetid": "PT1H"}})
    with ready.command(standing.METTE) as ctx:
        tasks.complete(ctx, ctx.session.scalars(select(UserTask.key)).one(), variables={})
    for _ in range(2):
        clock.at += timedelta(hours=2)
        worker.drain()
    assert every(ready, Case.state) == ["COMPLETED"]


def test_a_timer_whose_time_has_passed_fires_after_the_import(ready, worker):
    run(ready, GOOD | {"element": "Vent", "variables": {"ventetid": "PT1H"}})
    assert every(ready, Timer.due_at) == [ENTERED_AT + timedelta(hours=1)]
    worker.drain()
    assert sorted(every(ready, Timer.state)) == ["ARMED", "FIRED"]


def test_a_claim_comes_along_and_one_that_cannot_hold_the_task_is_refused(ready):
    with ready.database.transaction() as session:
        able = session.scalars(
            select(Account.username).where(
                Account.institution_code == "SDO",
                Account.groups.contains(["sagsbehandler"]),
                Account.roles.contains(["caseworker"]),
            )
        ).first()
    run(ready, GOOD | {"assignee": able})
    assert every(ready, UserTask.assignee) == [able]
    unable = [GOOD | {"external_id": "K-2", "assignee": "ingen"}, GOOD | {"external_id": "K-3", "element": "Vent"}]
    unable[1]["assignee"] = able
    assert problems(ready, *unable) == [(1, "assignee", "ingen", "invalid"), (2, "assignee", able, "no_task")]


def test_several_elements_get_a_token_each(ready):
    run(ready, GOOD | {"element": "Vurder|Vent"})
    assert (every(ready, UserTask.element_id), every(ready, Timer.element_id)) == (["Vurder"], ["Vent"])


def test_a_dry_run_tells_every_problem_and_keeps_nothing(ready):
    rows = [
        GOOD,
        GOOD | {"external_id": "K-2", "process": "ukendt", "institution": "XXX", "person": "P-0"},
        GOOD | {"external_id": "K-3", "element": "Findes_ikke"},
        GOOD | {"external_id": "K-4", "element": "Begynd"},
        GOOD | {"external_id": "K-5", "element": "Laenge"},
        GOOD | {"external_id": "K-6", "entered_at": "2026-09-01"},
    ]
    assert problems(ready, *rows) == [
        (2, "institution", "XXX", "unknown"),
        (2, "person", "P-0", "unknown"),
        (2, "process", "ukendt", "unknown"),
        (3, "element", "Findes_ikke", "UNKNOWN_ELEMENT"),
        (4, "element", "Begynd", "NOT_ACTIVATABLE"),
        (5, "variables", "Laenge", "INVALID_TIMER"),
        (6, "entered_at", "2026-09-01", "order"),
    ]
    tried = run(ready, GOOD, dry_run=True)
    assert (tried.accepted, tried.imported, tried.problems) == (1, [], [])
    assert (every(ready, Case.key), every(ready, UserTask.key), every(ready, ImportedCase.case_key)) == ([], [], [])


def test_one_wrong_row_keeps_the_whole_file_out(ready):
    with pytest.raises(InvalidInput) as refused:
        run(ready, GOOD, GOOD | {"external_id": "K-2", "institution": "XXX"})
    assert [(f.field, f.message_en) for f in refused.value.fields] == [
        ("rows.2.institution", "“XXX”: Unknown institution; enter it first, or correct the value.")
    ]
    assert every(ready, Case.key) == []


def test_the_same_file_again_changes_nothing(ready):
    run(ready, GOOD)
    again = run(ready, GOOD, GOOD | {"external_id": "K-2"})
    assert (len(again.imported), again.already) == (1, 1)
    with ready.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 2


def test_a_row_that_was_changed_since_its_import_is_refused(ready):
    run(ready, GOOD)
    assert problems(ready, GOOD | {"element": "Vent"}) == [(1, "external_id", "K-1", "changed")]


def test_who_imported_which_case_and_when_stands_in_the_audit_log(ready, clock):
    run(ready, GOOD)
    with ready.database.transaction() as session:
        line = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "service:case:import", AuditEvent.case_key.is_not(None))
        ).one()
    assert (line.subject, line.at, line.reason) == ("K-1", clock.at, "overgang")


def test_whoever_may_not_move_cases_may_not_import_them(ready):
    with pytest.raises(Forbidden):
        run(ready, GOOD, actor=CASEWORKER)
