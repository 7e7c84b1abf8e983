"""The audit log: who read, changed or passed on what, when and why (retshåndhævelsesloven; LED art. 25)."""

from typing import Any

from kfflow.persistence.tables import AuditEvent
from kfflow.service.context import Context


def record(
    ctx: Context,
    verb: str,
    subject: str,
    *,
    case_key: int | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write one audit line in the command's own transaction; `verb` reads `source:subject:action`.

    A command whose audit line cannot be written fails with it.
    """
    values = {
        "at": ctx.at,
        "actor": ctx.actor.username,
        "verb": verb,
        "case_key": case_key,
        "subject": subject,
        "reason": reason or ctx.reason,
        "request_id": ctx.request_id,
        "data": data or {},
    }
    ctx.writes.insert(AuditEvent, values)
