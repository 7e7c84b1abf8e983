"""Rows that one command writes at once: those that the database counts keep the order in which they were said."""

from datetime import UTC, datetime

from sqlalchemy import select

from kfflow.persistence.tables import HistoryStep, Outbox
from kfflow.service.accounts import SYSTEM

AT = datetime(2026, 1, 5, tzinfo=UTC)
STEPS = 5


def step(number: int) -> dict[str, object]:
    told = {"instance_key": number, "case_key": 1, "revision": 1, "at": AT, "actor": "x", "events": [[str(number)]]}
    return {**told, "version": 7} if number % 2 else told


def test_rows_of_one_statement_keep_their_order_and_their_defaults(service):
    with service.command(SYSTEM) as ctx:
        for number in range(STEPS):
            ctx.writes.insert(HistoryStep, step(number))
    with service.query(SYSTEM) as ctx:
        found = ctx.session.scalars(select(HistoryStep).order_by(HistoryStep.key)).all()
        assert [(row.instance_key, row.version) for row in found] == [(0, 1), (1, 7), (2, 1), (3, 7), (4, 1)]


def test_a_row_written_once_stays_as_it_is(service):
    told = {"system": "politi", "idempotency_key": "1:politi:0", "created_at": AT}
    for key in (1, 2):
        with service.command(SYSTEM) as ctx:
            ctx.writes.insert(Outbox, {**told, "key": key, "payload": {"gang": key}}, once=True)
    with service.query(SYSTEM) as ctx:
        assert [row.payload for row in ctx.session.scalars(select(Outbox))] == [{"gang": 1}]
