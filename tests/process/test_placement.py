"""The table of placement says who chooses where a sentence is served."""

import pytest
from sqlalchemy import select

from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import ProcessInstance, UserTask
from kfflow.service import messages, modifications
from kfflow.service.accounts import SYSTEM


@pytest.mark.parametrize(
    ("sentence", "group"),
    [({"straftype": "livstid"}, "direktorat"), ({"straftype": "tidsbestemt", "straf_maaneder": 24}, "omraadekontor")],
)
@pytest.mark.usefixtures("in_operation")
def test_placement_is_chosen_by_whom_the_table_names(service, sentence, group):
    known = {"indsat_id": "SYN-1001", "straf_start": "2026-11-02", **sentence}
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="indsaettelse_meddelt", correlation_key="SYN-1001", variables=known)
    with service.command(SYSTEM) as ctx:
        intake = ctx.session.scalars(select(ProcessInstance)).one()
        modifications.modify(ctx, intake.key, [Activate("ForeslaaAnbringelse")], reason="Stamdata er kendt")
    with service.query(SYSTEM) as ctx:
        choosing = ctx.session.scalars(select(UserTask).where(UserTask.element_id == "VaelgAfsoningssted")).one()
        assert choosing.candidate_groups == [group]
