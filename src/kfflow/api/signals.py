"""Signals: broadcast to everybody who waits for one."""

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Body, Key, Name, Tenant, TenantAnswer, Variables
from kfflow.service import signals
from kfflow.service.context import Context

operations = Operations("Signals")


class Broadcast(Body):
    signal_name: Name
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant | None = None


class Broadcasted(TenantAnswer):
    signal_key: Key


@operations.post("/signals/broadcast", "Broadcast a signal", Broadcast, Broadcasted)
def broadcast(ctx: Context, call: Call[Broadcast]) -> Broadcasted:
    signal = signals.broadcast(ctx, name=call.body.signal_name, variables=call.body.variables)
    return Broadcasted(signal_key=signal.key)
