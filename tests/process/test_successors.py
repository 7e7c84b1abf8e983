"""Nobody stays in custody without a case that releases them: a case that is given up has a successor."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.installation import deploy_shipped
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.service import messages, tasks
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
