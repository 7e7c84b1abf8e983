"""Nobody stays in custody without a case that releases them: a case that is given up has a successor."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.engine.instructions import Activate, VariablesAt
from kfflow.installation import deploy_shipped
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.service import instances, messages, modifications, tasks
from kfflow.service.accounts import SYSTEM

CASEWORKER = Actor("petra", "Petra", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), national=True)
TERM = {
    "indsat_id": "SYN-1001",
    "straftype": "tidsbestemt",
    "straf_maaneder": 18,
    "straf_start": "2026-11-02",
    "straf_slut": "2028-05-02",
    "dom_dato": "2026-09-01",
    "tidligst_proeves": "2027-11-01",
    "terror_eller_bande": True,
    "farlig_kriminalitet": True,
    "forurettet_anmodet": True,
    "varetaegt_foer_dom": True,
    "fri_mellem_dom_og_afsoning": False,
    "kriminalitetstype": "grov_vold",
}
BEGUN_BY = {
    "kf_loesladelse": ("datoer_klar", TERM),
    "kf_modtagelse": ("indsaettelse_meddelt", {"indsat_id": "SYN-1001", "indsat_dato": "2026-11-02"}),
}


def give_up(service, worker, process_id, still_there):
    """Begin a case, give it up, close it; gives the states and terms of the person's cases of the process."""
    name, known = BEGUN_BY[process_id]
    publish(service, name, "SYN-1001", known)
    worker.drain()
    with service.query(SYSTEM) as ctx:
        number = ctx.session.scalars(select(Case.number).where(Case.process_id == process_id)).one()
    publish(service, "sag_annulleret", number)
    worker.drain()
    with service.command(CASEWORKER) as ctx:
        closing = select(UserTask.key).where(UserTask.element_id == "LukAnnulleretSag")
        answers = {"stadig_indsat": still_there, "luk_begrundelse": "Ved en fejl", "underretning_sendt": True}
        known_to_form = answers if process_id == "kf_loesladelse" else {**answers, "underretning_sendt": None}
        kept = {name: value for name, value in known_to_form.items() if value is not None}
        tasks.complete(ctx, ctx.session.scalars(closing).one(), variables=kept)
    worker.drain()
    with service.query(SYSTEM) as ctx:
        of_process = select(ProcessInstance).where(ProcessInstance.process_id == process_id)
        found = ctx.session.scalars(of_process.order_by(ProcessInstance.key)).all()
        return [(one.state, {name: one.variables.get(name) for name in known}) for one in found]


def publish(service, name, key, variables=None):
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name=name, correlation_key=key, variables=variables or {})


@pytest.mark.parametrize("process_id", BEGUN_BY)
def test_case_of_somebody_still_in_custody_that_is_given_up_begins_again(installation, service, worker, process_id):
    deploy_shipped(installation)
    known = BEGUN_BY[process_id][1]
    assert give_up(service, worker, process_id, "ja") == [("COMPLETED", known), ("ACTIVE", known)]


@pytest.mark.parametrize("process_id", BEGUN_BY)
def test_case_of_somebody_who_is_not_there_ends(installation, service, worker, process_id):
    deploy_shipped(installation)
    assert give_up(service, worker, process_id, "nej") == [("COMPLETED", BEGUN_BY[process_id][1])]


RELEASED = {"loesladelse_status": "loesladt", "loesladt_dato": "2026-11-20", "rute": "proeve", "udfald": "imoedekommet"}
AGAIN = {"indsat_dato": "2026-11-24", "straf_start": "2026-11-24", "straf_slut": "2027-11-24"}


def tell_dates(service, worker, term):
    """Let an intake tell the dates of a sentence, and end."""
    publish(service, "indsaettelse_meddelt", "SYN-1001", {"indsat_dato": "2026-11-02", **TERM, **term})
    with service.command(SYSTEM) as ctx:
        running = ProcessInstance.process_id == "kf_modtagelse", ProcessInstance.state == "ACTIVE"
        key = ctx.session.scalars(select(ProcessInstance.key).where(*running)).one()
        modifications.modify(ctx, key, [Activate("MeldDatoerKlar")], reason="Datoerne er klar")
        instances.cancel(ctx, key)
    worker.drain()


def supervise_and_sentence_anew(service, worker, term):
    """Release somebody on parole, and let an intake after that tell the dates of a sentence."""
    tell_dates(service, worker, {})
    with service.command(SYSTEM) as ctx:
        (case,) = releases(ctx)
        go_on = Activate("FoerTilsyn", (VariablesAt(RELEASED),))
        modifications.modify(ctx, case.key, [go_on], reason="Løsladt på prøve")
    tell_dates(service, worker, term)


def releases(ctx):
    of_process = select(ProcessInstance).where(ProcessInstance.process_id == "kf_loesladelse")
    return ctx.session.scalars(of_process.order_by(ProcessInstance.key)).all()


@pytest.mark.usefixtures("in_operation")
def test_new_sentence_on_parole_has_a_release_case_that_follows_its_dates(service, worker):
    supervise_and_sentence_anew(service, worker, AGAIN)
    publish(service, "stamdata_aendret", "SYN-1001", {"straf_slut": "2028-05-24"})
    worker.drain()
    with service.query(SYSTEM) as ctx:
        assert [case.state for case in releases(ctx)] == ["ACTIVE", "ACTIVE"]
        assert releases(ctx)[1].variables["datoer"]["slut"] == "2028-05-24"
        told = select(UserTask.root_key).where(UserTask.element_id == "UnderretOmDatoer")
        assert list(ctx.session.scalars(told)) == [releases(ctx)[1].key]


@pytest.mark.usefixtures("in_operation")
def test_dates_of_the_same_sentence_begin_no_second_release_case(service, worker):
    supervise_and_sentence_anew(service, worker, {})
    with service.query(SYSTEM) as ctx:
        assert [case.state for case in releases(ctx)] == ["ACTIVE"]


@pytest.mark.usefixtures("in_operation")
def test_death_closes_the_release_case_of_each_sentence(service, worker):
    supervise_and_sentence_anew(service, worker, AGAIN)
    publish(service, "indsat_doed", "SYN-1001")
    worker.drain()
    with service.query(SYSTEM) as ctx:
        closing = (
            select(UserTask.root_key).where(UserTask.element_id == "LukSagVedDoedsfald").order_by(UserTask.root_key)
        )
        assert list(ctx.session.scalars(closing)) == [case.key for case in releases(ctx)]
