"""What a release case tells the processes it called when its dates move."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Message
from kfflow.scenarios import files, run_all
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT

BACK_AND_FORTH = ROOT / "workflows/kf_loesladelse/scenarios/ny_dom_goer_proeveloesladelse_mulig.yaml"


@pytest.mark.usefixtures("in_operation")
def test_moved_dates_say_on_which_route_they_count(service, clock):
    assert run_all.run_one(service, clock, files.read(BACK_AND_FORTH, service.zone), set()).english == ""
    with service.query(SYSTEM) as ctx:
        told = select(Message.variables).where(Message.name == "frister_flyttet").order_by(Message.key)
        routes = [variables["rute"] for variables in ctx.session.scalars(told)]
    assert routes == ["proeve", "slut", "proeve"]
