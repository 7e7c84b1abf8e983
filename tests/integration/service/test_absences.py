"""Who is away: told by themselves, by a supervisor of their place, by an administrator; and the tasks they hold."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.persistence.tables import Account, AuditEvent, UserTask
from kfflow.service import absences, deployments, instances, tasks
from kfflow.service.accounts import SYSTEM, actor_of
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

FIRST, LAST = date(2030, 3, 4), date(2030, 3, 8)
AREA = Actor("vest_leder", "Vest", frozenset({Role.SUPERVISOR}), area="vest")


def act(service, username):
    with service.query(SYSTEM) as ctx:
        return actor_of(ctx.session.get_one(Account, username))


def tell(service, actor, username, first=FIRST, last=LAST):
    with service.command(actor) as ctx:
        return absences.tell(ctx, username, first, last)


def days(service, username):
    with service.query(SYSTEM) as ctx:
        account = ctx.session.get_one(Account, username)
        return account.absent_from, account.absent_until


@pytest.mark.parametrize("teller", ["leif.kold", "teamleder", "administrator"])
def test_an_absence_is_told_by_oneself_a_supervisor_of_the_place_and_an_administrator(service, teller):
    told = tell(service, act(service, teller), "leif.kold")
    assert (told.name, told.first, told.last, days(service, "leif.kold")) == ("Leif Kold", FIRST, LAST, (FIRST, LAST))


def test_a_supervisor_of_an_area_tells_that_of_its_institutions_and_of_nobody_else(service):
    assert tell(service, AREA, "leif.kold").first == FIRST
    assert tell(service, AREA, "omraadekontor").first == FIRST
    for outside in ("direktorat", "administrator"):
        with pytest.raises(NotFound):
            tell(service, AREA, outside)


@pytest.mark.parametrize(
    ("teller", "username", "refused"),
    [
        ("sagsbehandler", "leif.kold", Forbidden),
        ("revisor", "leif.kold", Forbidden),
        ("teamleder", "winnie.moelgaard", NotFound),
        ("teamleder", "direktorat", NotFound),
        ("teamleder", "nobody", NotFound),
        ("administrator", "worker", NotFound),
    ],
)
def test_nobody_else_tells_it_and_nothing_is_stored(service, teller, username, refused):
    with pytest.raises(refused):
        tell(service, act(service, teller), username)
    with service.query(SYSTEM) as ctx:
        assert ctx.session.scalars(select(Account).where(Account.absent_from.is_not(None))).all() == []


def test_a_last_day_before_the_first_is_refused_at_its_field(service):
    with pytest.raises(InvalidInput) as refused:
        tell(service, act(service, "leif.kold"), "leif.kold", LAST, FIRST)
    assert [problem.field for problem in refused.value.fields] == ["until"]
    assert days(service, "leif.kold") == (None, None)
    assert tell(service, act(service, "leif.kold"), "leif.kold", FIRST, FIRST).last == FIRST


def test_both_days_and_those_before_stand_in_the_log(service):
    tell(service, act(service, "leif.kold"), "leif.kold")
    tell(service, act(service, "teamleder"), "leif.kold", FIRST, None)
    with service.query(SYSTEM) as ctx:
        written = select(AuditEvent).where(AuditEvent.verb == "service:account:absence").order_by(AuditEvent.key)
        lines = [(one.actor, one.subject, one.data) for one in ctx.session.scalars(written)]
    told = {"from": "2030-03-04", "until": "2030-03-08", "former_from": None, "former_until": None}
    changed = {"from": "2030-03-04", "until": None, "former_from": "2030-03-04", "former_until": "2030-03-08"}
    assert lines == [("leif.kold", "leif.kold", told), ("teamleder", "leif.kold", changed)]


def test_an_absence_ends_once_and_one_that_is_over_is_none(service):
    leif = act(service, "leif.kold")
    tell(service, leif, "leif.kold")
    with service.command(leif) as ctx:
        assert absences.end(ctx, "leif.kold").first is None
    assert tell(service, leif, "leif.kold", date(2020, 1, 1), date(2020, 1, 2)).first is None
    with service.command(leif) as ctx, pytest.raises(Conflict):
        absences.end(ctx, "leif.kold")


def test_the_overview_has_those_of_the_scope_who_leaves_first_on_top(service):
    chief, boss = act(service, "teamleder"), act(service, "administrator")
    tell(service, chief, "leif.kold", LAST, None)
    tell(service, chief, "signe.friis", FIRST, LAST)
    tell(service, boss, "winnie.moelgaard", FIRST, LAST)
    seen = {}
    for actor in (chief, AREA, boss):
        with service.query(actor) as ctx:
            seen[actor.username] = [one.username for one in absences.overview(ctx)]
    assert seen["teamleder"] == ["signe.friis", "leif.kold"]
    assert seen["administrator"] == ["signe.friis", "winnie.moelgaard", "leif.kold"]
    assert seen["vest_leder"][-1] == "leif.kold"


@pytest.fixture
def held(service):
    """Three tasks that Leif Kold holds, one of them at an institution that his supervisor does not see; one is free."""
    extra = diagrams.user_task("Moede", groups="handleplansansvarlig")
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("moede.bpmn", diagrams.sequence("moede", extra, ids=["Moede"]))])
        for place in ("SDO", "SDO", "NYB", "SDO"):
            details = CaseDetails(institution_code=place)
            instances.create(ctx, process_id="moede", variables={}, case=details)
        keys = ctx.session.scalars(select(UserTask.key).order_by(UserTask.key)).all()
        for task in ctx.session.scalars(select(UserTask).where(UserTask.key.in_(keys[:3]))):
            task.assignee, task.claimed_at = "leif.kold", ctx.at
    return keys


def assignees(service):
    with service.query(SYSTEM) as ctx:
        return list(ctx.session.scalars(select(UserTask.assignee).order_by(UserTask.key)))


@pytest.mark.usefixtures("held")
def test_the_tasks_of_who_is_away_go_back_to_the_group_as_far_as_the_supervisor_sees(service):
    chief = act(service, "teamleder")
    assert tell(service, chief, "leif.kold").holding == 2
    with service.command(chief) as ctx:
        fared = absences.put_back(ctx, "leif.kold")
    assert ([one.ok for one in fared], assignees(service)) == ([True, True], [None, None, "leif.kold", None])


@pytest.mark.usefixtures("held")
def test_one_puts_back_all_that_one_holds_and_an_administrator_nothing(service):
    leif, boss = act(service, "leif.kold"), act(service, "administrator")
    assert (tell(service, boss, "leif.kold").holding, tell(service, leif, "leif.kold").holding) == (0, 3)
    with service.command(boss) as ctx:
        assert absences.put_back(ctx, "leif.kold") == []
    with service.command(leif) as ctx:
        absences.put_back(ctx, "leif.kold")
    assert assignees(service) == [None] * 4


def test_nothing_is_put_back_of_who_is_not_away(service, held):
    with service.command(act(service, "teamleder")) as ctx, pytest.raises(Conflict):
        absences.put_back(ctx, "leif.kold")
    assert assignees(service)[0] == "leif.kold"
    with service.command(act(service, "teamleder")) as ctx:
        missing = [one.ok for one in tasks.unassign_many(ctx, [held[0], 7])]
    assert missing == [False, True]
