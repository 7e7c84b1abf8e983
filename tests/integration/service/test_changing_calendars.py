"""A changed calendar: who may change it, what is refused, and how running deadlines follow, each once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import CalendarChange, Deadline, DeadlineEntry, UserTask
from kfflow.service import calendars, deadlines, reprojection
from kfflow.service.accounts import SYSTEM
from kfflow.service.calendars import Grounds, Keeping
from tests.integration.service import diagrams
from tests.integration.service.standing import INTERNAL, LEADER, METTE, another, start
from tests.integration.service.test_deadline_ledger import require_one_truth

WHY = Grounds("Hele landet flytter", "cirkulære 1")
LOCAL = Actor("tove", "Tove", frozenset({Role.SUPERVISOR}), institution="SDO", area="vest")
OWN = '<kf:deadline rule="10 AD" calendar="institution" kind="internal" hjemmel="Internt mål"/>'
CLOSED = date(2026, 12, 1)
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now; ten working days on is 8 December.


def begin(service, extra: str = INTERNAL.format(rule="10 AD")):
    source = diagrams.sequence("p", diagrams.user_task("A", extra=extra), ids=["A"])
    return start(service, source, process_id="p")


def close(service, day: date = CLOSED, grounds: Grounds = WHY, actor: Actor = LEADER) -> int:
    with service.command(actor) as ctx:
        return calendars.close(ctx, day, grounds).version


def due_days(service) -> list[str]:
    with service.database.transaction() as session:
        return [str(d.date()) for d in session.scalars(select(Deadline.due_at).order_by(Deadline.key))]


def lines(service) -> list[tuple[str, str, str, str]]:
    with service.database.transaction() as session:
        rows = session.scalars(select(DeadlineEntry).order_by(DeadlineEntry.key))
        return [(row.kind, row.actor, row.reason, row.hjemmel) for row in rows]


def test_a_closed_day_moves_a_running_deadline_with_a_line_that_says_why_and_who(service, worker):
    begin(service)
    close(service)
    worker.sweep()
    assert due_days(service) == ["2026-12-09"]
    assert lines(service)[1:] == [
        ("RECOMPUTE", "lea", "01.12.2026 er lukkedag: Hele landet flytter", "cirkulære 1"),
    ]
    with service.database.transaction() as session:
        deadline, task = session.scalars(select(Deadline)).one(), session.scalars(select(UserTask)).one()
        assert (task.due_at, task.warn_at) == (deadline.due_at, deadline.warn_at)
        told = [step["text_en"] for step in deadline.explanation]
    assert "Not counted: 4 weekend days and Hele landet flytter on 1 December." in told
    assert told[-1] == (
        "Reckoned anew Tuesday 24 November 2026 at 09:00 "
        "(01.12.2026 is a closed day: Hele landet flytter, cirkulære 1); "
        "before, the deadline expired Tuesday 8 December 2026 at 23:59."
    )
    require_one_truth(service)


def test_a_deadline_follows_each_change_once(service, worker):
    begin(service)
    close(service)
    for _ in range(3):
        worker.sweep()
    assert [kind for kind, *_ in lines(service)] == ["START", "RECOMPUTE"]


def test_a_day_opened_again_moves_it_back_with_two_lines(service, worker):
    begin(service)
    close(service)
    worker.sweep()
    with service.command(LEADER) as ctx:
        calendars.reopen(ctx, CLOSED, Grounds("Aflyst"))
    worker.sweep()
    assert due_days(service) == ["2026-12-08"]
    assert [reason for _, _, reason, _ in lines(service)][1:] == [
        "01.12.2026 er lukkedag: Hele landet flytter",
        "01.12.2026 er ikke længere lukkedag: Aflyst",
    ]


def test_a_day_after_the_deadline_moves_nothing(service, worker):
    begin(service)
    close(service, date(2026, 12, 10))
    worker.sweep()
    assert [kind for kind, *_ in lines(service)] == ["START"]


def test_calendar_days_are_moved_only_where_they_roll(service, worker):
    begin(service, '<kf:deadline rule="7 KD" roll="next" kind="internal" hjemmel="Internt mål"/>')
    close(service)
    worker.sweep()
    assert due_days(service) == ["2026-12-02"]


def test_an_institutions_day_moves_the_deadlines_that_keep_its_calendar(service, worker):
    begin(service, OWN)
    with service.database.transaction() as session:
        session.execute(update(Deadline).values(institution_code="SDO"))
    close(service, grounds=Grounds("Brandøvelse", institution="NYB"))
    worker.sweep()
    assert due_days(service) == ["2026-12-08"]
    close(service, grounds=Grounds("Personaledag", institution="SDO"), actor=LOCAL)
    worker.sweep()
    assert due_days(service) == ["2026-12-09"]
    assert lines(service)[-1][:3] == ("RECOMPUTE", "tove", "01.12.2026 er lukkedag (SDO): Personaledag")


def test_an_institution_open_on_all_days_counts_all_days(service, worker):
    begin(service, OWN)
    with service.database.transaction() as session:
        session.execute(update(Deadline).values(institution_code="SDO"))
    with service.command(LEADER) as ctx:
        calendars.keep(ctx, Keeping("24/7"), Grounds("Døgnbemandet", institution="SDO"))
    worker.sweep()
    assert due_days(service) == ["2026-12-04"]


def test_a_new_deadline_counts_by_the_newest_version(service, worker):
    version = close(service)
    begin(service)
    assert due_days(service) == ["2026-12-09"]
    worker.sweep()
    assert [kind for kind, *_ in lines(service)] == ["START"]
    with service.database.transaction() as session:
        assert session.scalars(select(Deadline.calendar_version)).one() == version


def test_a_deadline_that_began_while_the_calendar_changed_follows_later(service, worker):
    """It was reckoned by the version before and committed after the worker had looked."""
    version = close(service)
    worker.sweep()
    begin(service)
    with service.database.transaction() as session:
        before = date(2026, 12, 8) - date(2026, 12, 9)
        session.execute(
            update(Deadline).values(calendar_version=version - 1, due_at=Deadline.due_at + timedelta(days=before.days))
        )
    worker.sweep()
    assert due_days(service) == ["2026-12-09"]


def test_a_breached_deadline_that_moves_past_now_runs_again(service, worker, clock):
    begin(service)
    clock.at += timedelta(days=15, hours=3)
    worker.sweep()
    close(service, date(2026, 12, 8))
    worker.sweep()
    assert require_one_truth(service).state == "RUNNING"
    assert [kind for kind, *_ in lines(service)] == ["START", "WARNED", "BREACHED", "RECOMPUTE"]


def test_a_paused_deadline_follows_and_resumes_by_the_new_calendar(service, worker, clock):
    begin(service)
    with service.command(LEADER) as ctx:
        deadlines.pause(ctx, ctx.session.scalars(select(Deadline.key)).one(), reason="Partshøring")
    close(service)
    worker.sweep()
    clock.at += timedelta(days=2)
    with service.command(LEADER) as ctx:
        deadlines.resume(ctx, ctx.session.scalars(select(Deadline.key)).one(), reason="Svar")
    assert due_days(service) == ["2026-12-11"]
    require_one_truth(service)


def test_what_has_ended_stays(service, worker):
    begin(service)
    with service.database.transaction() as session:
        session.execute(update(Deadline).values(state="MET", ended_at=func.now()))
    close(service)
    worker.sweep()
    assert due_days(service) == ["2026-12-08"]


def test_many_follow_in_batches_across_workers_that_die_each_once(service):
    """A batch whose worker dies is undone whole and done by the next; another worker takes what is left."""
    instance = begin(service)
    for _ in range(19):
        another(service, "p")
    close(service)
    assert instance.key

    def batch() -> int:
        with service.command(SYSTEM) as ctx:
            return reprojection.follow(ctx, limit=7)

    def dying() -> None:
        with service.command(SYSTEM) as ctx:
            reprojection.follow(ctx, limit=7)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        dying()
    assert batch() == 7
    with pytest.raises(ConnectionError):
        dying()
    Worker(service).follow_calendars()
    assert due_days(service) == ["2026-12-09"] * 20
    assert sorted(kind for kind, *_ in lines(service)) == ["RECOMPUTE"] * 20 + ["START"] * 20


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 12, 25), "2026-12-25 is no working day: Christmas Day."),
        (date(2026, 11, 28), "2026-11-28 is no working day: weekend."),
    ],
)
def test_a_day_that_is_closed_is_not_closed_again(service, day, told):
    with pytest.raises(Conflict) as refused:
        close(service, day)
    assert refused.value.message_en == told


def test_only_a_day_closed_by_a_change_is_opened(service):
    with service.command(LEADER) as ctx, pytest.raises(Conflict):
        calendars.reopen(ctx, date(2026, 12, 25), WHY)


def test_an_institution_open_on_all_days_closes_none(service):
    with service.command(LEADER) as ctx:
        calendars.keep(ctx, Keeping("24/7"), Grounds("Døgnbemandet", institution="SDO"))
    with pytest.raises(Conflict) as refused:
        close(service, grounds=Grounds("Personaledag", institution="SDO"))
    assert refused.value.message_en == "The institution is open on all days."


def test_a_calendar_is_changed_for_a_reason_by_who_may_and_within_reach(service):
    with pytest.raises(InvalidInput):
        close(service, grounds=Grounds(" "))
    with pytest.raises(Forbidden):
        close(service, actor=METTE)
    with pytest.raises(Forbidden):
        close(service, actor=LOCAL)
    with pytest.raises(NotFound):
        close(service, grounds=Grounds("x", institution="NYB"), actor=LOCAL)
    with service.database.transaction() as session:
        assert session.scalars(select(func.count()).select_from(CalendarChange)).one() == 0


def test_keeping_what_there_is_not_names_each_field(service):
    with service.command(LEADER) as ctx, pytest.raises(InvalidInput) as refused:
        calendars.keep(ctx, Keeping("maanen"), Grounds("x"))
    assert [problem.field for problem in refused.value.fields] == ["institution", "base"]


def test_the_closed_days_of_a_year_are_the_holidays_and_what_was_closed(service):
    close(service)
    with service.command(LEADER) as ctx:
        days = [(str(one.day), one.name_da) for one in calendars.closed_days(ctx, 2026)]
    assert days == [
        ("2026-01-01", "nytårsdag"),
        ("2026-04-02", "skærtorsdag"),
        ("2026-04-03", "langfredag"),
        ("2026-04-05", "påskedag"),
        ("2026-04-06", "anden påskedag"),
        ("2026-05-14", "Kristi himmelfartsdag"),
        ("2026-05-24", "pinsedag"),
        ("2026-05-25", "anden pinsedag"),
        ("2026-12-01", "Hele landet flytter"),
        ("2026-12-25", "juledag"),
        ("2026-12-26", "anden juledag"),
    ]


def test_a_day_closed_yearly_moves_what_runs_over_it_and_what_begins_in_later_years(service, worker, clock):
    begin(service)
    with service.command(LEADER) as ctx:
        calendars.close(ctx, CLOSED, WHY, yearly=True)
    worker.sweep()
    assert lines(service)[1:] == [
        ("RECOMPUTE", "lea", "01.12. er lukkedag hvert år fra 2026: Hele landet flytter", "cirkulære 1"),
    ]
    clock.at += timedelta(days=365)
    another(service, "p")
    assert due_days(service) == ["2026-12-09", "2027-12-09"]


def test_a_day_closed_yearly_is_opened_for_one_year_and_then_for_good(service):
    with service.command(LEADER) as ctx:
        calendars.close(ctx, CLOSED, WHY, yearly=True)
        calendars.reopen(ctx, date(2027, 12, 1), WHY)
        calendars.reopen(ctx, date(2028, 12, 1), WHY, yearly=True)
        closed = [
            [c.name_da for c in calendars.closed_days(ctx, year) if c.day == date(year, 12, 1)]
            for year in (2026, 2027, 2028)
        ]
        with pytest.raises(Conflict, match="not closed yearly"):
            calendars.reopen(ctx, date(2028, 12, 1), WHY, yearly=True)
    assert closed == [["Hele landet flytter"], [], []]


@pytest.mark.parametrize("day", [date(2026, 12, 25), CLOSED])
def test_a_day_closed_already_is_not_closed_yearly(service, day):
    with service.command(LEADER) as ctx:
        calendars.close(ctx, CLOSED, WHY, yearly=True)
        with pytest.raises(Conflict, match="no working day"):
            calendars.close(ctx, day, WHY, yearly=True)


def test_the_29th_of_february_is_not_closed_yearly(service):
    with service.command(LEADER) as ctx, pytest.raises(InvalidInput) as refused:
        calendars.close(ctx, date(2028, 2, 29), WHY, yearly=True)
    assert [problem.field for problem in refused.value.fields] == ["day"]
