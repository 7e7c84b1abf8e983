"""A place is promised once: held when somebody says yes, taken on arrival, free again when the person has left."""

import threading

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import InvalidInput
from kfflow.jobs import handlers
from kfflow.persistence.tables import HistoryEvent, Incident, Institution, Person, Reservation, Unit, UserTask
from kfflow.service import deployments, forms, instances, messages, places, tasks
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT
from tests.integration import whole
from tests.integration.service import diagrams

CHIEF = Actor("ena", "Ena", frozenset({Role.CASEWORKER}), frozenset({"enhedschef"}), national=True)
CONFIRM = (ROOT / "workflows/kf_overfoersel/forms/bekraeft_plads.form").read_bytes()
CONFIRMING = diagrams.user_task(
    "Bekraeft", groups="enhedschef", extra='<zeebe:formDefinition formId="bekraeft_plads"/>'
)
MOVING = diagrams.service_task("Flyt", "svc_flyt_person")
LEAVING = diagrams.service_task("Frigoer", "svc_frigoer_plads")
WAITING = diagrams.message_catch("Ankommet", "Besked")
ARRIVED = diagrams.message("Besked", "ankommet", "=indsat_id")
YES = {"plads_bekraeftet": "ja"}


@pytest.fixture
def transfers(service, worker):
    """A transfer: a place is confirmed, the person arrives, moves, and leaves again after a last task."""
    assert worker
    handlers.load(ROOT / "workflows")
    elements = [CONFIRMING, WAITING, MOVING, diagrams.user_task("Loeslad", groups="enhedschef"), LEAVING]
    ids = ["Bekraeft", "Ankommet", "Flyt", "Loeslad", "Frigoer"]
    source = diagrams.sequence("overfoersel", *elements, ids=ids, root=ARRIVED)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("overfoersel.bpmn", source), ("bekraeft_plads.form", CONFIRM)])
        ctx.session.get_one(Unit, "RIN-L").places = 1
    return service


def transfer(service, number):
    """Start a transfer to the one closed place of RIN, and give the key of its task."""
    with service.command(SYSTEM) as ctx:
        row = Person(key=ctx.new_key(), person_number=number, name=number, institution_code="SDO", unit_code="SDO-L1")
        ctx.session.add(row)
        ctx.session.flush()
        known = {"indsat_id": number, "ny_institution": "RIN", "til_regime": "lukket", "nyt_regime": "lukket"}
        instance = instances.create(ctx, process_id="overfoersel", variables=known)
        return ctx.session.scalars(select(UserTask.key).where(UserTask.instance_key == instance.key)).one()


def confirm(service, key, **answers):
    with service.command(CHIEF) as ctx:
        tasks.complete(ctx, key, variables={**YES, **answers})


def free(service, institution="RIN"):
    with service.query(SYSTEM) as ctx:
        return places.free(ctx, institution, "lukket")


def arrive(service, worker, number):
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="ankommet", correlation_key=number, variables={})
    worker.drain()


def test_a_transfer_to_a_full_regime_is_refused_at_the_field_and_nothing_is_stored(transfers):
    first, second = transfer(transfers, "P-1"), transfer(transfers, "P-2")
    confirm(transfers, first)
    before = whole.database(transfers)
    with pytest.raises(InvalidInput) as refused:
        confirm(transfers, second)
    (problem,) = refused.value.fields
    assert (problem.field, problem.code) == ("plads_bekraeftet", "no_place")
    assert (problem.message_da, problem.message_en) == (
        "Ringe Fængsel har ingen ledig plads i lukket regime. Vælg et andet sted, eller accepter overbelægningen.",
        "Ringe Fængsel has no free place in its closed regime. Choose another place, or accept the overcrowding.",
    )
    assert whole.database(transfers) == before


def test_a_place_is_held_taken_on_arrival_and_free_again_after_release(transfers, worker):
    at_first = free(transfers, "SDO")
    key = transfer(transfers, "P-1")
    assert (free(transfers), free(transfers, "SDO")) == (1, at_first - 1)
    confirm(transfers, key)
    assert (free(transfers), free(transfers, "SDO")) == (0, at_first - 1)
    arrive(transfers, worker, "P-1")
    with transfers.query(SYSTEM) as ctx:
        assert list(ctx.session.scalars(select(Person.unit_code))) == ["RIN-L"]
    assert (free(transfers), free(transfers, "SDO")) == (0, at_first)
    with transfers.command(CHIEF) as ctx:
        last = ctx.session.scalars(select(UserTask.key).where(UserTask.state == "CREATED")).one()
        tasks.complete(ctx, last, variables={})
    worker.drain()
    with transfers.query(SYSTEM) as ctx:
        assert list(ctx.session.scalars(select(Person.unit_code))) == [None]
    assert free(transfers) == 1


def test_of_two_transfers_to_the_last_place_exactly_one_wins(transfers):
    keys = [transfer(transfers, number) for number in ("P-1", "P-2")]
    ready, told = threading.Barrier(2), []

    def race(key):
        ready.wait(120)
        try:
            confirm(transfers, key)
        except InvalidInput as refused:
            told.append(refused.fields[0].code)
        else:
            told.append("held")

    threads = [threading.Thread(target=race, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(told) == ["held", "no_place"]
    assert free(transfers) == 0


def test_accepted_overcrowding_is_let_in_and_counted(transfers, worker):
    for number in ("P-1", "P-2"):
        confirm(transfers, transfer(transfers, number), overbelaeg_godkendt=True)
        arrive(transfers, worker, number)
    assert free(transfers) == -1


def test_a_place_is_let_go_by_a_no_and_by_the_end_of_the_process(transfers):
    held = transfer(transfers, "P-1")
    confirm(transfers, held)
    with transfers.command(SYSTEM) as ctx:
        instances.cancel(ctx, ctx.session.get_one(UserTask, held).instance_key, reason="frafaldet")
    assert free(transfers) == 1
    with transfers.command(CHIEF) as ctx:
        refused = transfer(transfers, "P-2")
        root = ctx.session.get_one(UserTask, refused).instance_key
        places.hold(ctx, root, places.Wanted("RIN", "lukket"), field="x")
    confirm(transfers, refused, plads_bekraeftet="nej", plads_afslag_grund="Ingen ledig celle")
    assert free(transfers) == 1
    with transfers.query(SYSTEM) as ctx:
        assert [r.ended_at is None for r in ctx.session.scalars(select(Reservation).order_by(Reservation.key))] == [
            True,
            False,
        ]


def test_who_arrives_without_a_place_becomes_an_incident_that_says_what_to_do(transfers, worker):
    confirm(transfers, transfer(transfers, "P-1"))
    with transfers.command(SYSTEM) as ctx:
        source = diagrams.sequence("uden", diagrams.service_task("Flyt", "svc_flyt_person", retries=1), ids=["Flyt"])
        deployments.deploy(ctx, [("uden.bpmn", source)])
        known = {"indsat_id": "P-2", "ny_institution": "RIN", "nyt_regime": "lukket"}
        instances.create(ctx, process_id="uden", variables=known)
    worker.drain()
    with transfers.query(SYSTEM) as ctx:
        (incident,) = ctx.session.scalars(select(Incident))
    assert (incident.element_id, "has no free place in its closed regime" in incident.message_en) == ("Flyt", True)


CAUGHT = """<bpmn:boundaryEvent id="IngenPlads" attachedToRef="Flyt">
  <bpmn:errorEventDefinition id="D" errorRef="E"/></bpmn:boundaryEvent><bpmn:endEvent id="Opgave"/>
  <bpmn:sequenceFlow id="ud" sourceRef="IngenPlads" targetRef="Opgave"/>"""


def test_who_arrives_without_a_place_is_an_error_where_the_diagram_catches_it(transfers, worker):
    confirm(transfers, transfer(transfers, "P-1"))
    header = '<zeebe:taskHeaders><zeebe:header key="ingen_plads" value="INGEN_PLADS"/></zeebe:taskHeaders>'
    moving = MOVING.replace('retries="3"/>', f'retries="3"/>{header}')
    root = '<bpmn:error id="E" name="INGEN_PLADS" errorCode="INGEN_PLADS"/>'
    with transfers.command(SYSTEM) as ctx:
        source = diagrams.sequence("fanget", moving, CAUGHT, ids=["Flyt"], root=root)
        deployments.deploy(ctx, [("fanget.bpmn", source)])
    known = {"indsat_id": "P-2", "ny_institution": "RIN", "nyt_regime": "lukket"}
    ended = []
    for accepted in (False, True):
        with transfers.command(SYSTEM) as ctx:
            variables = {**known, "overbelaeg_godkendt": accepted}
            key = instances.create(ctx, process_id="fanget", variables=variables).key
        worker.drain()
        with transfers.query(SYSTEM) as ctx:
            passed = select(HistoryEvent.element_id).where(HistoryEvent.instance_key == key)
            ended.append("Opgave" in set(ctx.session.scalars(passed)))
            assert list(ctx.session.scalars(select(Incident))) == []
    assert ended == [True, False]


PLACE = diagrams.user_task("Anbring", groups="vagtleder", extra='<zeebe:formDefinition formId="anbring_midlertidigt"/>')
PLACING = (ROOT / "workflows/kf_overfoersel/forms/anbring_midlertidigt.form").read_bytes()
GUARD = Actor("vera", "Vera", frozenset({Role.CASEWORKER}), frozenset({"vagtleder"}), national=True)
THERE = {"midlertidigt_sted": "VEJ", "midlertidigt_fra": "2026-11-24T10:00", "midlertidigt_grund": "Vold"}


@pytest.fixture
def urgent(transfers):
    """A transfer in which the person first stays in the one place of a remand prison."""
    elements = [PLACE, CONFIRMING, WAITING, MOVING]
    ids = ["Anbring", "Bekraeft", "Ankommet", "Flyt"]
    source = diagrams.sequence("overfoersel", *elements, ids=ids, root=ARRIVED)
    with transfers.command(SYSTEM) as ctx:
        given = [("overfoersel.bpmn", source), ("anbring_midlertidigt.form", PLACING)]
        deployments.deploy(ctx, given)
        ctx.session.get_one(Unit, "VEJ-V").places = 1
    return transfers


def stay(service, key, **answers):
    with service.command(GUARD) as ctx:
        tasks.complete(ctx, key, variables={**THERE, **answers})
        mine = ctx.session.get_one(UserTask, key).instance_key
        open_one = select(UserTask.key).where(UserTask.instance_key == mine, UserTask.state == "CREATED")
        return ctx.session.scalars(open_one).one()


def taken(service):
    """Give the free places of the remand prison, of the new place, and of the closed one that is left."""
    with service.query(SYSTEM) as ctx:
        regimes = (("VEJ", "arrest"), ("RIN", "lukket"), ("SDO", "lukket"))
        return [places.free(ctx, code, regime) for code, regime in regimes]


def test_who_is_placed_temporarily_takes_a_place_there_and_keeps_their_own_until_they_have_moved(urgent, worker):
    key = transfer(urgent, "P-1")
    _, _, home = taken(urgent)
    confirming = stay(urgent, key)
    assert taken(urgent) == [0, 1, home]
    confirm(urgent, confirming)
    assert taken(urgent) == [0, 0, home]
    arrive(urgent, worker, "P-1")
    assert taken(urgent) == [1, 0, home + 1]


def test_a_temporary_placement_where_all_is_full_is_refused_at_the_field(urgent):
    stay(urgent, transfer(urgent, "P-1"))
    second = transfer(urgent, "P-2")
    before = whole.database(urgent)
    with pytest.raises(InvalidInput) as refused:
        stay(urgent, second)
    (problem,) = refused.value.fields
    assert (problem.field, problem.code) == ("midlertidigt_sted", "no_place")
    assert (problem.message_da, problem.message_en) == (
        "Vejle Arrest har ingen ledig plads i arresthus regime. Vælg et andet sted, eller accepter overbelægningen.",
        "Vejle Arrest has no free place in its remand regime. Choose another place, or accept the overcrowding.",
    )
    assert whole.database(urgent) == before
    stay(urgent, second, midlertidigt_overbelaeg=True)
    assert taken(urgent)[0] == -1


def test_a_temporary_place_is_free_again_when_the_case_ends_and_when_the_person_is_released(urgent):
    for leaving in (False, True):
        number = f"P-{leaving}"
        key = transfer(urgent, number)
        stay(urgent, key)
        assert taken(urgent)[0] == 0
        with urgent.command(SYSTEM) as ctx:
            if leaving:
                places.leave(ctx, number)
            else:
                instances.cancel(ctx, ctx.session.get_one(UserTask, key).instance_key, reason="frafaldet")
        assert taken(urgent)[0] == 1


def test_who_stays_and_then_remains_needs_one_bed(urgent):
    confirming = stay(urgent, transfer(urgent, "P-1"))
    with urgent.command(SYSTEM) as ctx:
        root = ctx.session.get_one(UserTask, confirming).instance_key
        places.hold(ctx, root, places.Wanted("VEJ", "arrest"), field="ny_institution")
    assert taken(urgent)[0] == 0


def test_institution_is_chosen_among_those_of_the_reference_data_that_have_the_regime(urgent):
    key = transfer(urgent, "P-1")
    with pytest.raises(InvalidInput) as refused:
        stay(urgent, key, midlertidigt_sted="SDO")
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [("midlertidigt_sted", "choice")]
    with urgent.command(SYSTEM) as ctx:
        ctx.session.add(Institution(code="NYA", name="Ny Arrest", kind="arrest", area="vest"))
        ctx.session.flush()
        ctx.session.add(Unit(code="NYA-V", institution_code="NYA", name="Arrestafdeling", regime="arrest", places=1))
        task = ctx.session.get_one(UserTask, key)
        form = forms.for_task(ctx, task)
        known = forms.with_choices(ctx, form, forms.context_of(ctx, task), task.institution_code, task.area)
        choices = {one["value"]: one for one in known[forms.INSTITUTIONS]}
        assert choices["NYA"] == {"label": "Ny Arrest", "value": "NYA", "regimer": ["arrest"]}
    stay(urgent, key, midlertidigt_sted="NYA")
