"""What the intake knows reaches the release case: the day a person sets, what the client system tells of the crime."""

import pytest
from sqlalchemy import select

from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import Person, ProcessInstance
from kfflow.service import messages, modifications
from kfflow.service.accounts import SYSTEM

DETAINED = {"indsat_id": "SYN-1001", "indsat_dato": "2026-11-02", "straftype": "forvaring", "straf_start": "2026-05-04"}


@pytest.mark.parametrize(("entered", "day"), [("2029-03-01", "2029-03-01"), (None, "2027-05-04")])
@pytest.mark.usefixtures("in_operation")
def test_release_case_takes_over_the_day_set_for_preventive_detention(service, worker, entered, day):
    known = DETAINED | {"tidligst_proeves": entered}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="indsaettelse_meddelt", correlation_key="SYN-1001", variables=known)
    with service.command(SYSTEM) as ctx:
        modifications.modify(ctx, of(ctx, "kf_modtagelse").key, [Activate("MeldDatoerKlar")], reason="Datoerne er klar")
    worker.drain()
    with service.query(SYSTEM) as ctx:
        assert of(ctx, "kf_loesladelse").variables["datoer"]["proeve"] == day


CRIME = {"farlig_kriminalitet": True, "terror_eller_bande": True, "fri_mellem_dom_og_afsoning": False}
TERM = {"straftype": "tidsbestemt", "straf_start": "2026-11-02", "straf_slut": "2028-02-02"}


@pytest.mark.usefixtures("in_operation")
def test_release_case_knows_of_the_crime_what_the_client_system_told_the_intake(service, worker):
    with service.command(SYSTEM) as ctx:
        facts = {**TERM, **CRIME, "dom_dato": "2026-09-01"}
        ctx.session.add(Person(key=ctx.new_key(), person_number="SYN-1001", name="Prøve", facts=facts))
        known = {"indsat_id": "SYN-1001", "dom_dato": "2026-10-12", "indsat_dato": "2026-11-02"}
        messages.publish(ctx, name="indsaettelse_meddelt", correlation_key="SYN-1001", variables=known)
    worker.drain()
    with service.command(SYSTEM) as ctx:
        modifications.modify(ctx, of(ctx, "kf_modtagelse").key, [Activate("MeldDatoerKlar")], reason="Datoerne er klar")
    worker.drain()
    with service.query(SYSTEM) as ctx:
        released = of(ctx, "kf_loesladelse").variables
    told = {name: released[name] for name in (*CRIME, "dom_dato")}
    assert told == {**CRIME, "dom_dato": "2026-10-12"}
    kind = released["loesladelse_type"]
    assert (kind["kompetence"], kind["tidlig_mulig"]) == ("direktorat", False)


def of(ctx, process_id):
    return ctx.session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == process_id)).one()
