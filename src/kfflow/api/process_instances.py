"""Process instances: create, search, look up, cancel, and what stopped in them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from kfflow.api import incidents as incidents_of
from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Key, Name, Nothing, Tenant, TenantAnswer, Variables
from kfflow.errors import NotFound
from kfflow.persistence.listings import INCIDENTS, PROCESS_INSTANCES
from kfflow.persistence.search import Condition
from kfflow.service import definitions, instances, search
from kfflow.service.context import Context

operations = Operations("Process instances")
found = Search(PROCESS_INSTANCES, "ProcessInstance")
WHAT = "Procesinstans"


class StartInstruction(Body):
    """Start at this element instead of the start event."""

    element_id: Name


class NewInstance(Body):
    """Which process (by id, with or without version, by version tag, or by key) and with which variables.

    `businessId` is the number of the case; without one the case gets the next number.
    """

    process_definition_id: Name | None = None
    process_definition_key: Key | None = None
    process_definition_version: Annotated[int, Field(ge=-1, le=2**31 - 1)] = -1
    process_definition_version_tag: Name | None = None
    variables: Variables = Field(default_factory=dict)
    business_id: Name | None = None
    start_instructions: list[StartInstruction] = Field(default_factory=list, max_length=1)
    tenant_id: Tenant | None = None
    operation_reference: int | None = None
    await_completion: Literal[False] = False
    fetch_variables: list[str] | None = None
    request_timeout: int | None = None
    tags: list[str] = Field(default_factory=list, max_length=0)
    runtime_instructions: list[Any] = Field(default_factory=list, max_length=0)


class CreatedInstance(TenantAnswer):
    process_definition_id: str
    process_definition_version: int
    process_definition_key: Key
    process_instance_key: Key
    variables: Variables
    tags: list[str]
    business_id: str


class Cancellation(Body):
    operation_reference: int | None = None


@operations.post("/process-instances", "Create a process instance", NewInstance, CreatedInstance)
def create(ctx: Context, call: Call[NewInstance]) -> CreatedInstance:
    asked = call.body
    instance = instances.create(
        ctx,
        process_id=asked.process_definition_id,
        version=asked.process_definition_version,
        definition_key=_definition_key(ctx, asked),
        variables=asked.variables,
        business_key=asked.business_id,
        start_element=asked.start_instructions[0].element_id if asked.start_instructions else None,
    )
    return CreatedInstance(
        process_definition_id=instance.process_id,
        process_definition_version=instance.version,
        process_definition_key=instance.definition_key,
        process_instance_key=instance.key,
        variables={},
        tags=[],
        business_id=instance.case_number,
    )


def _definition_key(ctx: Context, asked: NewInstance) -> int | None:
    tag, process_id = asked.process_definition_version_tag, asked.process_definition_id
    if tag is None or process_id is None:
        return asked.process_definition_key
    tagged = definitions.find_tagged(ctx, process_id, tag)
    if tagged is None:
        raise NotFound(f"{process_id} har ingen version {tag}.", f"{process_id} has no version {tag}.")
    return tagged.key


@operations.post("/process-instances/search", "Search process instances", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(PROCESS_INSTANCES, search.find(ctx, PROCESS_INSTANCES, found.query(call.body)))


@operations.get("/process-instances/{processInstanceKey}", "Get a process instance", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(PROCESS_INSTANCES, search.get(ctx, PROCESS_INSTANCES, call.key, WHAT))


@operations.post(
    "/process-instances/{processInstanceKey}/cancellation", "Cancel an instance with all it called", Cancellation
)
def cancel(ctx: Context, call: Call[Cancellation]) -> None:
    instances.cancel(ctx, call.key, reason=ctx.reason)


@operations.post(
    "/process-instances/{processInstanceKey}/incidents/search",
    "Search the incidents of an instance",
    incidents_of.found.body,
    incidents_of.found.answer,
)
def find_incidents(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    instances.get(ctx, call.key)
    query = incidents_of.found.query(call.body, Condition("process_instance_key", "eq", call.key))
    return paged(INCIDENTS, search.find(ctx, INCIDENTS, query))
