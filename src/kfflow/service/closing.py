"""What a step closed, as rows: done or canceled, with the deadline that ends with it."""

from kfflow.engine.outcome import Closed, CloseReason, WaitingKind
from kfflow.persistence import closings
from kfflow.persistence.steps import Running
from kfflow.service.context import Context

_STATEMENTS = {
    WaitingKind.USER_TASK: (closings.CLOSE_TASK, "COMPLETED"),
    WaitingKind.JOB: (closings.CLOSE_JOB, "COMPLETED"),
    WaitingKind.TIMER: (closings.CLOSE_TIMER, "FIRED"),
    WaitingKind.MESSAGE: (closings.CLOSE_MESSAGE, "CORRELATED"),
    WaitingKind.SIGNAL: (closings.CLOSE_SIGNAL, "RECEIVED"),
    WaitingKind.INCIDENT: (closings.CLOSE_INCIDENT, "RESOLVED"),
}


def close(ctx: Context, running: Running, closed: Closed) -> None:
    """Close the row of one waiting place; a call's row is its process instance, which closes itself."""
    if closed.kind not in _STATEMENTS:
        return
    statement, done = _STATEMENTS[closed.kind]
    if closed.kind is WaitingKind.USER_TASK and closed.token == running.undated:
        statement = closings.CLOSE_UNDATED_TASK
    completed = closed.reason is CloseReason.COMPLETED
    values = {
        "instance_key": running.key,
        "token": closed.token,
        "state": done if completed else "CANCELED",
        "at": ctx.at,
        "by": ctx.actor.username if completed else None,
        "actor": ctx.actor.username,
        "reason": "" if completed else ctx.reason,
    }
    ctx.writes.execute(statement, values)
