"""A transfer reaches every running permission of the person: a message of its own for each open case."""

import pytest
from sqlalchemy import select

from kfflow.installation import deploy_shipped
from kfflow.persistence.tables import Person, UserTask
from kfflow.scenarios import files, run_all
from kfflow.service import instances
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT

TRANSFER = ROOT / "workflows/kf_overfoersel/scenarios/eget_oenske_til_aabent.yaml"
LEAVE = {
    "indsat_id": "SYN-1001",
    "udgangstype": "regelmaessig",
    "regime": "lukket",
    "oensket_fra": "2027-02-01",
    "foerste_uledsagede": False,
    "uledsagede_ok": 0,
}


@pytest.fixture
def permissions(installation, service, worker):
    """Two running permissions of one inmate, and one of another; gives the case keys of the three."""
    deploy_shipped(installation)
    with service.command(SYSTEM) as ctx:
        for number in ("SYN-1001", "SYN-1002"):
            ctx.session.add(
                Person(key=ctx.new_key(), person_number=number, name=number, institution_code="NYB", facts={})
            )
        ctx.flush()
        ctx.session.flush()
        started = [
            instances.create(ctx, process_id="kf_udgang_gyldighed", variables={**LEAVE, "indsat_id": number}).case_key
            for number in ("SYN-1001", "SYN-1001", "SYN-1002")
        ]
    worker.drain()
    return started


def test_transfer_pauses_every_permission_of_the_inmate_and_of_nobody_else(permissions, service, clock):
    result = run_all.run_one(service, clock, files.read(TRANSFER, service.zone), set())
    assert result.english == ""
    with service.query(SYSTEM) as ctx:
        asked = select(UserTask.case_key).where(UserTask.element_id == "GenvurderTilladelse").order_by(UserTask.key)
        assert list(ctx.session.scalars(asked)) == permissions[:2]
