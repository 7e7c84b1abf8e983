"""Modification through the commands: rows follow the tokens, and who may not, cannot."""

import pytest
from sqlalchemy import select

from kfflow.engine.instructions import Activate, Move, Source, Terminate, VariablesAt
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.persistence.tables import AuditEvent, Deadline, HistoryEvent, ProcessInstance, Timer, UserTask
from kfflow.service import modifications
from tests.integration.service import diagrams
from tests.integration.service.test_running import LEADER, METTE, NYBORG, create, deploy, instance_of, open_tasks

DEADLINE = '<kf:deadline rule="10 AD" hjemmel="§ 46"/>'


def modify(service, key, *instructions, actor=LEADER, reason="Forkert vej"):
    with service.command(actor) as ctx:
        return modifications.modify(ctx, key, instructions, reason=reason)


def at(element):
    return Source(element_id=element)


def two_tasks():
    first = diagrams.user_task("Foerst", extra=DEADLINE)
    return diagrams.sequence(
        "to_trin", first, diagrams.timer_catch("Vent", "P2D"), diagrams.user_task("Saa"), ids=["Foerst", "Vent", "Saa"]
    )


def test_rows_follow_a_moved_token(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    modify(service, instance.key, Move(at("Foerst"), "Saa", (VariablesAt({"svar": 1}),)))
    assert [t.element_id for t in open_tasks(service)] == ["Saa"]
    with service.database.transaction() as session:
        assert [d.state for d in session.scalars(select(Deadline))] == ["CANCELED"]
        assert [t.state for t in session.scalars(select(UserTask).order_by(UserTask.key))] == ["CANCELED", "CREATED"]
    moved = instance_of(service, instance.key)
    assert (moved.state, moved.revision, moved.variables["svar"]) == ("ACTIVE", 2, 1)


def test_a_modification_is_told_with_its_reason(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    modify(service, instance.key, Move(at("Foerst"), "Vent"))
    with service.database.transaction() as session:
        written = session.scalars(select(AuditEvent).where(AuditEvent.verb == "service:instance:modify")).one()
        told = session.scalars(select(HistoryEvent).where(HistoryEvent.kind == "INSTANCE_MODIFIED")).one()
        assert [t.element_id for t in session.scalars(select(Timer).where(Timer.state == "ARMED"))] == ["Vent"]
    assert (written.actor, written.reason) == ("lea", "Forkert vej")
    assert written.data == told.data == {"instructions": [{"move": "Foerst", "to": "Vent"}]}
    assert told.actor == "lea"


def test_an_instance_without_tokens_is_terminated_with_its_case(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    assert modify(service, instance.key, Terminate(at("Foerst"))).state == "TERMINATED"
    assert open_tasks(service) == []


def test_a_called_instance_is_moved_but_not_emptied(service):
    child = two_tasks()
    parent = diagrams.sequence("kalder", diagrams.call_activity("Kald", "to_trin"), ids=["Kald"])
    deploy(service, child, parent)
    caller = create(service, "kalder")
    with service.database.transaction() as session:
        called = session.scalars(select(ProcessInstance.key).where(ProcessInstance.parent_key == caller.key)).one()
    with pytest.raises(Conflict):
        modify(service, called, Terminate(at("Foerst")))
    modify(service, called, Move(at("Foerst"), "Saa"))
    assert [t.element_id for t in open_tasks(service)] == ["Saa"]
    modify(service, caller.key, Terminate(at("Kald")))
    assert (instance_of(service, called).state, open_tasks(service)) == ("TERMINATED", [])


def test_what_is_refused_changes_nothing(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    before = instance_of(service, instance.key)
    with pytest.raises(InvalidInput) as raised:
        modify(service, instance.key, Activate("Findes_ikke"), Move(at("Foerst"), "Begynd"))
    assert [f.field for f in raised.value.fields] == ["Findes_ikke", "Begynd"]
    after = instance_of(service, instance.key)
    assert (after.snapshot, after.revision) == (before.snapshot, before.revision)
    with pytest.raises(InvalidInput):
        modify(service, instance.key)


@pytest.mark.parametrize(("actor", "error"), [(METTE, Forbidden), (NYBORG, Forbidden)])
def test_modification_is_for_supervisors(service, actor, error):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    with pytest.raises(error):
        modify(service, instance.key, Terminate(at("Foerst")), actor=actor)


def test_an_ended_instance_and_an_unknown_one_are_refused(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin")
    modify(service, instance.key, Terminate(at("Foerst")))
    with pytest.raises(Conflict):
        modify(service, instance.key, Activate("Saa"))
    with pytest.raises(NotFound):
        modify(service, 7, Activate("Saa"))
