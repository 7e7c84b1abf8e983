"""How an instance starts: in which case, at which place, by how many statements, and what it leaves when it ends."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import InvalidInput, NotFound
from kfflow.persistence.tables import Case, Deadline, DeadlineEntry, Incident, Person, ProcessInstance, UserTask
from kfflow.persistence.writes import MOST_AS_ONE
from kfflow.service import deployments, instances, messages, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

METTE = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), "SDO", "vest")
ONE_TASK = diagrams.sequence("proces", diagrams.user_task("Trin"), ids=["Trin"])


def deploy(service, *sources):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(f"p{n}.bpmn", s) for n, s in enumerate(sources)])


def create(service, process_id="proces", variables=None, actor=METTE, **named):
    with service.command(actor) as ctx:
        return instances.create(ctx, process_id=process_id, variables=variables or {}, **named)


def rows(service, table):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).order_by(table.key)))


def parallel(process_id: str, *branches: tuple[str, str]) -> bytes:
    """A process whose branches, each an element and the end after it, run side by side."""
    flows = "".join(
        f'<bpmn:sequenceFlow id="a{n}" sourceRef="Del" targetRef="{element_id}"/>'
        f'<bpmn:sequenceFlow id="b{n}" sourceRef="{element_id}" targetRef="Slut{n}"/>'
        for n, (element_id, _) in enumerate(branches)
    )
    return f"""{diagrams.HEAD}<bpmn:error id="E" errorCode="FEJL"/>
      <bpmn:process id="{process_id}" isExecutable="true"><bpmn:startEvent id="Begynd"/>
      <bpmn:sequenceFlow id="f" sourceRef="Begynd" targetRef="Del"/><bpmn:parallelGateway id="Del"/>
      {"".join(drawn for _, drawn in branches)}{flows}</bpmn:process></bpmn:definitions>""".encode()


def ends(number: int, kind: str = "") -> str:
    return f'<bpmn:endEvent id="Slut{number}">{kind}</bpmn:endEvent>'


def test_a_start_costs_one_statement_that_reads_and_one_that_writes(service, counted):
    deploy(service, ONE_TASK)
    counting, sent = counted
    create(counting)
    sent.clear()
    create(counting)
    assert len(sent) == 2


def test_a_start_that_opens_more_than_one_statement_holds_opens_them_all(service):
    many = MOST_AS_ONE + 1
    loop = """<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>
      <zeebe:loopCharacteristics inputCollection="=alle" inputElement="en"/></bpmn:extensionElements>
      </bpmn:multiInstanceLoopCharacteristics>"""
    deploy(service, diagrams.sequence("proces", diagrams.user_task("Trin", flows=loop), ids=["Trin"]))
    create(service, variables={"alle": list(range(many))})
    assert len(rows(service, UserTask)) == many


def test_a_new_case_is_of_its_persons_place_and_titled_by_the_process(service):
    deploy(service, ONE_TASK)
    with service.command(SYSTEM) as ctx:
        ctx.session.add(Person(key=7, person_number="P-7", name="Per", institution_code="SDO", unit_code="SDO-A1"))
    create(service, variables={"indsat_id": "P-7"}, actor=SYSTEM)
    case = rows(service, Case)[0]
    found = (case.person_key, case.institution_code, case.area, case.unit_code, case.title)
    assert found == (7, "SDO", "vest", "SDO-A1", "proces")


def test_a_case_is_at_the_place_that_is_named_before_the_actors(service):
    deploy(service, ONE_TASK)
    create(service, actor=SYSTEM, case=CaseDetails(institution_code="NYB"))
    create(service)
    assert [case.institution_code for case in rows(service, Case)] == ["NYB", "SDO"]


def test_an_institution_that_there_is_not_is_refused_by_name(service):
    deploy(service, ONE_TASK)
    with pytest.raises(InvalidInput) as refused:
        create(service, actor=SYSTEM, case=CaseDetails(institution_code="ATLANTIS"))
    assert refused.value.fields[0].message_en == "Unknown institution ATLANTIS."


def test_another_institution_does_not_exist(service):
    deploy(service, ONE_TASK)
    with pytest.raises(NotFound):
        create(service, case=CaseDetails(institution_code="NYB"))


def test_case_numbers_count_within_the_year_unless_one_is_given(service):
    deploy(service, ONE_TASK)
    numbers = [create(service).case_number, create(service, business_key="S-1").case_number]
    numbers.append(create(service).case_number)
    first, second = numbers[0].split("-"), numbers[2].split("-")
    assert (first[0], second, numbers[1]) == ("2026", ["2026", str(int(first[1]) + 1)], "S-1")


def test_an_instance_that_joins_a_closed_case_reopens_it(service):
    deploy(service, ONE_TASK)
    first = create(service, business_key="S-1")
    with service.command(METTE) as ctx:
        tasks.complete(ctx, rows(service, UserTask)[0].key, variables={})
    assert [(case.state, case.closed_at is None) for case in rows(service, Case)] == [("COMPLETED", False)]
    second = create(service, business_key="S-1")
    assert [(case.state, case.closed_at) for case in rows(service, Case)] == [("ACTIVE", None)]
    assert second.case_key == first.case_key


def test_another_institutions_case_is_not_joined(service):
    deploy(service, ONE_TASK)
    create(service, actor=SYSTEM, case=CaseDetails(institution_code="NYB"), business_key="S-1")
    with pytest.raises(NotFound):
        create(service, business_key="S-1")


def test_a_message_joins_the_case_it_names_and_numbers_no_new_one(service):
    source = ONE_TASK.replace(
        b'<bpmn:startEvent id="Begynd"/>',
        b'<bpmn:startEvent id="Begynd"><bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>',
    ).replace(b"<bpmn:process ", b'<bpmn:message id="M" name="kom"/><bpmn:process ', 1)
    deploy(service, source, diagrams.sequence("anden", diagrams.user_task("Inde"), ids=["Inde"]))
    create(service, "anden", business_key="S-1")
    for key in ("S-1", "S-2"):
        with service.command(SYSTEM) as ctx:
            messages.publish(ctx, name="kom", correlation_key=key, variables={})
    joined, alone = (row for row in rows(service, ProcessInstance) if row.process_id == "proces")
    numbers = {case.key: case.number for case in rows(service, Case)}
    assert (numbers[joined.case_key], joined.correlation_key) == ("S-1", "S-1")
    assert (numbers[alone.case_key].startswith("2026-"), alone.correlation_key) == (True, "S-2")


def test_a_called_process_that_begins_and_is_canceled_in_one_command_is_terminated(service):
    waits = diagrams.sequence("venter", diagrams.user_task("Inde"), ids=["Inde"])
    ready = diagrams.sequence("straks", diagrams.script_task("Regn", "=1", "en"), ids=["Regn"])
    branches = [
        ("Venter", diagrams.call_activity("Venter", "venter") + ends(0)),
        ("Straks", diagrams.call_activity("Straks", "straks") + ends(1, "<bpmn:terminateEventDefinition/>")),
    ]
    deploy(service, waits, ready, parallel("proces", *branches))
    create(service)
    states = {row.process_id: row.state for row in rows(service, ProcessInstance)}
    assert states == {"proces": "COMPLETED", "venter": "TERMINATED", "straks": "COMPLETED"}
    assert [task.state for task in rows(service, UserTask)] == ["CANCELED"]
    assert [case.state for case in rows(service, Case)] == ["COMPLETED"]


def test_an_instance_that_begins_and_ends_by_error_in_one_command_leaves_no_open_incident(service):
    branches = [
        ("Mangler", diagrams.call_activity("Mangler", "findes_ikke") + ends(0)),
        ("Straks", diagrams.call_activity("Straks", "fejler") + ends(1)),
    ]
    throws = '<bpmn:errorEventDefinition errorRef="E"/>'
    fails = parallel("fejler", ("Regn", diagrams.script_task("Regn", "=1", "en") + ends(0, throws)))
    caught = """<bpmn:boundaryEvent id="Grib" attachedToRef="Kald"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>
      <bpmn:endEvent id="Grebet"/><bpmn:sequenceFlow id="g" sourceRef="Grib" targetRef="Grebet"/>"""
    catches = diagrams.sequence("proces", diagrams.call_activity("Kald", "begge") + caught, ids=["Kald"])
    deploy(service, fails, parallel("begge", *branches), catches)
    create(service)
    states = {row.kind: row.state for row in rows(service, Incident)}
    assert states == {"CALLED_PROCESS_MISSING": "RESOLVED"}
    assert {row.process_id: row.state for row in rows(service, ProcessInstance)} == {
        "proces": "COMPLETED",
        "begge": "TERMINATED",
        "fejler": "TERMINATED",
    }


def test_the_deadline_of_a_case_that_ends_as_it_begins_is_met(service, clock):
    clock.at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    source = diagrams.sequence("proces", diagrams.script_task("Regn", "=1", "en"), ids=["Regn"]).replace(
        b'isExecutable="true">',
        b'isExecutable="true"><bpmn:extensionElements>'
        b'<kf:deadline rule="15 AD" kind="internal" hjemmel="internt"/></bpmn:extensionElements>',
    )
    deploy(service, source)
    assert create(service).state == "COMPLETED"
    assert [deadline.state for deadline in rows(service, Deadline)] == ["MET"]
    assert [entry.kind for entry in rows(service, DeadlineEntry)] == ["START", "MET"]
