"""A law that changes a threshold reaches the cases that sleep on it: a new table and a message, no Python."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kfflow.installation import deploy_shipped
from kfflow.persistence.tables import Timer, UserTask
from kfflow.service import deployments, instances, messages
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT

LIFE = {"indsat_id": "SYN-1001", "straftype": "livstid", "dom_dato": "2016-03-01", "straf_start": "2016-05-01"}
TABLE = ROOT / "bpmn" / "livstid_graense.dmn"


@pytest.fixture
def asleep(installation, service, worker):
    """A life sentence counted from 1 May 2016 whose release case sleeps."""
    deploy_shipped(installation)
    with service.command(SYSTEM) as ctx:
        instances.create(ctx, process_id="kf_loesladelse", variables=LIFE)
    worker.drain()
    return service


def sleeping_until(service):
    with service.query(SYSTEM) as ctx:
        armed = select(Timer).where(Timer.state == "ARMED", Timer.instance_key.is_not(None))
        return {t.element_id: t.due_at for t in ctx.session.scalars(armed)}


def test_new_threshold_moves_what_sleeps_and_tells_the_owner_why(asleep, worker):
    """R6: straffeloven § 41 goes from 12 to 20 years, also for sentences that are being served."""
    assert sleeping_until(asleep) == {
        "KommunedatoNaaet": datetime(2027, 5, 1, 6, 0, tzinfo=UTC),
        "MoededatoNaaet": datetime(2028, 2, 1, 7, 0, tzinfo=UTC),
    }
    twenty = TABLE.read_bytes().replace(b"<text>12</text>", b"<text>20</text>")
    why = {"aendring_aarsag": "Grænsen er hævet til 20 år", "aendring_hjemmel": "straffeloven § 41"}
    with asleep.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(TABLE.name, twenty)])
        messages.correlate(ctx, name="stamdata_aendret", correlation_key="SYN-1001", variables=why)
    worker.drain()
    assert sleeping_until(asleep) == {
        "KommunedatoNaaet": datetime(2035, 5, 1, 6, 0, tzinfo=UTC),
        "MoededatoNaaet": datetime(2036, 2, 1, 7, 0, tzinfo=UTC),
    }
    with asleep.query(SYSTEM) as ctx:
        told = ctx.session.scalars(select(UserTask).where(UserTask.state == "CREATED")).one()
        assert (told.element_id, told.candidate_groups) == ("UnderretOmDatoer", ["sagsbehandler"])


def test_message_without_a_new_threshold_leaves_what_sleeps(asleep, worker):
    before = sleeping_until(asleep)
    with asleep.command(SYSTEM) as ctx:
        messages.correlate(ctx, name="stamdata_aendret", correlation_key="SYN-1001", variables={})
    worker.drain()
    assert sleeping_until(asleep) == before
