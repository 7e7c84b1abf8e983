"""Batches on the screen: how far each is, why something was refused, stopping it, and trying again what failed."""

import pytest
from sqlalchemy import select, update

from kfflow.jobs import batching
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import Account, BatchItem, BatchOperation, ProcessInstance
from kfflow.service import accounts, batches
from kfflow.service.batch_operations import CANCEL
from tests.integration.web import visiting


@pytest.fixture
def batch(service):
    """A batch of three that a supervisor has begun."""
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 3)
    with service.database.transaction() as session:
        leader = accounts.actor_of(session.get_one(Account, "teamleder"))
    with service.command(leader, reason="oprydning") as ctx:
        return batches.create(ctx, CANCEL, Query([Condition("process_definition_id", "eq", "vurder")])).key


def allow(service, roles):
    with service.database.transaction() as session:
        session.execute(update(Account).where(Account.username == "teamleder").values(roles=roles))


def states(service):
    with service.database.transaction() as session:
        items = sorted(session.scalars(select(BatchItem.state)))
        return session.scalars(select(BatchOperation.state)).one(), items


def fail_all(service, key):
    """Let every item fail, since whoever asked may no longer cancel."""
    allow(service, ["caseworker"])
    batching.work_share(service, key)
    batching.work_share(service, key)
    allow(service, ["supervisor"])


@pytest.fixture
def act(client, batch):
    """Press a button of the batch's page."""
    token = visiting.log_in(client, "teamleder")
    return lambda action: client.post(f"/batcher/{batch}", data={"handling": action, "csrf_token": token})


@pytest.mark.usefixtures("act")
def test_the_list_and_the_batch_say_how_far_it_is(client, batch):
    assert "0 / 3" in " ".join(client.get("/batcher").text.split())
    assert "oprydning" in client.get(f"/batcher/{batch}").text


def test_what_failed_tells_why_and_is_tried_again(client, service, batch, act):
    fail_all(service, batch)
    assert states(service) == ("COMPLETED", ["FAILED"] * 3)
    assert client.get(f"/batcher/{batch}").text.count("Din rolle giver ikke adgang til at annullere sager.") == 3
    assert act("proev-igen").status_code == 303
    assert states(service) == ("ACTIVE", ["PENDING"] * 3)
    batching.work_share(service, batch)
    batching.work_share(service, batch)
    assert states(service) == ("COMPLETED", ["DONE"] * 3)
    with service.database.transaction() as session:
        assert set(session.scalars(select(ProcessInstance.state))) == {"TERMINATED"}


def test_a_batch_is_stopped_goes_on_and_is_canceled(service, act):
    found = [states(service)[0] for action in ("stands", "fortsaet", "annuller") if act(action)]
    assert found == ["SUSPENDED", "ACTIVE", "CANCELED"]


def test_where_nothing_failed_there_is_nothing_to_try_again(service, act):
    assert (act("proev-igen").status_code, states(service)[0]) == (409, "ACTIVE")


def test_an_unknown_action_is_refused(act):
    assert act("x").status_code == 400


def test_a_batch_of_another_area_is_not_there(client, service, batch):
    with service.database.transaction() as session:
        session.execute(update(BatchOperation).values(institution_code="HOR", area="oest"))
    visiting.log_in(client, "teamleder")
    assert client.get(f"/batcher/{batch}").status_code == 404
