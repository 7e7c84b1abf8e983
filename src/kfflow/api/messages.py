"""Messages: published to whoever waits now or soon, or correlated to exactly one who waits now."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Body, Key, Name, Tenant, TenantAnswer, Variables
from kfflow.service import messages
from kfflow.service.context import Context

operations = Operations("Messages")
LONGEST_LIFE = 365 * 24 * 3600 * 1000
CorrelationKey = Annotated[str, Field(max_length=1000)]


class Publication(Body):
    """`timeToLive` in ms: how long the message is kept for somebody who does not wait yet."""

    name: Name
    correlation_key: CorrelationKey = ""
    time_to_live: Annotated[int, Field(ge=0, le=LONGEST_LIFE)] = 0
    message_id: Annotated[str, Field(max_length=255)] | None = None
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant | None = None


class Correlation(Body):
    name: Name
    correlation_key: CorrelationKey = ""
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant | None = None


class Published(TenantAnswer):
    message_key: Key


class Correlated(TenantAnswer):
    message_key: Key
    process_instance_key: Key


@operations.post("/messages/publication", "Publish a message", Publication, Published)
def publish(ctx: Context, call: Call[Publication]) -> Published:
    asked = call.body
    message = messages.publish(
        ctx,
        name=asked.name,
        correlation_key=asked.correlation_key or None,
        variables=asked.variables,
        ttl=timedelta(milliseconds=asked.time_to_live),
        message_id=asked.message_id or None,
    )
    return Published(message_key=message.key)


@operations.post("/messages/correlation", "Correlate a message; 404 when nobody waits for it", Correlation, Correlated)
def correlate(ctx: Context, call: Call[Correlation]) -> Correlated:
    asked = call.body
    correlated = messages.correlate(
        ctx, name=asked.name, correlation_key=asked.correlation_key or None, variables=asked.variables
    )
    return Correlated(message_key=correlated.message_key, process_instance_key=correlated.instance_key)
