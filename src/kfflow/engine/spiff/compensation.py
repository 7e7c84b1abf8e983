# SPDX-License-Identifier: LGPL-3.0-or-later
"""Compensation: undoing what completed, in reverse order (BPMN 2.0 §13.5.5), and cancelling a transaction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from kfflow.engine.outcome import CloseReason
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.element import FlowSpec
from kfflow.engine.spiff.events import EventSpec, StartEvent
from kfflow.engine.variables import Frame, end_branch, fold

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token

Record = dict[str, object]
NOTHING: Mapping[str, object] = MappingProxyType({})


def remember(scope: "Token", token: "Token", local: Mapping[str, object] = NOTHING) -> None:
    """Keep, in the scope, how a completed activity can be undone, and the variables that it alone had."""
    spec = token.task_spec
    nested = token.memo.get("compensable", [])
    handler = spec.undone_by
    own_starts = getattr(spec, "compensation_starts", ())
    if handler is None and not own_starts and not nested:
        return
    record: Record = {"activity": spec.element_id, "handler": handler, "nested": nested}
    if own_starts:
        record["start"] = own_starts[0]
    if local:
        record["local"] = dict(local)
    records = scope.memo.setdefault("compensable", [])
    assert isinstance(records, list)
    records.append(record)


def handlers(records: list[Record], around: Mapping[str, object] = NOTHING) -> list[Record]:
    """Give what to run for these records, last completed first; a handler of its own replaces what is inside."""
    todo: list[Record] = []
    for record in reversed(records):
        nested, own = record.get("nested"), record.get("local")
        local = {**around, **(own if isinstance(own, dict) else {})}
        if record.get("handler") or record.get("start"):
            known: Record = {"local": local} if local else {}
            todo.append({"handler": record.get("handler"), "start": record.get("start"), "nested": nested, **known})
        elif isinstance(nested, list):
            todo += handlers(nested, local)
    return todo


def collect(token: "Token", activity: str) -> list[Record]:
    """Take out of the scope what is to be undone: one activity's, or all when none is named."""
    scope: Token | None = token.scope
    while scope is not None:
        records = scope.memo.get("compensable", [])
        assert isinstance(records, list)
        chosen = [r for r in records if not activity or r["activity"] == activity]
        if chosen or not scope.task_spec.is_event_subprocess:
            scope.memo["compensable"] = [r for r in records if r not in chosen]
            return handlers(chosen)
        scope = scope.parent
    return []


def start_compensation(token: "Token", records: list[Record]) -> bool:
    """Run handlers one after another inside a token; True when there are none."""
    token.memo["undo"] = list(records)
    if not records:
        return True
    token.inner = token.inner or Frame(token.frame)
    next_handler(token)
    return False


def next_handler(token: "Token") -> None:
    """Run the next handler inside the token that compensates, or let it go on."""
    left = token.memo.get("undo", [])
    assert isinstance(left, list)
    if not left:
        token.memo["leaving"] = True
        token.execution.wake(token)
        return
    record, token.memo["undo"] = left[0], left[1:]
    spec, frame = token.execution.spec, _frame(token, record)
    if record["handler"]:
        token.execution.arrive(spec.element(str(record["handler"])), token, frame)
    else:
        start = spec.element(str(record["start"]))
        launched = token.execution.arrive(spec.element(start.subprocess), token, frame)
        launched.memo.update(start=start.name, compensable=record.get("nested") or [])


def _frame(token: "Token", record: Record) -> Frame:
    """Give where a handler runs: with what the instance that it undoes had alone (§13.5.5: snapshot data)."""
    assert token.inner is not None
    local = record.get("local")
    if not isinstance(local, dict):
        return token.inner
    frame = token.inner.branch()
    frame.local = dict(local)
    return frame


class CompensationThrow(EventSpec):
    """An event that undoes one activity, or all that completed in its scope."""

    activity = ""
    waits = True

    def perform(self, token: "Token") -> bool:
        records = collect(token, self.activity)
        if records and not self.waits:
            token.memo["beside"] = True
            token.execution.go_on_at(self, token.scope, token.frame.branch(), {})
        return start_compensation(token, records)

    def chosen_flows(self, token: "Token") -> list[FlowSpec]:
        """Leave no more, where another token went on without waiting for the compensation (§10.5.1)."""
        return [] if "beside" in token.memo else super().chosen_flows(token)

    def path_ended(self, scope: "Token") -> None:
        next_handler(scope)

    def conclude(self, token: "Token") -> None:
        fold_inner(token)
        super().conclude(token)


class CompensationStart(StartEvent):
    """The start of a compensation event subprocess; it is run, never listened for."""

    subprocess = ""


class CancelEndEvent(EventSpec):
    """Cancels its transaction: undoes what it did, then leaves by its cancel event (§13.3.4)."""

    def perform(self, token: "Token") -> bool:
        return cancel_scope(token)

    def path_ended(self, scope: "Token") -> None:
        next_handler(scope)

    def conclude(self, token: "Token") -> None:
        fold_inner(token)

    def depart(self, token: "Token") -> None:
        leave_by_cancel(token)


def fold_inner(token: "Token") -> None:
    if token.inner is not None:
        token.execution.merged(fold(token.inner, token.frame), token.task_spec)
        token.inner = None


def cancel_scope(token: "Token") -> bool:
    """Begin to cancel a transaction: everything else in it stops, what completed is undone."""
    transaction = token.scope
    for child in transaction.inside():
        if child is not token and not child.task_spec.is_boundary:
            token.execution.withdraw(child)
    records = transaction.memo.pop("compensable", [])
    assert isinstance(records, list)
    return start_compensation(token, handlers(records))


def leave_by_cancel(token: "Token") -> None:
    """Leave a cancelled transaction by its cancel boundary event."""
    execution, transaction = token.execution, token.scope
    spec = transaction.task_spec
    execution.close(token, CloseReason.COMPLETED)
    token.task_spec.note(execution, "ELEMENT_COMPLETED")
    assert isinstance(spec, ActivitySpec)
    for name in spec.boundaries:
        boundary = execution.spec.element(name)
        if boundary.trigger.kind == "cancel":
            execution.remove(token)
            execution.merged(end_branch(token.frame), token.task_spec)
            execution.interrupt(transaction, boundary, {})
            return
    execution.take(token, [])
