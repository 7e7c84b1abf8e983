"""What must hold of a demo population, whatever its seed and size."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from kfflow.demo import finishing, law, population
from kfflow.domain import authorization, deadlines
from kfflow.domain.law import Transition, Validity
from kfflow.persistence.tables import (
    Account,
    Case,
    Comment,
    Deadline,
    DeadlineEntry,
    Draft,
    HistoryEvent,
    Incident,
    Institution,
    Person,
    ProcessInstance,
    Unit,
    UserTask,
)
from kfflow.service import accounts, law_drafts, ledgers, tasks
from kfflow.service.accounts import SYSTEM
from tests.conftest import NOW
from tests.integration.demo.conftest import populated
from tests.population import INMATES, small


def open_tasks(ctx):
    return ctx.session.scalars(select(UserTask).where(UserTask.state == "CREATED")).all()


def test_everybody_is_marked_as_synthetic(ctx):
    people = ctx.session.scalars(select(Person)).all()
    assert len(people) == INMATES
    assert all(p.synthetic and p.person_number.startswith("SYN-") and p.name.endswith("(SYNTETISK)") for p in people)


def test_no_unit_holds_more_than_its_places(ctx):
    places = dict(ctx.session.execute(select(Unit.code, Unit.places)).all())
    held = Counter(ctx.session.scalars(select(Person.unit_code)))
    assert {unit: number for unit, number in held.items() if number > places[unit]} == {}


def test_unit_of_everybody_belongs_to_their_institution(ctx):
    astray = select(Person.key).join(Unit, Unit.code == Person.unit_code)
    assert ctx.session.scalars(astray.where(Unit.institution_code != Person.institution_code)).all() == []


def test_every_open_task_has_a_due_date_and_a_basis(ctx):
    paused = ctx.session.scalars(select(Deadline.task_key).where(Deadline.state == "PAUSED")).all()
    found = open_tasks(ctx)
    assert [t.element_id for t in found if not t.hjemmel] == []
    assert [t.key for t in found if t.due_at is None] == paused


def test_every_task_is_held_by_somebody_who_may_work_it(ctx):
    people = {a.username: accounts.actor_of(a) for a in ctx.session.scalars(select(Account))}
    held = [t for t in open_tasks(ctx) if t.assignee]
    refused = {t.element_id: authorization.may_work(people[t.assignee], tasks.view(ctx, t)) for t in held}
    assert held
    assert {element: why for element, why in refused.items() if why} == {}


def test_nothing_happened_before_the_span_or_after_now(ctx):
    first, last = ctx.session.execute(select(func.min(HistoryEvent.at), func.max(HistoryEvent.at))).one()
    assert first >= NOW - timedelta(days=small()["extent"]["days"])
    assert last <= NOW


def test_history_of_each_case_is_in_order_of_time(ctx):
    events = ctx.session.execute(select(HistoryEvent.case_key, HistoryEvent.at).order_by(HistoryEvent.key)).all()
    latest = {}
    for case_key, at in events:
        assert at >= latest.get(case_key, at)
        latest[case_key] = at


def test_every_deadline_began_in_its_ledger(ctx):
    began = set(ctx.session.scalars(select(DeadlineEntry.deadline_key).where(DeadlineEntry.kind == "START")))
    assert began == set(ctx.session.scalars(select(Deadline.key)))


def test_deadline_past_its_time_is_entered_as_breached(ctx):
    unnoticed = select(Deadline.key).where(Deadline.state == "RUNNING", Deadline.due_at <= NOW)
    breached = select(Deadline.key).where(Deadline.state == "BREACHED", Deadline.ended_at.is_(None))
    assert ctx.session.scalars(unnoticed).all() == []
    assert ctx.session.scalars(breached).first()


def test_every_deadline_is_its_replayed_ledger(ctx):
    rows = ctx.session.scalars(select(Deadline)).all()
    entries = ledgers.of(ctx, [row.key for row in rows])
    for row in rows:
        state = deadlines.replay(entries[row.key])
        assert (state.state, state.due_at, state.warn_at) == (row.state, row.due_at, row.warn_at)
        assert (state.warned_at, state.breached_at, state.ended_at) == (row.warned_at, row.breached_at, row.ended_at)


def test_every_case_is_about_an_inmate_of_its_institution(ctx):
    cases = ctx.session.execute(
        select(Case.institution_code, Person.institution_code, Institution.area, Case.area)
        .join(Person, Person.key == Case.person_key)
        .join(Institution, Institution.code == Case.institution_code)
    ).all()
    assert len(cases) == len(ctx.session.scalars(select(Case.key)).all())
    assert all(of_case == of_person and area == of_area for of_case, of_person, area, of_area in cases)


def test_cases_of_many_processes_are_open(ctx):
    roots = select(ProcessInstance.process_id).where(
        ProcessInstance.state == "ACTIVE", ProcessInstance.parent_key.is_(None)
    )
    assert set(ctx.session.scalars(roots)) == {
        "kf_genovervejelse",
        "kf_loesladelse",
        "kf_modtagelse",
        "kf_overfoersel",
        "kf_udgangstilladelse",
    }


def test_login_has_tasks_in_hand_and_some_cases_are_commented(ctx):
    in_hand = [task for task in open_tasks(ctx) if task.assignee == "sagsbehandler"]
    comments = ctx.session.scalar(select(func.count()).select_from(Comment))
    assert (len(in_hand) > 1, comments > 0) == (True, True)


def test_somebody_is_late_back_from_leave_and_nobody_has_called_yet(ctx):
    waiting = [task.element_id for task in open_tasks(ctx) if task.process_id == "kf_udgang_afvikling"]
    assert waiting == ["RingTilIndsat"]


def test_one_deadline_stands_still_with_reason_and_basis(ctx):
    paused = ctx.session.scalars(select(Deadline).where(Deadline.state == "PAUSED")).one()
    line = ledgers.of(ctx, [paused.key])[paused.key][-1]
    assert (line.kind, line.actor, line.reason, line.hjemmel) == (
        "PAUSE",
        "teamleder",
        finishing.PAUSE_REASON,
        finishing.PAUSE_BASIS,
    )


def test_only_incident_is_the_job_that_the_demo_breaks(ctx):
    incidents = ctx.session.execute(select(Incident.element_id, Incident.kind)).all()
    assert incidents == [("HentStamdata", "JOB_NO_RETRIES")]


def test_no_command_was_refused_on_the_way(loaded):
    _, summary = loaded
    assert summary.refused == 0


def test_what_was_written_is_left_vacuumed(postgres):
    told = small()
    told["extent"]["days"], told["leaves"]["staged"], told["people"]["inmates"] = 1, [], 2500
    service, _ = populated(postgres, "kfflow_demo_vacuumed", told)
    vacuumed = text("SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND relname = 'person'")
    with service.query(SYSTEM) as ctx:
        assert ctx.session.scalars(vacuumed).all() == ["person"]
    service.database.close()


def test_loading_again_changes_nothing(demo):
    before = population.is_loaded(demo.database)
    summary = population.load(demo.database, told=small(8), progress=False, now=NOW)
    assert (before, summary.loaded, summary.inmates) == (True, False, INMATES)


def test_same_seed_gives_the_same_population(demo, demo_again):
    def told(service):
        with service.query(accounts.SYSTEM) as ctx:
            people = select(Person.person_number, Person.name, Person.unit_code, Person.facts).order_by(Person.key)
            of_cases = select(Case.number, Case.title, Case.state, Case.opened_at, ProcessInstance.state)
            of_cases = of_cases.join(ProcessInstance, ProcessInstance.case_key == Case.key)
            of_tasks = select(UserTask.element_id, UserTask.state, UserTask.assignee, UserTask.due_at)
            return (
                ctx.session.execute(people).all(),
                sorted(ctx.session.execute(of_cases).all(), key=str),
                sorted(ctx.session.execute(of_tasks).all(), key=str),
            )

    assert told(demo) == told(demo_again)


def test_summary_counts_what_is_there(demo, ctx):
    summary = population.load(demo.database, progress=False, now=NOW)
    overdue = [t for t in open_tasks(ctx) if t.due_at and t.due_at < NOW]
    assert (summary.open_tasks, summary.overdue_tasks) == (len(open_tasks(ctx)), len(overdue))
    assert summary.open_cases + summary.ended_cases == ctx.session.scalar(select(func.count()).select_from(Case))


def test_no_task_of_a_case_that_began_here_is_overdue_for_very_long(ctx):
    begins = NOW - timedelta(days=small()["extent"]["days"])
    own = set(ctx.session.scalars(select(Case.key).where(Case.opened_at > begins)))
    late = [t for t in open_tasks(ctx) if t.due_at and t.due_at < NOW - timedelta(days=7)]
    assert [t.element_id for t in late if t.case_key in own] == []


def test_a_drawn_change_of_law_reaches_those_who_serve_for_life(ctx):
    (draft,) = ctx.session.scalars(select(Draft)).all()
    assert (draft.resource_name, draft.saved_by) == ("livstid_graense.dmn", "procesdesigner")
    bill = Validity(NOW.date(), None, "straffeloven § 41", Transition.ALL_RUNNING)
    reached = law_drafts.would_name(ctx, {draft.resource_name: draft.revision}, bill)
    release = select(ProcessInstance.key).join(Case, Case.key == ProcessInstance.case_key)
    for_life = release.where(ProcessInstance.process_id == "kf_loesladelse", Case.person_key.in_(_for_life()))
    found = ctx.session.scalars(for_life).all()
    assert len(found) == len(law.read()["served_years"])
    assert set(found) <= {one.instance_key for one in reached if not one.is_blocked}


def _for_life():
    return select(Person.key).where(Person.facts["straftype"].as_string() == "livstid")


def test_an_edit_that_fits_no_more_is_refused(ctx):
    with pytest.raises(ValueError, match=r"livstid_graense\.dmn does not say 'no such text'"):
        law.draw(ctx, [{"file": "livstid_graense.dmn", "find": "no such text", "replace": ""}])
