"""An institution in another area: its open cases and tasks go along, and nobody else's."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.persistence.tables import AuditEvent, Case, Institution, UserTask
from kfflow.service import deployments, instances, institutions, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams
from tests.integration.service.standing import LEADER, METTE

ELSEWHERE = '<kf:place institution="=sted"/>'
ADMIN = Actor("ada", "Ada", frozenset({Role.ADMINISTRATOR}), national=True)


def begin(service, institution: str, sted: str | None = None) -> None:
    with service.command(METTE) as ctx:
        details = CaseDetails(institution_code=institution)
        instances.create(ctx, process_id="p", variables={"sted": sted}, case=details)


@pytest.fixture
def cases(service):
    """Two cases at NYB, one of them with a task for STO; one at STO with a task for NYB; one at NYB that has ended."""
    source = diagrams.sequence("p", diagrams.user_task("A", extra=ELSEWHERE), ids=["A"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
    begin(service, "NYB")
    with service.command(METTE) as ctx:
        tasks.complete(ctx, ctx.session.scalars(select(UserTask.key)).one(), variables={})
    begin(service, "NYB")
    begin(service, "NYB", "STO")
    begin(service, "STO", "NYB")


def areas(service) -> tuple[list[str], list[str]]:
    with service.database.transaction() as session:
        of_cases = session.scalars(select(Case.area).order_by(Case.key)).all()
        return list(of_cases), list(session.scalars(select(UserTask.area).order_by(UserTask.key)))


def move(service, code: str = "NYB", area: str = "syd", *, reason: str = "Ny områdestruktur", actor: Actor = ADMIN):
    with service.command(actor) as ctx:
        return institutions.move_to_area(ctx, code, area, reason=reason, is_new=area == "syd")


@pytest.mark.usefixtures("cases")
def test_open_cases_and_tasks_go_along_and_what_has_ended_stays(service):
    assert areas(service) == (["vest", "vest", "vest", "oest"], ["vest", "vest", "oest", "vest"])
    moved = move(service)
    assert (moved.cases, moved.tasks) == (2, 2)
    assert areas(service) == (["vest", "syd", "syd", "oest"], ["vest", "syd", "oest", "syd"])


@pytest.mark.usefixtures("cases")
def test_move_is_audited_with_its_reason(service):
    move(service)
    with service.database.transaction() as session:
        chosen = select(AuditEvent).where(AuditEvent.verb == "service:institution:move")
        event = session.scalars(chosen).one()
    assert (event.subject, event.reason) == ("NYB", "Ny områdestruktur")
    assert event.data == {"from": "vest", "to": "syd", "cases": 2, "tasks": 2}


@pytest.mark.usefixtures("cases")
def test_next_task_of_a_moved_case_is_in_the_new_area(service):
    move(service)
    begin(service, "NYB")
    assert areas(service)[1][-1] == "syd"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"code": "XYZ"}, NotFound),
        ({"area": "vest"}, Conflict),
        ({"reason": " "}, InvalidInput),
        ({"area": ""}, InvalidInput),
        ({"actor": LEADER}, Forbidden),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(service, given, refusal):
    with pytest.raises(refusal):
        move(service, **given)
    with service.database.transaction() as session:
        assert session.get(Institution, "NYB").area == "vest"


@pytest.mark.usefixtures("cases")
def test_area_of_an_institution_is_the_one_it_was_moved_to(service):
    move(service)
    with service.query(SYSTEM) as ctx:
        assert [institutions.area_of(ctx, code) for code in ("NYB", "STO")] == ["syd", "oest"]
        with pytest.raises(NotFound):
            institutions.area_of(ctx, "XXX")
