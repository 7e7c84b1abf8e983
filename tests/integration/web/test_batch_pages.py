"""Batches on the screen: how far each is, why something was refused, stopping it, and trying again what failed."""

import pytest
from sqlalchemy import select, update

from kfflow.jobs import batching
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import Account, BatchItem, BatchOperation, ProcessInstance
from kfflow.service import accounts, batches, deployments
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import CANCEL, MIGRATE, Target
from tests.integration.service import diagrams
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


@pytest.fixture
def migration(service, batch):
    """A batch that a designer has begun: every case to a version that has not the task they are at."""
    assert batch
    with service.command(SYSTEM) as ctx:
        source = diagrams.sequence("vurder", diagrams.user_task("Ny"), ids=["Ny"])
        newer = deployments.deploy(ctx, [("vurder.bpmn", source)]).processes[0].key
    with service.database.transaction() as session:
        designer = accounts.actor_of(session.get_one(Account, "procesdesigner"))
    with service.command(designer, reason="ny version") as ctx:
        chosen = Query([Condition("process_definition_id", "eq", "vurder")])
        return batches.create(ctx, MIGRATE, chosen, arguments=Target(newer, {})).key


def words(page):
    return " ".join(page.text.split())


def test_a_designer_sees_the_batches_that_designers_do_and_no_others(client, batch, migration):
    visiting.log_in(client, "procesdesigner")
    listed = client.get("/batcher").text
    assert (f"/batcher/{migration}" in listed, f"/batcher/{batch}" in listed) == (True, False)
    assert client.get(f"/batcher/{batch}").status_code == 404


def test_a_designer_is_told_what_failed_and_why_and_tries_it_again(client, service, migration):
    batching.work_share(service, migration)
    batching.work_share(service, migration)
    token = visiting.log_in(client, "procesdesigner")
    page = words(client.get(f"/batcher/{migration}"))
    assert ("3 af 3" in page, page.count(">fejlet<"), "/sager/" in page) == (True, 3, False)
    again = client.post(f"/batcher/{migration}", data={"handling": "proev-igen", "csrf_token": token})
    assert again.status_code == 303
    assert "0 af 3" in words(client.get(f"/batcher/{migration}"))
    ended = client.post(f"/batcher/{migration}", data={"handling": "annuller", "csrf_token": token})
    assert ended.status_code == 303
    assert "annulleret" in words(client.get(f"/batcher/{migration}"))


def test_who_may_not_act_on_a_batch_has_no_buttons_and_is_refused(client, service, migration):
    token = visiting.log_in(client, "revisor")
    assert 'name="handling"' not in client.get(f"/batcher/{migration}").text
    refused = client.post(f"/batcher/{migration}", data={"handling": "annuller", "csrf_token": token})
    assert refused.status_code == 403
    with service.database.transaction() as session:
        assert session.get_one(BatchOperation, migration).state == "ACTIVE"


def test_a_caseworker_sees_no_batches(client, batch):
    assert batch
    visiting.log_in(client, "sagsbehandler")
    assert client.get("/batcher").status_code == 403


def test_a_batch_of_another_area_is_not_there(client, service, batch):
    with service.database.transaction() as session:
        session.execute(update(BatchOperation).values(institution_code="HOR", area="oest"))
    visiting.log_in(client, "teamleder")
    assert client.get(f"/batcher/{batch}").status_code == 404
