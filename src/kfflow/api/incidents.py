"""Incidents: what stopped, and letting it try again."""

from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Nothing, Variables
from kfflow.persistence.listings import INCIDENTS
from kfflow.service import incidents, search
from kfflow.service.context import Context

operations = Operations("Incidents")
found = Search(INCIDENTS, "Incident")


class Resolution(Body):
    """`variables`, which Camunda does not have, are set on the instance before what stopped tries again."""

    variables: Variables | None = None
    operation_reference: int | None = None


@operations.post("/incidents/search", "Search incidents", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(INCIDENTS, search.find(ctx, INCIDENTS, found.query(call.body)))


@operations.get("/incidents/{incidentKey}", "Get an incident", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(INCIDENTS, search.get(ctx, INCIDENTS, call.key, "Hændelse"))


@operations.post("/incidents/{incidentKey}/resolution", "Let what stopped try again", Resolution)
def resolve(ctx: Context, call: Call[Resolution]) -> None:
    incidents.resolve(ctx, call.key, variables=call.body.variables)
