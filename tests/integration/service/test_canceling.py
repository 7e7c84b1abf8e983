"""Canceling a case leaves nothing open behind, and says why."""

import pytest
from sqlalchemy import select

from kfflow.errors import Conflict
from kfflow.persistence.tables import AuditEvent, Case, DeadlineEntry, HistoryEvent, Incident
from kfflow.service import instances
from kfflow.service.accounts import SYSTEM
from tests.integration.service.standing import LEADER, everything, start, states


def cancel(service, key: int, reason: str = "Fejloprettet") -> None:
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, key, reason=reason)


def test_everything_open_is_closed(service):
    instance = start(service, *everything())
    assert states(service) == {
        "process_instance": ["ACTIVE", "ACTIVE"],
        "user_task": ["CREATED", "CREATED"],
        "job": ["CREATED"],
        "timer": ["ARMED"],
        "message_subscription": ["OPEN"],
        "signal_subscription": ["OPEN"],
        "incident": ["ACTIVE"],
        "deadline": ["RUNNING"],
    }
    cancel(service, instance.key)
    assert states(service) == {
        "process_instance": ["TERMINATED", "TERMINATED"],
        "user_task": ["CANCELED", "CANCELED"],
        "job": ["CANCELED"],
        "timer": ["CANCELED"],
        "message_subscription": ["CANCELED"],
        "signal_subscription": ["CANCELED"],
        "incident": ["RESOLVED"],
        "deadline": ["CANCELED"],
    }


def test_the_reason_stands_in_audit_history_and_ledger(service):
    instance = start(service, *everything())
    cancel(service, instance.key)
    with service.database.transaction() as session:
        audited = session.scalars(select(AuditEvent.reason).where(AuditEvent.verb == "service:instance:cancel")).one()
        told = session.scalars(select(HistoryEvent.data).where(HistoryEvent.kind == "INSTANCE_CANCELED")).one()
        ledger = session.execute(select(DeadlineEntry.kind, DeadlineEntry.reason).order_by(DeadlineEntry.key)).all()
        resolved_by = session.scalars(select(Incident.resolved_by)).one()
    assert (audited, told, resolved_by) == ("Fejloprettet", {"reason": "Fejloprettet"}, "lea")
    assert ledger == [("START", ""), ("CANCELED", "Fejloprettet")]


def test_the_case_is_closed(service):
    instance = start(service, *everything())
    cancel(service, instance.key)
    with service.database.transaction() as session:
        assert session.scalars(select(Case.state)).one() == "TERMINATED"


def test_canceling_twice_is_refused(service):
    instance = start(service, *everything())
    cancel(service, instance.key)
    with pytest.raises(Conflict, match="has already ended"):
        cancel(service, instance.key)


def test_nothing_is_left_for_the_workers(service, worker):
    instance = start(service, *everything())
    cancel(service, instance.key)
    assert worker.due() == []
    with service.command(SYSTEM) as ctx:
        assert instances.get(ctx, instance.key).state == "TERMINATED"
