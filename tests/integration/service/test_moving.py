"""A transfer: the person, their open cases and every open task move at once; nothing is left at the old place."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import InvalidInput, NotFound
from kfflow.jobs import handlers
from kfflow.persistence import inbox
from kfflow.persistence.inbox import Beholder, Filter
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Case, Incident, Person, UserTask
from kfflow.service import deployments, instances, persons, places, tasks
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT
from tests.integration.service import diagrams

NUMBER = "SYN-000001"
ROLES = frozenset({Role.CASEWORKER})
OLD = Actor("mette", "Mette", ROLES, frozenset({"sagsbehandler"}), institution="SDO", area="vest")
NEW = Actor("nina", "Nina", ROLES, frozenset({"sagsbehandler"}), institution="NYB", area="vest")


@pytest.fixture
def inmate(service):
    with service.command(SYSTEM) as ctx:
        person = Person(
            key=ctx.new_key(), person_number=NUMBER, name="Prøve", institution_code="SDO", unit_code="SDO-A1", facts={}
        )
        ctx.session.add(person)
    return person.key


def begin(service, *elements, ids, process_id="sag", institution="NYB"):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(f"{process_id}.bpmn", diagrams.sequence(process_id, *elements, ids=ids))])
    with service.command(OLD) as ctx:
        variables = {"indsat_id": NUMBER, "ny_institution": institution}
        return instances.create(ctx, process_id=process_id, variables=variables).case_key


def move(service, case_key, institution="NYB", unit="NYB-L1"):
    with service.command(SYSTEM) as ctx:
        return persons.move(ctx, case_key, NUMBER, persons.Arrival(institution, unit))


def open_tasks(service):
    with service.query(SYSTEM) as ctx:
        return list(ctx.session.scalars(select(UserTask).where(UserTask.state == "CREATED").order_by(UserTask.key)))


def two_cases(service):
    ids = [begin(service, diagrams.user_task("Trin"), ids=["Trin"], process_id=name) for name in ("udgang", "plan")]
    return ids[0]


def test_open_tasks_of_all_cases_move_with_the_person(service, inmate):
    case_key = two_cases(service)
    assert move(service, case_key) == 2
    assert [(t.institution_code, t.unit_code) for t in open_tasks(service)] == [("NYB", "NYB-L1")] * 2
    with service.query(SYSTEM) as ctx:
        person = ctx.session.get_one(Person, inmate)
        assert (person.institution_code, person.unit_code) == ("NYB", "NYB-L1")
        assert set(ctx.session.scalars(select(Case.institution_code))) == {"NYB"}


@pytest.mark.usefixtures("inmate")
def test_unclaimed_task_is_the_receiving_institutions_alone(service):
    case_key = two_cases(service)
    move(service, case_key)
    task = open_tasks(service)[0]
    with pytest.raises(NotFound), service.command(OLD) as ctx:
        tasks.claim(ctx, task.key)
    with service.command(NEW) as ctx:
        assert tasks.claim(ctx, task.key).assignee == "nina"


@pytest.mark.usefixtures("inmate")
def test_who_holds_a_task_keeps_it_and_finds_it_in_the_inbox(service):
    case_key = two_cases(service)
    held = open_tasks(service)[0]
    with service.command(OLD) as ctx:
        tasks.claim(ctx, held.key)
    move(service, case_key)
    with service.query(OLD) as ctx:
        beholder = Beholder(OLD.username, tuple(OLD.groups), scope_of(OLD), ctx.at, ctx.at, ctx.at)
        assert inbox.counts(ctx.session, beholder)[0]["mine"] == 1
        assert [row.key for row in inbox.page(ctx.session, Filter(view="mine"), beholder)] == [held.key]
    with service.command(OLD) as ctx:
        assert tasks.complete(ctx, held.key, variables={}).state == "COMPLETED"


@pytest.mark.usefixtures("inmate")
def test_move_to_an_unknown_institution_moves_nothing(service):
    case_key = two_cases(service)
    with pytest.raises(InvalidInput) as refused:
        move(service, case_key, institution="XXX")
    assert [f.field for f in refused.value.fields] == ["institution_code"]
    with pytest.raises(InvalidInput) as refused:
        move(service, case_key, unit="SDO-A1")
    assert [f.field for f in refused.value.fields] == ["unit_code"]
    assert {t.institution_code for t in open_tasks(service)} == {"SDO"}


@pytest.mark.usefixtures("inmate")
def test_task_after_the_moving_job_opens_at_the_new_place(service, worker):
    handlers.load(ROOT / "workflows")
    elements = (diagrams.service_task("Flyt", "svc_flyt_person"), diagrams.user_task("Modtag"))
    begin(service, *elements, ids=["Flyt", "Modtag"])
    worker.drain()
    assert [(t.element_id, t.institution_code) for t in open_tasks(service)] == [("Modtag", "NYB")]


@pytest.mark.usefixtures("inmate")
def test_move_that_cannot_be_made_becomes_an_incident(service, worker):
    handlers.load(ROOT / "workflows")
    begin(service, diagrams.service_task("Flyt", "svc_flyt_person", retries=1), ids=["Flyt"], institution="XXX")
    worker.drain()
    with service.query(SYSTEM) as ctx:
        assert [i.element_id for i in ctx.session.scalars(select(Incident))] == ["Flyt"]


@pytest.mark.usefixtures("inmate")
def test_free_places_are_those_of_the_regime_less_the_people(service):
    with service.query(SYSTEM) as ctx:
        assert places.free(ctx, "SDO", "aaben") == 3 * 74 - 1
        assert places.free(ctx, "SDO", "lukket") == 200
        assert places.free(ctx, "XXX", "aaben") == 0


@pytest.mark.usefixtures("inmate")
def test_facts_of_a_person_are_given_as_text(service):
    with service.query(SYSTEM) as ctx:
        assert persons.facts(ctx, NUMBER) == {"indsat_navn": "Prøve", "fra_institution": "SDO"}
        assert persons.facts(ctx, "SYN-000099") is None


def placed(institution):
    return diagrams.user_task("Bekraeft", extra=f'<kf:place institution="{institution}"/>')


@pytest.mark.usefixtures("inmate")
def test_task_for_another_institution_is_that_institutions_and_the_case_stays(service):
    begin(service, placed("=ny_institution"), ids=["Bekraeft"])
    assert [(t.institution_code, t.area, t.unit_code) for t in open_tasks(service)] == [("NYB", "vest", None)]
    with service.query(SYSTEM) as ctx:
        assert list(ctx.session.scalars(select(Case.institution_code))) == ["SDO"]


@pytest.mark.usefixtures("inmate")
def test_task_for_an_unknown_institution_stays_with_the_case_and_a_person_is_told(service):
    begin(service, placed("XXX"), ids=["Bekraeft"])
    assert [t.institution_code for t in open_tasks(service)] == ["SDO"]
    with service.query(SYSTEM) as ctx:
        assert [i.kind for i in ctx.session.scalars(select(Incident))] == ["INSTITUTION_UNKNOWN"]
