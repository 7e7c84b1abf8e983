"""Batches: what they choose, with whose rights they act, how each item fares, and that the numbers add up."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from kfflow.domain.batches import Totals
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.jobs import batching
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import Account, AuditEvent, BatchItem, BatchOperation, Case, Incident, ProcessInstance
from kfflow.service import accounts, batches, deployments, instances, suspension
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import CANCEL, RESOLVE_INCIDENTS, RESUME, SUSPEND, Basis
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

OF_P = Query([Condition("process_definition_id", "eq", "p")])


@pytest.fixture
def leader(service):
    """A supervisor of one institution, with an account."""
    with service.database.transaction() as session:
        return accounts.actor_of(session.get_one(Account, "teamleder"))


def deploy(service):
    source = diagrams.sequence("p", diagrams.user_task("A"), ids=["A"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])


def open_instances(service, count: int, institution: str = "SDO") -> list[int]:
    with service.command(SYSTEM) as ctx:
        details = CaseDetails(institution_code=institution)
        return [instances.create(ctx, process_id="p", variables={}, case=details).key for _ in range(count)]


@pytest.fixture
def many(service) -> list[int]:
    """Five instances of one institution."""
    deploy(service)
    return open_instances(service, 5)


def create(service, actor, operation=CANCEL, query=OF_P, reason="oprydning", **more) -> BatchOperation:
    with service.command(actor, reason=reason) as ctx:
        return batches.create(ctx, operation, query, **more)


def totals(service, key: int) -> Totals:
    with service.command(SYSTEM) as ctx:
        return batches.totals(ctx, key)


def states(service):
    with service.database.transaction() as session:
        return dict(session.execute(select(ProcessInstance.key, ProcessInstance.state)).all())


def items(service):
    with service.database.transaction() as session:
        chosen = session.scalars(select(BatchItem).order_by(BatchItem.item_key))
        return [(item.item_key, item.state, item.message_en) for item in chosen]


def state_of(service, batch) -> str:
    with service.database.transaction() as session:
        return session.get_one(BatchOperation, batch.key).state


@pytest.mark.usefixtures("many")
def test_every_item_is_done_and_the_batch_completes(service, worker, leader):
    batch = create(service, leader)
    assert totals(service, batch.key) == Totals(pending=5)
    worker.drain()
    assert set(states(service).values()) == {"TERMINATED"}
    assert (totals(service, batch.key), state_of(service, batch)) == (Totals(done=5), "COMPLETED")


@pytest.mark.usefixtures("many")
def test_each_item_is_audited_with_who_asked_and_why(service, worker, leader):
    create(service, leader)
    worker.drain()
    with service.database.transaction() as session:
        canceled = select(AuditEvent.actor, AuditEvent.reason).where(AuditEvent.verb == "service:instance:cancel")
        assert session.execute(canceled).all() == [("teamleder", "oprydning")] * 5


@pytest.mark.usefixtures("many")
def test_the_selection_is_frozen(service, worker, leader):
    batch = create(service, leader)
    later = open_instances(service, 1)
    worker.drain()
    assert batch.frozen_count == 5
    assert states(service)[later[0]] == "ACTIVE"


@pytest.mark.usefixtures("many")
def test_what_the_actor_may_not_see_is_not_chosen(service, worker, leader):
    elsewhere = open_instances(service, 2, institution="NYB")
    batch = create(service, leader)
    worker.drain()
    assert (batch.frozen_count, {states(service)[key] for key in elsewhere}) == (5, {"ACTIVE"})


def test_a_preview_says_how_many_and_which_and_changes_nothing(service, leader, many):
    with service.command(leader) as ctx:
        seen = batches.preview(ctx, CANCEL, OF_P, most=2)
    assert (seen.count, seen.first) == (5, many[:2])
    assert items(service) == []


def test_an_item_that_ended_meanwhile_is_skipped_with_the_reason(service, worker, leader, many):
    create(service, leader)
    with service.command(SYSTEM) as ctx:
        instances.cancel(ctx, many[2])
    worker.drain()
    told = f"Process instance {many[2]} has already ended (TERMINATED)."
    assert items(service) == [(key, "SKIPPED", told) if key == many[2] else (key, "DONE", None) for key in many]


@pytest.mark.usefixtures("many")
def test_rights_are_those_of_the_moment_an_item_is_done(service, worker, leader):
    batch = create(service, leader)
    assert batching.work_one(service, batch.key)
    with service.database.transaction() as session:
        session.execute(update(Account).where(Account.username == "teamleder").values(roles=["caseworker"]))
    worker.drain()
    assert totals(service, batch.key) == Totals(done=1, failed=4)
    assert {message for _, state, message in items(service) if state == "FAILED"} == {
        "Your role does not permit you to cancel cases."
    }


@pytest.mark.usefixtures("many")
def test_a_closed_account_does_nothing_more(service, worker, leader):
    batch = create(service, leader)
    with service.database.transaction() as session:
        session.execute(update(Account).where(Account.username == "teamleder").values(active=False))
    worker.drain()
    assert totals(service, batch.key) == Totals(failed=5)
    assert {message for *_, message in items(service)} == {"The account teamleder is closed."}


def test_an_instance_that_moved_out_of_sight_fails(service, worker, leader, many):
    batch = create(service, leader)
    with service.database.transaction() as session:
        of_first = select(ProcessInstance.case_key).where(ProcessInstance.key == many[0]).scalar_subquery()
        session.execute(update(Case).where(Case.key == of_first).values(institution_code="NYB"))
    worker.drain()
    assert totals(service, batch.key) == Totals(done=4, failed=1)


def test_suspending_and_resuming_many(service, worker, leader, many):
    create(service, leader, SUSPEND, arguments=Basis("retsplejeloven § 910"))
    worker.drain()
    with service.database.transaction() as session:
        told = (ProcessInstance.suspension_reason, ProcessInstance.suspension_hjemmel, ProcessInstance.suspended_by)
        assert session.execute(select(*told)).all() == [("oprydning", "retsplejeloven § 910", "teamleder")] * 5
    with service.command(SYSTEM) as ctx:
        suspension.resume(ctx, many[0])
    batch = create(service, leader, RESUME)
    worker.drain()
    assert totals(service, batch.key) == Totals(done=4)


def test_incidents_of_many_are_resolved_each_as_an_item(service, worker, leader):
    source = diagrams.sequence("p", diagrams.call_activity("Kald", "findes_ikke"), ids=["Kald"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        details = CaseDetails(institution_code="SDO")
        keys = [instances.create(ctx, process_id="p", variables={}, case=details).key for _ in range(3)]
    with service.database.transaction() as session:
        raised = list(session.scalars(select(Incident.key).where(Incident.state == "ACTIVE").order_by(Incident.key)))
    assert len(raised) == 3
    batch = create(service, leader, RESOLVE_INCIDENTS)
    worker.drain()
    assert ([key for key, *_ in items(service)], totals(service, batch.key)) == (raised, Totals(done=3))
    with service.database.transaction() as session:
        assert sorted(session.scalars(select(BatchItem.instance_key))) == sorted(keys)


def test_an_empty_selection_completes_at_once(service, worker, leader):
    batch = create(service, leader, query=Query([Condition("process_definition_id", "eq", "findes ikke")]))
    worker.drain()
    assert (totals(service, batch.key), state_of(service, batch)) == (Totals(), "COMPLETED")


def test_an_empty_filter_is_refused(service, leader):
    with pytest.raises(InvalidInput, match="The filter is empty"):
        create(service, leader, query=Query())


def test_a_batch_takes_a_reason(service, leader):
    with pytest.raises(InvalidInput, match="takes a reason"):
        create(service, leader, reason=" ")


def test_a_caseworker_may_not_cancel_many(service, leader):
    with pytest.raises(Forbidden):
        create(service, replace(leader, roles=frozenset({accounts.Role.CASEWORKER})))


@pytest.mark.usefixtures("many")
def test_a_suspended_batch_waits_and_goes_on(service, worker, leader):
    batch = create(service, leader)
    batching.work_one(service, batch.key)
    with service.command(leader) as ctx:
        batches.suspend(ctx, batch.key)
    assert worker.drain() == 0
    assert (totals(service, batch.key), state_of(service, batch)) == (Totals(pending=4, done=1), "SUSPENDED")
    with pytest.raises(Conflict, match="is suspended"), service.command(leader) as ctx:
        batches.suspend(ctx, batch.key)
    with service.command(leader) as ctx:
        batches.resume(ctx, batch.key)
    worker.drain()
    assert (totals(service, batch.key), state_of(service, batch)) == (Totals(done=5), "COMPLETED")


@pytest.mark.usefixtures("many")
def test_a_canceled_batch_skips_the_rest_with_the_reason(service, worker, leader):
    batch = create(service, leader)
    batching.work_one(service, batch.key)
    with service.command(leader) as ctx:
        batches.cancel(ctx, batch.key)
    worker.drain()
    assert (totals(service, batch.key), state_of(service, batch)) == (Totals(done=1, skipped=4), "CANCELED")
    assert items(service)[1][2] == "The batch was canceled before this item."
    with pytest.raises(Conflict, match="is canceled"), service.command(leader) as ctx:
        batches.resume(ctx, batch.key)


@pytest.mark.usefixtures("many")
def test_a_batch_is_stopped_by_whoever_started_it_or_nationally(service, leader):
    batch = create(service, leader)
    with pytest.raises(Forbidden), service.command(replace(leader, username="en_anden")) as ctx:
        batches.cancel(ctx, batch.key)
    with service.command(SYSTEM) as ctx:
        assert batches.cancel(ctx, batch.key).state == "CANCELED"


@pytest.mark.usefixtures("many")
def test_another_institutions_batch_does_not_exist(service, leader):
    batch = create(service, leader)
    with pytest.raises(NotFound), service.command(replace(leader, institution="NYB")) as ctx:
        batches.get(ctx, batch.key)


def test_an_unexpected_error_fails_the_item_and_no_other(service, worker, leader, many):
    """An item that no code foresaw: its instance's definition cannot be read any more."""
    batch = create(service, leader)
    with service.database.transaction() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.key == many[1]).values(snapshot=b"{"))
    worker.drain()
    assert totals(service, batch.key) == Totals(done=4, failed=1)


ACTS = st.lists(st.sampled_from(["work", "work", "share", "suspend", "resume", "cancel", "end one"]), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, count=st.integers(0, 5))
def test_totals_add_up_whatever_happens(service, worker, acts, count):
    deploy(service)
    keys = open_instances(service, count)
    batch = create(service, SYSTEM)
    for act in acts:
        _act(service, act, batch.key, keys)
        now = totals(service, batch.key)
        assert now.frozen == batch.frozen_count
        assert (state_of(service, batch) in {"COMPLETED", "CANCELED"}) <= now.is_over
    _act(service, "resume", batch.key, keys)
    worker.drain()
    assert totals(service, batch.key).is_over


def _act(service, act: str, key: int, keys: list[int]) -> None:
    moves = {"suspend": batches.suspend, "resume": batches.resume, "cancel": batches.cancel}
    try:
        if act == "work":
            batching.work_one(service, key)
        elif act == "share":
            batching.work_share(service, key)
        elif act == "end one" and keys:
            with service.command(SYSTEM) as ctx:
                instances.cancel(ctx, keys[-1])
        elif act in moves:
            with service.command(SYSTEM) as ctx:
                moves[act](ctx, key)
    except Conflict:
        return
