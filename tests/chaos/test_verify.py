"""The rules that the chaos tests judge by find what they are there to find: each harm is done to a case of its own."""

import psycopg
import pytest

from kfflow.demo.accounts import CLIENT_ID
from tests.chaos.cases import Case
from tests.chaos.client import Balancer
from tests.chaos.harness import Topology, wait_until
from tests.chaos.verify import violations

pytestmark = pytest.mark.chaos
HARMS = {
    "a completion is lost": "UPDATE user_task SET completed_by = 'en anden' WHERE instance_key = %(key)s",
    "a job left other than one document": "DELETE FROM document WHERE instance_key = %(key)s",
    "a message was delivered other than once": "UPDATE message SET state = 'EXPIRED' WHERE message_id = %(number)s",
    "a start is lost or doubled": 'UPDATE "case" SET number = %(number)s || %(number)s WHERE number = %(number)s',
    "a task was completed other than once": "INSERT INTO audit_event (at, actor, verb, subject, reason)"
    " SELECT now(), 'x', 'service:task:complete', key::text, '' FROM user_task WHERE instance_key = %(key)s",
    "a timer fired early": "UPDATE timer SET due_at = ended_at + interval '1 s' WHERE instance_key = %(key)s",
    "an element ran other than once": "INSERT INTO history_step (instance_key, case_key, revision, at, actor, events)"
    " SELECT instance_key, case_key, revision, at, actor, events FROM history_step WHERE instance_key = %(key)s",
    "an instance has not ended": "UPDATE process_instance SET state = 'ACTIVE' WHERE key = %(key)s",
    "history has gaps": "DELETE FROM history_step WHERE instance_key = %(key)s AND revision = 2",
    "something was left open": "UPDATE user_task SET state = 'CREATED' WHERE instance_key = %(key)s",
}


def worked(web: Balancer, number: str) -> Case:
    case = Case(number)
    wait_until(lambda: case.advance(web) and case.is_done, what=f"{number} done")
    return case


@pytest.mark.parametrize("rule", HARMS)
def test_a_harm_is_found(topology: Topology, balancer: Balancer, rule: str):
    case = worked(balancer, f"H-{list(HARMS).index(rule)}")
    assert violations(topology, [case], CLIENT_ID) == []
    with psycopg.connect(topology.database_url) as connection:
        connection.execute(HARMS[rule], {"key": case.instance_key, "number": case.number})
    assert rule in {found[0] for found in violations(topology, [case], CLIENT_ID)}
