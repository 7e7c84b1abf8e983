"""Who is appointed for an inmate: chosen among those who can be, then the one whose tasks are theirs."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import InvalidInput
from kfflow.jobs import handlers
from kfflow.persistence.tables import Account, Appointment, Person, UserTask
from kfflow.service import appointments, deployments, instances, persons, places, tasks
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT
from tests.integration.service import diagrams

GROUP = "handleplansansvarlig"
CHIEF = Actor("ena", "Ena", frozenset({Role.CASEWORKER}), frozenset({"enhedschef"}), national=True)
FORM = (ROOT / "workflows/kf_modtagelse/forms/udpeg_handleplansansvarlig.form").read_bytes()
ASKING = '<zeebe:formDefinition formId="udpeg_handleplansansvarlig"/>'
NUMBER = "SYN-000001"
SDO = ("sagsbehandler", "leif.kold", "signe.friis")
"""Who can be appointed at SDO, by the accounts of the demo."""


@pytest.fixture
def house(service):
    """An inmate of SDO, a case that appoints and then asks the appointed one, and one that asks from the beginning."""
    handlers.load(ROOT / "workflows")
    appointing = [
        diagrams.user_task("Udpeg", groups="enhedschef", extra=ASKING),
        diagrams.user_task("Plan", groups=GROUP),
    ]
    with service.command(SYSTEM) as ctx:
        person = {"person_number": NUMBER, "name": "Prøve", "institution_code": "SDO", "unit_code": "SDO-A1"}
        ctx.session.add(Person(key=ctx.new_key(), **person))
        files = [("plan.bpmn", diagrams.sequence("plan", *appointing, ids=["Udpeg", "Plan"]))]
        files += [("moede.bpmn", diagrams.sequence("moede", diagrams.user_task("Moede", groups=GROUP), ids=["Moede"]))]
        deployments.deploy(ctx, [*files, ("udpeg_handleplansansvarlig.form", FORM)])
    return service


def start(service, process, number=NUMBER):
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id=process, variables={"indsat_id": number}).key


def task(service, element, of=None):
    with service.query(SYSTEM) as ctx:
        waiting = select(UserTask).where(UserTask.element_id == element, UserTask.state == "CREATED")
        found = ctx.session.scalars(waiting.order_by(UserTask.key)).all()
        return next(one for one in found if of in (None, one.root_key))


def appoint(service, username, number=NUMBER, **answers):
    key = start(service, "plan", number)
    with service.command(CHIEF) as ctx:
        answers = {GROUP: username, "ingen_inhabilitet": True, **answers}
        tasks.complete(ctx, task(service, "Udpeg", key).key, variables=answers)
    return key


def chosen(service):
    with service.query(SYSTEM) as ctx:
        return [(one["value"], one["label"]) for one in appointments.choices(ctx, "SDO", "vest", GROUP)]


def test_whom_one_can_choose_stands_with_the_fewest_inmates_first(house):
    appoint(house, "leif.kold")
    assert [name for name, _ in chosen(house)][-1] == "leif.kold"
    assert dict(chosen(house)) == {
        "leif.kold": "Leif Kold (1)",
        "sagsbehandler": "Sanne Kjærsgaard (0)",
        "signe.friis": "Signe Friis (0)",
        "teamleder": "Tove Lindegaard (0)",
    }


def test_tasks_of_the_group_open_with_the_appointed_one(house):
    key = appoint(house, "leif.kold")
    assert task(house, "Plan", key).assignee == "leif.kold"
    assert task(house, "Moede", start(house, "moede")).assignee == "leif.kold"
    assert task(house, "Moede", start(house, "moede", "SYN-000002")).assignee is None


@pytest.mark.parametrize(
    ("username", "answers"),
    [
        ("leif.kodl", {}),
        ("winnie.moelgaard", {}),
        ("betjent", {}),
        ("leif.kold", {"inhabile": ["leif.kold"]}),
    ],
    ids=["unknown", "elsewhere", "of_another_group", "conflicted"],
)
def test_whoever_cannot_be_appointed_is_refused_at_the_field(house, username, answers):
    with pytest.raises(InvalidInput) as refused:
        appoint(house, username, **answers)
    assert [problem.field for problem in refused.value.fields] == [GROUP]
    with house.query(SYSTEM) as ctx:
        assert ctx.session.scalars(select(Appointment)).all() == []


def test_whoever_was_named_as_conflicted_is_known_the_next_time(house):
    appoint(house, "leif.kold", inhabile=["signe.friis"])
    with pytest.raises(InvalidInput):
        appoint(house, "signe.friis")
    appoint(house, "signe.friis", inhabile=[])


def test_a_change_of_person_takes_open_tasks_along_but_not_what_a_colleague_took(house):
    waiting = start(house, "moede")
    held = start(house, "moede")
    with house.command(Actor("signe.friis", "", CHIEF.roles, frozenset({GROUP}), institution="SDO")) as ctx:
        tasks.claim(ctx, task(house, "Moede", held).key)
    first = appoint(house, "leif.kold")
    assert task(house, "Moede", waiting).assignee == "leif.kold"
    appoint(house, "sagsbehandler")
    seen = [task(house, element, of).assignee for element, of in (("Plan", first), ("Moede", waiting), ("Moede", held))]
    assert seen == ["sagsbehandler", "sagsbehandler", "signe.friis"]


def test_tasks_are_left_to_the_group_while_the_appointed_one_is_away_or_elsewhere(house):
    appoint(house, "leif.kold")
    with house.command(SYSTEM) as ctx:
        account = ctx.session.get_one(Account, "leif.kold")
        account.absent_from, account.absent_until = date(2026, 1, 1), date(2030, 1, 1)
    assert task(house, "Moede", start(house, "moede")).assignee is None
    assert "leif.kold" not in dict(chosen(house))
    with house.command(SYSTEM) as ctx:
        ctx.session.get_one(Account, "leif.kold").absent_until = date(2026, 1, 2)
        persons.move(ctx, 0, NUMBER, persons.Arrival("NYB"))
    assert task(house, "Moede", start(house, "moede")).assignee is None


def test_an_appointment_ends_when_the_person_has_left(house):
    appoint(house, "leif.kold")
    with house.command(SYSTEM) as ctx:
        places.leave(ctx, NUMBER)
    assert dict(chosen(house))["leif.kold"] == "Leif Kold (0)"
    assert task(house, "Moede", start(house, "moede")).assignee is None
