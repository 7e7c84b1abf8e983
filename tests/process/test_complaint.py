"""A complaint knows who decided: from the decision of the case that was told last."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import ProcessInstance, UserTask
from kfflow.scenarios import files, run_all
from kfflow.service import instances, messages
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.conftest import ROOT

MISUSE = "kf_udgang_gyldighed/scenarios/vilkaarsbrud_giver_karantaene.yaml"
LATE = "kf_udgang_afvikling/scenarios/forsinkelse_hjemme_ved_opkald.yaml"
COURT = "kf_vilkaarsbrud/scenarios/ny_kriminalitet_til_retten.yaml"
BREACH = "kf_tilsyn/scenarios/brud_giver_advarsel.yaml"
CANCELLED = "kf_udgang_afvikling/scenarios/udgang_aflyses_ved_kontrol.yaml"
PLACED = "kf_modtagelse/scenarios/afslag_paa_fodlaenke_og_lukket_anbringelse.yaml"
RECALL = "kf_tilsyn/scenarios/brud_giver_advarsel_siden_genindsaettelse.yaml"


@pytest.fixture
def decided(in_operation, service, worker):
    """A case with three decisions, the one begun first told last; gives its number."""
    assert in_operation
    number = None
    for kind, role, told in (
        ("proeveloesladelse", "direktorat", "2026-11-20"),
        ("proeveloesladelse", "omraadekontor", "2026-11-01"),
        ("overfoersel", "omraadekontor", "2026-11-10"),
    ):
        with service.command(SYSTEM) as ctx:
            known = {"indsat_id": "SYN-1001", "sagstype": kind, "afgoerelse_rolle": role, "meddelt_dato": told}
            started = instances.create(
                ctx,
                process_id="kf_afgoerelse",
                as_part=True,
                variables=known,
                business_key=number,
                case=CaseDetails(institution_code="SDO"),
            )
            number = ctx.session.get_one(ProcessInstance, started.key).variables["sagsnummer"]
    worker.drain()
    return number


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({}, ("proeveloesladelse", "direktorat", "2026-11-20")),
        ({"sagstype": "overfoersel"}, ("overfoersel", "omraadekontor", "2026-11-10")),
        ({"sagstype": "udgangskarantaene"}, ("udgangskarantaene", None, None)),
        ({"meddelt_dato": "2026-11-19"}, ("proeveloesladelse", "direktorat", "2026-11-19")),
    ],
)
def test_complaint_begins_with_what_the_case_knows_of_the_decision(service, worker, decided, said, known):
    assert complained(service, worker, decided, said) == known


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (MISUSE, ("udgangskarantaene", "omraadekontor", "2026-12-14")),
        (LATE, ("udgangsreaktion", "omraadekontor", "2026-12-06")),
        (COURT, ("retten", "omraadekontor", "2027-05-04")),
        (BREACH, ("tilsyn", "omraadekontor", "2027-05-04")),
        (RECALL, ("genindsaettelse", "omraadekontor", "2027-05-05")),
        (CANCELLED, ("aflysning", "enhedschef", "2026-12-04")),
        (PLACED, ("anbringelse", "omraadekontor", "2026-11-30")),
    ],
)
@pytest.mark.usefixtures("in_operation")
def test_complaint_about_a_decision_begins_with_the_day_it_was_told(service, worker, clock, path, known):
    assert complained(service, worker, played(service, clock, path), {}) == known


@pytest.mark.usefixtures("in_operation")
def test_complaint_about_a_named_kind_passes_over_what_was_told_later(service, worker, clock):
    known = complained(service, worker, played(service, clock, PLACED), {"sagstype": "fodlaenke"})
    assert known == ("fodlaenke", "omraadekontor", "2026-11-25")


def played(service, clock, path):
    """Play a scenario; gives the number of its case."""
    result = run_all.run_one(service, clock, files.read(ROOT / "workflows" / path, service.zone), set())
    assert result.english == ""
    with service.query(SYSTEM) as ctx:
        begun_first = select(ProcessInstance).order_by(ProcessInstance.key).limit(1)
        return ctx.session.scalars(begun_first).one().variables["sagsnummer"]


def complained(service, worker, number, said):
    """Complain in a case; gives what the complaint begins with: kind of decision, who decided, and when it was told."""
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="klage_modtaget", correlation_key=number, variables={"sagsnummer": number, **said})
    worker.drain()
    with service.query(SYSTEM) as ctx:
        registering = select(UserTask).where(UserTask.element_id == "RegistrerKlage")
        complaint = ctx.session.get_one(ProcessInstance, ctx.session.scalars(registering).one().instance_key)
        told = complaint.variables
    return tuple(told.get(name) for name in ("sagstype", "afgoerelse_rolle", "meddelt_dato"))
