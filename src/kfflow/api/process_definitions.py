"""Process definitions: search, look up, the diagram as deployed, the form of the start."""

from typing import Any

from kfflow.api.forms import FormAnswer, shown_form
from kfflow.api.operations import Call, File, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Nothing
from kfflow.persistence.listings import PROCESS_DEFINITIONS
from kfflow.service import definitions, search
from kfflow.service.context import Context

operations = Operations("Process definitions")
found = Search(PROCESS_DEFINITIONS, "ProcessDefinition")
WHAT = "Procesdefinition"


@operations.post("/process-definitions/search", "Search process definitions", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(PROCESS_DEFINITIONS, search.find(ctx, PROCESS_DEFINITIONS, found.query(call.body)))


@operations.get("/process-definitions/{processDefinitionKey}", "Get a process definition", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(PROCESS_DEFINITIONS, search.get(ctx, PROCESS_DEFINITIONS, call.key, WHAT))


@operations.get("/process-definitions/{processDefinitionKey}/xml", "Get the diagram as it was deployed", File)
def xml(ctx: Context, call: Call[Nothing]) -> File:
    search.get(ctx, PROCESS_DEFINITIONS, call.key, WHAT)
    return File(definitions.source(ctx, call.key))


@operations.get("/process-definitions/{processDefinitionKey}/form", "Get the form of the start, if any", FormAnswer)
def form(ctx: Context, call: Call[Nothing]) -> FormAnswer | File:
    definition = definitions.get(ctx, call.key)
    form_id, days = definition.start_form_id, definitions.today(ctx)
    return shown_form(definitions.find_form(ctx, form_id, days) if form_id else None)
