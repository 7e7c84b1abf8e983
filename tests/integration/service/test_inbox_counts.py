"""What the inbox counts: beside each process its own tasks, and of each view the length of the list it opens."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kfflow.persistence import inbox
from kfflow.persistence.inbox import VIEWS, Beholder, Filter
from kfflow.persistence.scope import Scope
from kfflow.persistence.tables import UserTask
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams


def test_each_process_counts_its_own_tasks_and_one_without_any_is_left_out(service):
    with service.command(SYSTEM) as ctx:
        for process_id, cases in (("en", 1), ("to", 2), ("ingen", 0)):
            plain = diagrams.sequence(process_id, diagrams.user_task("A"), ids=["A"])
            deployments.deploy(ctx, [(f"{process_id}.bpmn", plain)])
            for _ in range(cases):
                instances.create(ctx, process_id=process_id, variables={})
    with service.query(SYSTEM) as ctx:
        beholder = Beholder("x", (), Scope(national=True), ctx.at, ctx.at, ctx.at + timedelta(days=7))
        views, processes = inbox.counts(ctx.session, beholder)
    assert (views["enhed"], processes) == (3, {"en": 1, "to": 2})


def populate(service):
    """Tasks of two processes at two institutions of different areas: free, one's own, late, due today and later."""
    with service.command(SYSTEM) as ctx:
        for process_id in ("en", "to"):
            plain = diagrams.sequence(process_id, diagrams.user_task("A"), ids=["A"])
            deployments.deploy(ctx, [(f"{process_id}.bpmn", plain)])
        for number in range(12):
            details = CaseDetails(institution_code=("SDO", "NYB", "HOR")[number % 3])
            made = instances.create(ctx, process_id=("en", "to")[number % 2], variables={}, case=details)
            changed = {
                "due_at": ctx.at + timedelta(hours=6 * number - 12),
                "warn_at": ctx.at + timedelta(hours=number - 5),
            }
            if number % 4 == 0:
                changed["assignee"] = "x"
            ctx.session.execute(update(UserTask).where(UserTask.instance_key == made.key).values(**changed))


@pytest.mark.parametrize(
    "scope", [Scope(national=True), Scope(area="vest"), Scope(institution="SDO"), Scope(institution="ATLANTIS")]
)
def test_a_view_counts_the_tasks_that_its_list_shows(service, scope):
    populate(service)
    with service.query(SYSTEM) as ctx:
        day, week = ctx.at + timedelta(hours=10), ctx.at + timedelta(days=2)
        beholder = Beholder("x", ("sagsbehandler",), scope, ctx.at, day, week)
        views, processes = inbox.counts(ctx.session, beholder)
        listed = {view: len(inbox.page(ctx.session, Filter(view), beholder)) for view in VIEWS}
        by_process = {p: len(inbox.page(ctx.session, Filter(process_id=p), beholder)) for p in ("en", "to")}
    assert views == listed
    assert processes == {process: number for process, number in by_process.items() if number}
    assert views["mine"] == 3


@pytest.mark.parametrize("sort", ["frist", *inbox.SORTS])
@pytest.mark.parametrize("descending", [False, True])
def test_a_view_found_whole_first_is_listed_alike(service, sort, descending):
    populate(service)
    with service.query(SYSTEM) as ctx:
        beholder = Beholder("x", ("g",), Scope(national=True), ctx.at, ctx.at, ctx.at + timedelta(days=2))
        wanted = [Filter(view, sort=sort, descending=descending) for view in VIEWS]
        listed = [inbox.page(ctx.session, chosen, beholder) for chosen in wanted]
        short = [inbox.page(ctx.session, chosen, beholder, is_short=True) for chosen in wanted]
    assert short == listed
    assert [row.key for row in listed[VIEWS.index("enhed")]] != []


def test_by_unit_the_tasks_of_a_place_stand_together_by_their_due_date(service):
    populate(service)
    with service.query(SYSTEM) as ctx:
        beholder = Beholder("x", (), Scope(national=True), ctx.at, ctx.at, ctx.at)
        listed = inbox.page(ctx.session, Filter(sort="enhed"), beholder)
        places = select(UserTask.key, UserTask.institution_code, UserTask.due_at)
        place_of = {key: (code, due_at) for key, code, due_at in ctx.session.execute(places)}
    assert [place_of[row.key] for row in listed] == sorted(place_of.values())
