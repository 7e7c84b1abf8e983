"""What instances throw at others, left as rows: the workers deliver it, each delivery a command of its own.

So no command ever holds the locks of two cases, and a message that nobody waits for yet is buffered.
"""

from datetime import timedelta

from kfflow.engine.outcome import Thrown
from kfflow.persistence.tables import Message
from kfflow.service.context import Bell, Context

BUFFERED_FOR = timedelta(hours=1)
"""How long a thrown message waits for somebody to take it, where the diagram does not say."""


def leave_for_workers(ctx: Context, thrown: Thrown, *, instance_key: int) -> None:
    """Buffer a thrown message or signal."""
    key = ctx.new_key()
    values = {
        "key": key,
        "kind": thrown.kind.lower(),
        "name": thrown.name,
        "correlation_key": thrown.correlation_key,
        "variables": dict(thrown.variables),
        "state": "BUFFERED",
        "published_at": ctx.at,
        "expires_at": ctx.at + (BUFFERED_FOR if thrown.time_to_live is None else thrown.time_to_live),
        "thrown_by": instance_key,
    }
    ctx.writes.insert(Message, values)
    ctx.bells.add(Bell(thrown.kind.lower(), key))
