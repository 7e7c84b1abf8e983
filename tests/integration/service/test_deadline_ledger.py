"""A deadline's row is what replaying its ledger gives, whatever happened; and what people change of one."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from kfflow.domain import deadlines as rules
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound, Suspended
from kfflow.persistence.tables import Deadline, DeadlineEntry, UserTask
from kfflow.service import deadlines, instances, ledgers, tasks
from kfflow.service.tasks import TaskChanges
from tests.integration.service import diagrams
from tests.integration.service.standing import INTERNAL, LEADER, LEGAL, METTE, open_task, resume, start, suspend

BASIS = "forvaltningsloven § 19"
FIXED = '<kf:deadline until="2026-12-01T12:00:00+01:00" calendar="dk" kind="internal" hjemmel="Internt mål"/>'
BACKWARD = '<kf:deadline rule="-5 KD" start="=dag" calendar="dk" kind="internal" hjemmel="Internt mål"/>'
HOUR = timedelta(hours=1)
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Copenhagen"))


def begin(service, extra: str, **variables):
    source = diagrams.sequence("p", diagrams.user_task("A", extra=extra), ids=["A"])
    return start(service, source, process_id="p", **variables)


def row(service) -> Deadline:
    with service.database.transaction() as session:
        return session.scalars(select(Deadline)).one()


def kinds(service) -> list[str]:
    with service.database.transaction() as session:
        return list(session.scalars(select(DeadlineEntry.kind).order_by(DeadlineEntry.key)))


def extend(service, to: str, *, reason: str = "Partens ønske", hjemmel: str = "", actor=LEADER) -> None:
    with service.command(actor) as ctx:
        deadlines.extend(ctx, row(service).key, to, reason=reason, hjemmel=hjemmel)


def pause(service, *, reason: str = "Partshøring", hjemmel: str = "") -> None:
    with service.command(LEADER) as ctx:
        deadlines.pause(ctx, row(service).key, reason=reason, hjemmel=hjemmel)


def run_on(service, reason: str = "Svar er kommet") -> None:
    with service.command(LEADER) as ctx:
        deadlines.resume(ctx, row(service).key, reason=reason)


def complete(service) -> None:
    with service.command(METTE) as ctx:
        tasks.complete(ctx, open_task(service, "A").key, variables={})


def require_one_truth(service) -> rules.State:
    """Compare the row with its replayed ledger, field by field."""
    with service.command(LEADER) as ctx:
        deadline = ctx.session.scalars(select(Deadline)).one()
        state = rules.replay(ledgers.of(ctx, [deadline.key])[deadline.key])
        assert (state.state, state.due_at, state.warn_at, state.warned_at, state.breached_at, state.ended_at) == (
            deadline.state,
            deadline.due_at,
            deadline.warn_at,
            deadline.warned_at,
            deadline.breached_at,
            deadline.ended_at,
        )
        assert (deadline.pause is not None) is (deadline.state == "PAUSED")
    return state


def test_a_row_is_its_replayed_ledger_after_all_that_can_happen(service, worker, clock):
    instance = begin(service, INTERNAL.format(rule="4 H"))
    require_one_truth(service)
    pause(service)
    clock.at += HOUR
    require_one_truth(service)
    run_on(service)
    suspend(service, instance.key)
    clock.at += HOUR
    resume(service, instance.key)
    require_one_truth(service)
    clock.at += 4 * HOUR
    worker.sweep()
    assert require_one_truth(service).state == "BREACHED"
    extend(service, "2 H")
    assert require_one_truth(service).state == "RUNNING"
    clock.at += 3 * HOUR
    worker.sweep()
    complete(service)
    assert (require_one_truth(service).state, row(service).ended_at) == ("BREACHED", clock.at)
    assert kinds(service) == [
        *("START", "PAUSE", "RESUME", "PAUSE", "RESUME", "WARNED", "BREACHED", "EXTEND", "WARNED", "BREACHED", "MET"),
    ]


def test_what_is_met_late_before_anybody_noticed_is_breached(service, clock):
    begin(service, INTERNAL.format(rule="4 H"))
    clock.at += 5 * HOUR
    complete(service)
    assert (require_one_truth(service).state, row(service).breached_at) == ("BREACHED", clock.at)
    assert kinds(service) == ["START", "MET"]


def test_what_ends_while_paused_is_met(service, clock):
    begin(service, INTERNAL.format(rule="4 H"))
    pause(service)
    clock.at += 9 * HOUR
    complete(service)
    assert require_one_truth(service).state == "MET"


def test_a_canceled_case_cancels_its_breached_deadline(service, worker, clock):
    instance = begin(service, INTERNAL.format(rule="4 H"))
    clock.at += 5 * HOUR
    worker.sweep()
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, instance.key, reason="Fejl")
    assert (require_one_truth(service).state, row(service).breached_at is not None) == ("CANCELED", True)


def test_a_missed_warning_is_entered_with_the_breach_and_both_once(service, worker, clock):
    begin(service, INTERNAL.format(rule="4 H"))
    clock.at += timedelta(days=1)
    assert worker.note_deadlines() == 2
    assert worker.note_deadlines() == 0
    assert kinds(service) == ["START", "WARNED", "BREACHED"]
    require_one_truth(service)


@pytest.mark.parametrize(
    ("to", "due"),
    [
        ("5 AD", "2026-12-15T23:59:59"),
        ("P1W", "2026-12-15T23:59:59"),
        ("1 MD", "2027-01-08T23:59:59"),
        ("2026-12-10T12:00", "2026-12-10T12:00:00"),
        ("2026-12-10", "2026-12-10T23:59:59"),
    ],
)
def test_an_extension_counts_on_from_the_due_instant(service, to, due):
    begin(service, INTERNAL.format(rule="10 AD"))
    extend(service, to)
    assert row(service).due_at == local(due)
    assert (open_task(service, "A").due_at, open_task(service, "A").warn_at) == (
        row(service).due_at,
        row(service).warn_at,
    )
    require_one_truth(service)


def test_an_extension_says_why_in_the_explanation(service):
    begin(service, LEGAL.format(rule="10 AD"))
    extend(service, "5 AD", reason="Sagen er uoplyst", hjemmel=BASIS)
    step = row(service).explanation[-1]
    assert step["text_da"] == (
        "Forlænget med 5 arbejdsdage (Sagen er uoplyst, forvaltningsloven § 19); "
        "fristen udløber derfor tirsdag den 15. december 2026 kl. 23.59."
    )
    assert step["text_en"] == (
        "Extended by 5 working days (Sagen er uoplyst, forvaltningsloven § 19); "
        "so the deadline expires Tuesday 15 December 2026 at 23:59."
    )


@pytest.mark.parametrize(
    ("to", "reason", "hjemmel", "field"),
    [
        ("5 AD", " ", BASIS, "reason"),
        ("5 AD", "Uoplyst", "", "hjemmel"),
        ("snart", "Uoplyst", BASIS, "to"),
        ("-5 AD", "Uoplyst", BASIS, "to"),
        ("99999 KD", "Uoplyst", BASIS, "to"),
        ("2026-13-01T00:00", "Uoplyst", BASIS, "to"),
        ("2026-12-32", "Uoplyst", BASIS, "to"),
        ("0001-01-01T00:00", "Uoplyst", BASIS, "to"),
        ("2200-01-01", "Uoplyst", BASIS, "to"),
        ("9999-12-31T12:00", "Uoplyst", BASIS, "to"),
        ("9999-12-31T23:59:59-05:00", "Uoplyst", BASIS, "to"),
    ],
)
def test_an_extension_that_lacks_something_is_refused_by_field(service, to, reason, hjemmel, field):
    begin(service, LEGAL.format(rule="10 AD"))
    with pytest.raises(InvalidInput) as refused:
        extend(service, to, reason=reason, hjemmel=hjemmel)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert kinds(service) == ["START"]


def test_an_extension_by_a_length_does_not_leave_the_years_of_a_case(service):
    begin(service, INTERNAL.format(rule="36525 KD"))
    extend(service, "2199-01-01")
    with pytest.raises(InvalidInput) as refused:
        extend(service, "12 MD")
    assert [problem.field for problem in refused.value.fields] == ["to"]
    assert kinds(service) == ["START", "EXTEND"]


@pytest.mark.parametrize("to", ["snart", "99999 KD"])
def test_what_is_no_length_is_told_the_limit_and_that_dates_are_possible(service, to):
    begin(service, INTERNAL.format(rule="10 AD"))
    with pytest.raises(InvalidInput) as refused:
        extend(service, to)
    (problem,) = refused.value.fields
    assert problem.message_en == (
        f'"{to}" is no deadline. Write e.g. 10 AD (working days), 30 KD (calendar days), 4 W, 2 MD, 4 H or P1M; '
        "at most 10000 working days or 36525 days. Or write a date: 2026-12-01, 2026-12-01T12:00."
    )


def test_a_task_with_a_deadline_is_not_dated_past_its_ledger(service):
    begin(service, LEGAL.format(rule="10 AD"))
    task = open_task(service, "A")
    with pytest.raises(Conflict, match=f"deadlines/{row(service).key}/extension"), service.command(LEADER) as ctx:
        tasks.update(ctx, task.key, TaskChanges(due_at=local("2031-01-01T12:00"), priority=80))
    kept = open_task(service, "A")
    assert (kept.due_at, kept.priority) == (row(service).due_at, task.priority)
    with service.command(LEADER) as ctx:
        tasks.update(ctx, task.key, TaskChanges(follow_up_at=local("2026-12-01T12:00"), priority=80))
    assert open_task(service, "A").priority == 80


def test_an_extension_to_an_earlier_instant_is_refused(service):
    begin(service, INTERNAL.format(rule="10 AD"))
    with pytest.raises(Conflict):
        extend(service, "2026-11-30T12:00")


def test_an_extension_that_is_over_already_is_refused(service, worker, clock):
    begin(service, INTERNAL.format(rule="4 H"))
    clock.at += timedelta(days=1)
    worker.sweep()
    with pytest.raises(InvalidInput) as refused:
        extend(service, "1 H")
    assert [problem.field for problem in refused.value.fields] == ["to"]
    assert row(service).state == "BREACHED"


def test_a_met_deadline_is_not_extended(service):
    begin(service, INTERNAL.format(rule="4 H"))
    complete(service)
    with pytest.raises(Conflict) as refused:
        extend(service, "1 H")
    assert refused.value.message_da == "Fristen kan ikke forlænges: den er overholdt; den er afsluttet."


def test_a_caseworker_does_not_extend(service):
    begin(service, INTERNAL.format(rule="4 H"))
    with pytest.raises(Forbidden):
        extend(service, "1 H", actor=METTE)


def test_the_deadline_of_a_protected_task_does_not_exist_for_others(service):
    begin(service, INTERNAL.format(rule="4 H"))
    with service.database.transaction() as session:
        session.execute(update(UserTask).values(access_class="forurettet"))
    with pytest.raises(NotFound):
        extend(service, "1 H")


@pytest.mark.parametrize(
    ("extra", "why"),
    [(FIXED, "it is set to an instant"), (BACKWARD, "it counts backwards from a date")],
)
def test_a_date_is_not_paused(service, extra, why):
    begin(service, extra, dag="2026-12-24")
    with pytest.raises(Conflict) as refused:
        pause(service)
    assert refused.value.message_en == f"The deadline cannot be paused: {why}."


def test_a_deadline_paused_by_itself_stays_so_when_its_case_is_resumed(service, clock):
    instance = begin(service, INTERNAL.format(rule="4 H"))
    due_at = row(service).due_at
    pause(service)
    suspend(service, instance.key)
    clock.at += HOUR
    with pytest.raises(Suspended):
        run_on(service)
    resume(service, instance.key)
    assert row(service).state == "PAUSED"
    clock.at += HOUR
    run_on(service)
    assert (row(service).state, row(service).due_at) == ("RUNNING", due_at + 2 * HOUR)


def test_what_is_not_paused_is_not_resumed(service):
    begin(service, INTERNAL.format(rule="4 H"))
    with pytest.raises(Conflict) as refused:
        run_on(service)
    assert refused.value.message_en == "The deadline cannot be resumed: it is running."
