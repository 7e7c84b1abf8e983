"""What happens to a person reaches every running permission: a transfer, misuse, discipline, release, pardon, death."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import Deadline, Person, ProcessInstance, UserTask
from kfflow.scenarios import files, run_all
from kfflow.service import forms, instances, messages, modifications, tasks
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT

TRANSFER = ROOT / "workflows/kf_overfoersel/scenarios/eget_oenske_til_aabent.yaml"
PLANNER = Actor("petra", "Petra", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), national=True)
LEAVE = {
    "indsat_id": "SYN-1001",
    "udgangstype": "regelmaessig",
    "regime": "lukket",
    "oensket_fra": "2027-02-01",
    "foerste_uledsagede": False,
    "uledsagede_ok": 0,
}

APPLICATION = {
    "udgangstype": "saerligt_formaal",
    "formaal": "familie",
    "ansoegt_dato": "2026-11-24",
    "oensket_fra": "2026-11-27",
    "udgangsadresse": "Testvej 1, 8000 Aarhus C",
    "regime": "lukket",
    "indsat_dato": "2026-06-01",
    "i_institution_siden": "2026-06-15",
    "straftype": "tidsbestemt",
    "straf_maaneder": 15,
    "straf_start": "2026-03-01",
    "straf_slut": "2027-06-01",
}


@pytest.fixture
def permissions(in_operation, service, worker):
    """Two running permissions of one inmate, and one of another; gives the case keys of the three."""
    assert in_operation
    with service.command(SYSTEM) as ctx:
        for number in ("SYN-1001", "SYN-1002"):
            ctx.session.add(
                Person(key=ctx.new_key(), person_number=number, name=number, institution_code="NYB", facts={})
            )
        ctx.flush()
        ctx.session.flush()
        started = [
            instances.create(
                ctx, process_id="kf_udgang_gyldighed", variables={**LEAVE, "indsat_id": number}, as_part=True
            ).case_key
            for number in ("SYN-1001", "SYN-1001", "SYN-1002")
        ]
    worker.drain()
    return started


def test_transfer_pauses_every_permission_of_the_inmate_and_of_nobody_else(permissions, service, clock):
    result = run_all.run_one(service, clock, files.read(TRANSFER, service.zone), set())
    assert result.english == ""
    assert asked(service, "GenvurderTilladelse") == permissions[:2]


@pytest.mark.usefixtures("permissions")
def test_transfer_meets_the_eight_weeks_in_remand_prison_of_who_left_it_and_of_nobody_else(service, clock):
    stay = {"til_regime": "arrest", "ankommet_dato": "2026-11-02", "overfoersel": {"max_uger": 8}}
    times = {"overfoersel_parametre": {"rejs_foer": "P28D", "dagens_begyndelse": "08:00:00"}}
    with service.command(SYSTEM) as ctx:
        for number in ("SYN-1001", "SYN-1002"):
            variables = {**stay, **times, "indsat_id": number}
            instances.create(ctx, process_id="kf_arresthusophold", variables=variables, as_part=True)
    assert run_all.run_one(service, clock, files.read(TRANSFER, service.zone), set()).english == ""
    with service.query(SYSTEM) as ctx:
        weeks = select(Deadline.state).where(Deadline.element_id == "kf_arresthusophold").order_by(Deadline.key)
        assert list(ctx.session.scalars(weeks)) == ["MET", "RUNNING"]


def asked(service, element_id):
    """The cases, in order, in which somebody is asked to do this."""
    with service.query(SYSTEM) as ctx:
        cases = select(UserTask.case_key).where(UserTask.element_id == element_id).order_by(UserTask.case_key)
        return list(ctx.session.scalars(cases))


def publish(service, name, ttl=timedelta(0)):
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name=name, correlation_key="SYN-1001", variables={}, ttl=ttl)


@pytest.mark.parametrize("message", ["misbrug", "disciplinaer"])
def test_every_permission_of_the_inmate_is_reconsidered(permissions, service, message):
    publish(service, message)
    assert asked(service, "GenvurderTilladelse") == permissions[:2]


def test_a_permission_whose_leave_is_being_planned_is_told_when_that_is_done(permissions, service, worker, clock):
    soon = {**LEAVE, "oensket_fra": clock.at.date().isoformat()}
    with service.command(SYSTEM) as ctx:
        planning = instances.create(ctx, process_id="kf_udgang_gyldighed", variables=soon, as_part=True).case_key
    clock.at += timedelta(days=1)
    worker.drain()
    publish(service, "misbrug", ttl=timedelta(days=14))
    assert asked(service, "GenvurderTilladelse") == permissions[:2]
    with service.command(PLANNER) as ctx:
        planned = select(UserTask).where(UserTask.element_id == "PlanlaegUdgang", UserTask.case_key == planning)
        tasks.complete(ctx, ctx.session.scalars(planned).one().key, variables={"plan_valg": "spares"})
    worker.drain()
    assert asked(service, "GenvurderTilladelse") == [*permissions[:2], planning]


@pytest.mark.parametrize(
    ("facts", "grounds"),
    [
        ({}, []),
        ({"udebleven_fra_afsoning": True}, ["nr6"]),
        ({"farlig_kriminalitet": True}, ["nr1"]),
        ({"farlig_kriminalitet": True, "fri_mellem_dom_og_afsoning": True}, []),
        ({"karantaene_til": "2026-10-01"}, ["nr4"]),
    ],
)
@pytest.mark.usefixtures("permissions")
def test_the_risk_of_misuse_opens_with_what_the_case_knows(service, worker, facts, grounds):
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="udgang_ansoegt", correlation_key=None, variables={"indsat_id": "SYN-1001"})
    with service.command(PLANNER) as ctx:
        application = select(UserTask.key).where(UserTask.element_id == "RegistrerAnsoegning")
        tasks.complete(ctx, ctx.session.scalars(application).one(), variables={**APPLICATION, **facts})
    worker.drain()
    with service.query(SYSTEM) as ctx:
        assessing = ctx.session.scalars(select(UserTask).where(UserTask.element_id == "VurderMisbrugsrisiko")).one()
        assert forms.context_of(ctx, assessing)["risikogrunde"] == grounds


@pytest.mark.parametrize("message", ["loesladt", "indsat_doed"])
@pytest.mark.usefixtures("permissions")
def test_every_case_of_leave_ends_with_the_sentence(service, message):
    for number in ("SYN-1001", "SYN-1001", "SYN-1002"):
        with service.command(SYSTEM) as ctx:
            messages.publish(ctx, name="udgang_ansoegt", correlation_key=None, variables={"indsat_id": number})
    applications = asked(service, "RegistrerAnsoegning")
    publish(service, message)
    assert asked(service, "LukSagen") == applications[:2]


@pytest.mark.usefixtures("permissions")
def test_pardon_ends_leave_and_the_watch_over_the_placement(service, worker):
    term = {"indsat_id": "SYN-1001", "straftype": "tidsbestemt", "straf_maaneder": 18, "indsat_dato": "2026-11-02"}
    dates = {"straf_start": "2026-11-02", "straf_slut": "2028-05-02", "regime": "lukket"}
    known = {**term, **dates, "forurettet_anmodet": False}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="datoer_klar", correlation_key="SYN-1001", variables=known)
        messages.publish(ctx, name="udgang_ansoegt", correlation_key=None, variables=term)
    worker.drain()
    (application,) = asked(service, "RegistrerAnsoegning")
    publish(service, "benaadning")
    with service.command(PLANNER) as ctx:
        released = select(UserTask.key).where(UserTask.element_id == "LoesladEfterBenaadning")
        tasks.complete(ctx, ctx.session.scalars(released).one(), variables={"loesladt_dato": "2026-11-24"})
    worker.drain()
    assert asked(service, "LukSagen") == [application]
    with service.query(SYSTEM) as ctx:
        watching = select(ProcessInstance.state).where(ProcessInstance.process_id == "kf_genovervejelse")
        assert list(ctx.session.scalars(watching)) == ["COMPLETED"]


@pytest.mark.usefixtures("in_operation")
def test_the_watch_over_the_placement_knows_whether_regular_leave_runs(service, worker, clock):
    term = {"straftype": "tidsbestemt", "straf_maaneder": 48, "indsat_dato": "2026-11-02", "regime": "arrest"}
    dates = {"straf_start": "2026-11-02", "straf_slut": "2030-11-02"}
    soon = {**LEAVE, "oensket_fra": clock.at.date().isoformat()}
    with service.command(SYSTEM) as ctx:
        for number, kind in (("SYN-1001", "regelmaessig"), ("SYN-1002", "frigang")):
            known = {**term, **dates, "indsat_id": number}
            messages.publish(ctx, name="datoer_klar", correlation_key=number, variables=known)
            leave = {**soon, "indsat_id": number, "udgangstype": kind}
            instances.create(ctx, process_id="kf_udgang_gyldighed", variables=leave, as_part=True)
    worker.drain()
    assert regular_leave(service) == {"SYN-1001": True, "SYN-1002": False}
    clock.at += timedelta(days=1)
    worker.drain()
    with service.query(SYSTEM) as ctx:
        planning = list(ctx.session.scalars(select(UserTask.key).where(UserTask.element_id == "PlanlaegUdgang")))
    for key in planning:
        with service.command(PLANNER) as ctx:
            tasks.complete(ctx, key, variables={"plan_valg": "indstilles"})
    worker.drain()
    assert regular_leave(service) == {"SYN-1001": False, "SYN-1002": False}


@pytest.mark.usefixtures("in_operation")
def test_weekend_leaves_on_two_permissions_raise_the_placement_once(service, worker):
    term = {"indsat_id": "SYN-1001", "straftype": "tidsbestemt", "straf_maaneder": 48, "indsat_dato": "2026-11-02"}
    dates = {"straf_start": "2026-11-02", "straf_slut": "2030-11-02", "regime": "arrest", "udgang_rejst": True}
    weekend = {"udgang_start": "2026-12-04T16:00:00+01:00", "udgang_retur": "2026-12-06T21:00:00+01:00"}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="datoer_klar", correlation_key="SYN-1001", variables={**term, **dates})
    worker.drain()
    raised = []
    for escorted, kind in (
        (False, "regelmaessig"),
        (True, "regelmaessig"),
        (False, "frigang"),
        (False, "regelmaessig"),
    ):
        with service.command(SYSTEM) as ctx:
            outing = {**LEAVE, **weekend, "udgangstype": kind, "regime": "arrest", "ledsaget": escorted}
            key = instances.create(ctx, process_id="kf_udgang_afvikling", variables=outing).key
            modifications.modify(ctx, key, [Activate("TaelUdgang")], reason="Hjemme til tiden")
        worker.drain()
        raised.append(len(asked(service, "RegistrerAnledning")))
    assert raised == [0, 0, 0, 1]


@pytest.mark.usefixtures("in_operation")
def test_a_permission_whose_case_is_closed_runs_no_more(service, worker):
    term = {"indsat_id": "SYN-1001", "straftype": "tidsbestemt", "straf_maaneder": 48, "indsat_dato": "2026-11-02"}
    dates = {"straf_start": "2026-11-02", "straf_slut": "2030-11-02", "regime": "arrest"}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="datoer_klar", correlation_key="SYN-1001", variables={**term, **dates})
        messages.publish(ctx, name="udgang_ansoegt", correlation_key=None, variables=term)
    worker.drain()
    with service.command(SYSTEM) as ctx:
        leave = select(ProcessInstance).where(ProcessInstance.process_id == "kf_udgangstilladelse")
        number = ctx.session.scalars(leave).one().variables["sagsnummer"]
        begun = {"tilladelse_sag": number, "tilladelse_loeber": True}
        messages.publish(ctx, name="regelmaessig_udgang", correlation_key="SYN-1001", variables=begun)
    assert regular_leave(service) == {"SYN-1001": True}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="sag_annulleret", correlation_key=number, variables={})
    with service.command(PLANNER) as ctx:
        closing = select(UserTask.key).where(UserTask.element_id == "LukSagen")
        tasks.complete(
            ctx,
            ctx.session.scalars(closing).one(),
            variables={"luk_begrundelse": "Bortfaldet", "underretning_sendt": True},
        )
    worker.drain()
    assert regular_leave(service) == {"SYN-1001": False}


def regular_leave(service):
    """Whether each inmate has regular leave, as the watch over the placement knows it."""
    with service.query(SYSTEM) as ctx:
        watching = select(ProcessInstance.variables).where(ProcessInstance.process_id == "kf_genovervejelse")
        return {known["indsat_id"]: known["regelmaessig_udgang"] for known in ctx.session.scalars(watching)}
