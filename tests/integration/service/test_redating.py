"""Running deadlines follow the variables that they hang on: when these change, in the same transaction, with why."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Deadline, DeadlineEntry
from kfflow.service import deadlines, messages, tasks, variables
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.service.standing import LEADER, METTE, open_task, resume, start, suspend
from tests.integration.service.test_deadline_ledger import require_one_truth

FROM_DAY = '<kf:deadline rule="10 KD" start="=dag" kind="internal" hjemmel="løsladelsesbekendtgørelsen § 1"/>'
UNTIL_DAY = '<kf:deadline until="=frister.svar" kind="internal" hjemmel="løsladelsesbekendtgørelsen § 1"/>'
LENGTH = '<kf:deadline rule="=if haster then &quot;1 KD&quot; else &quot;10 KD&quot;" hjemmel="Internt mål"/>'
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def begin(service, extra: str, **given):
    return start(service, one_task(extra), process_id="p", **given)


def one_task(extra: str = "", **drawn) -> bytes:
    return diagrams.sequence("p", diagrams.user_task("A", extra=extra), ids=["A"], **drawn)


def change(service, key: int, reason: str = "", **given) -> None:
    with service.command(LEADER, reason=reason) as ctx:
        variables.put(ctx, key, given)


def row(service) -> Deadline:
    with service.database.transaction() as session:
        return session.scalars(select(Deadline)).one()


def due(service) -> str:
    return row(service).due_at.astimezone(ZoneInfo("Europe/Copenhagen")).strftime("%Y-%m-%d %H:%M")


def lines(service) -> list[tuple[str, str, str, str]]:
    with service.database.transaction() as session:
        rows = session.scalars(select(DeadlineEntry).order_by(DeadlineEntry.key))
        return [(line.kind, line.actor, line.reason, line.hjemmel) for line in rows]


def test_start_that_moves_takes_the_deadline_and_the_tasks_dates_with_it(service):
    case = begin(service, FROM_DAY, dag="2026-12-01")
    assert due(service) == "2026-12-11 23:59"
    change(service, case.key, reason="Ny dom", dag="2027-02-01")
    assert due(service) == "2027-02-11 23:59"
    basis = "løsladelsesbekendtgørelsen § 1"
    assert lines(service)[1:] == [("RECOMPUTE", "lea", "dag er ændret: Ny dom", basis)]
    require_one_truth(service)
    deadline, task = row(service), open_task(service, "A")
    assert (task.due_at, task.warn_at) == (deadline.due_at, deadline.warn_at)
    assert [step["text_en"] for step in deadline.explanation][-1] == (
        "Reckoned anew Tuesday 24 November 2026 at 09:00 (dag changed: Ny dom, løsladelsesbekendtgørelsen § 1); "
        "before, the deadline expired Friday 11 December 2026 at 23:59."
    )


def test_date_that_moves_takes_the_deadline_with_it_each_time(service):
    case = begin(service, UNTIL_DAY, frister={"svar": "2026-12-01T12:00"})
    change(service, case.key, frister={"svar": "2026-12-24T12:00"})
    assert due(service) == "2026-12-24 12:00"
    change(service, case.key, frister={"svar": "2026-12-10T12:00"})
    assert due(service) == "2026-12-10 12:00"
    assert [kind for kind, *_ in lines(service)] == ["START", "RECOMPUTE", "RECOMPUTE"]
    require_one_truth(service)


def test_length_that_hangs_on_a_fact_follows_it(service):
    case = begin(service, LENGTH, haster=False)
    change(service, case.key, haster=True)
    assert (row(service).rule, due(service)) == ("1 KD", "2026-11-25 23:59")


@pytest.mark.parametrize("given", [{"andet": 1}, {"dag": "2026-12-01"}, {"dag": "2026-12-01", "frister": {}}])
def test_what_the_deadline_does_not_hang_on_or_is_the_same_leaves_it(service, given):
    case = begin(service, FROM_DAY, dag="2026-12-01")
    change(service, case.key, **given)
    assert [kind for kind, *_ in lines(service)] == ["START"]


def test_extension_is_counted_anew_from_the_new_date(service):
    case = begin(service, FROM_DAY, dag="2026-12-01")
    with service.command(LEADER) as ctx:
        deadlines.extend(ctx, row(service).key, "P5D", reason="Partens ønske")
    change(service, case.key, dag="2027-02-01")
    assert due(service) == "2027-02-16 23:59"
    require_one_truth(service)


def test_deadline_that_stands_still_moves_and_stands_still(service, clock):
    case = begin(service, FROM_DAY, dag="2026-11-24")
    suspend(service, case.key)
    change(service, case.key, dag="2026-12-01")
    assert (row(service).state, due(service)) == ("PAUSED", "2026-12-11 23:59")
    assert open_task(service, "A").due_at is None
    clock.at += timedelta(days=3)
    resume(service, case.key)
    assert (row(service).state, due(service)) == ("RUNNING", "2026-12-14 23:59")
    require_one_truth(service)


def test_breached_deadline_whose_new_date_lies_ahead_runs_again(service, worker, clock):
    case = begin(service, FROM_DAY, dag="2026-11-24")
    clock.at += timedelta(days=20)
    worker.sweep()
    assert row(service).state == "BREACHED"
    change(service, case.key, dag="2026-12-14")
    assert (row(service).state, due(service)) == ("RUNNING", "2026-12-24 23:59")
    require_one_truth(service)


@pytest.mark.parametrize("value", ["snart", "9999-12-31"])
def test_date_that_cannot_be_reckoned_with_leaves_the_deadline_and_says_so(service, value):
    case = begin(service, FROM_DAY, dag="2026-12-01")
    change(service, case.key, dag=value)
    assert due(service) == "2026-12-11 23:59"
    assert [(kind, why.partition(";")[0]) for kind, _, why, _ in lines(service)] == [
        ("START", ""),
        ("KEPT", "dag er ændret"),
    ]
    require_one_truth(service)


def test_deadline_of_the_whole_case_follows_too(service):
    drawn = one_task().decode()
    head, opening, body = drawn.partition("<bpmn:startEvent")
    source = f"{head}<bpmn:extensionElements>{FROM_DAY}</bpmn:extensionElements>{opening}{body}".encode()
    case = start(service, source, process_id="p", dag="2026-12-01")
    change(service, case.key, dag="2026-12-05")
    assert (row(service).task_key, due(service)) == (None, "2026-12-15 23:59")


def news() -> bytes:
    """A task with a date, and beside it an event subprocess that takes a new date from a message."""
    listener = (
        '<bpmn:subProcess id="Lyt" triggeredByEvent="true"><bpmn:startEvent id="Nyt" isInterrupting="false">'
        '<bpmn:messageEventDefinition id="Nyt_def" messageRef="M"/></bpmn:startEvent><bpmn:endEvent id="Hoert"/>'
        '<bpmn:sequenceFlow id="nf" sourceRef="Nyt" targetRef="Hoert"/></bpmn:subProcess>'
    )
    drawn = one_task(FROM_DAY, root=diagrams.message("M", "nyt", "=nummer")).decode()
    return drawn.replace("</bpmn:process>", f"{listener}</bpmn:process>").encode()


def test_date_that_comes_by_message_moves_the_open_tasks_deadline(service, worker):
    start(service, news(), process_id="p", dag="2026-12-01", nummer="7")
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="nyt", correlation_key="7", variables={"dag": "2027-01-01"})
    worker.sweep()
    assert due(service) == "2027-01-11 23:59"
    assert lines(service)[1][:3] == ("RECOMPUTE", "system", "dag er ændret")


def test_answer_of_one_task_moves_the_deadline_of_another_and_not_its_own(service):
    both = '<bpmn:parallelGateway id="Del"/>' + diagrams.user_task("A", extra=FROM_DAY) + diagrams.user_task("B")
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{a}{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in [("S", "Del"), ("Del", "A"), ("Del", "B"), ("A", "E"), ("B", "E")]
    )
    body = f'<bpmn:startEvent id="S"/>{both}<bpmn:endEvent id="E"/>{flows}'
    source = f'{diagrams.HEAD}<bpmn:process id="p" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    start(service, source.encode(), process_id="p", dag="2026-12-01")
    with service.command(METTE) as ctx:
        tasks.complete(ctx, open_task(service, "B").key, variables={"dag": "2027-01-01"})
    assert due(service) == "2027-01-11 23:59"
    with service.command(METTE) as ctx:
        tasks.complete(ctx, open_task(service, "A").key, variables={"dag": "2028-01-01"})
    assert [kind for kind, *_ in lines(service)] == ["START", "RECOMPUTE", "MET"]
    require_one_truth(service)


def test_explanation_begins_with_what_was_computed_in_words_and_keeps_them(service):
    said = 'da="regnet fra den dag, sagen nævner" en="counted from the day that the case names."'
    case = begin(service, FROM_DAY.replace(" kind", f" {said} kind"), dag="2026-11-09")
    first, *_, over, _ = row(service).explanation
    assert (first["text_da"], first["text_en"]) == (
        "Regnet fra den dag, sagen nævner.",
        "Counted from the day that the case names.",
    )
    assert over["text_en"] == "It had expired when it began Tuesday 24 November 2026 at 09:00."
    change(service, case.key, dag="2026-12-01")
    told = [step["text_en"] for step in row(service).explanation]
    assert told[0] == "Counted from the day that the case names."
    assert all("had expired" not in text for text in told)
