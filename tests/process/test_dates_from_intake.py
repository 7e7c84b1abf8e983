"""The day that a person sets for preventive detention in the intake is the one by which the release case wakes."""

import pytest
from sqlalchemy import select

from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import ProcessInstance
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


def of(ctx, process_id):
    return ctx.session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == process_id)).one()
