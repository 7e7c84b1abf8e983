"""Variables of process instances: search, look up, change."""

from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Nothing
from kfflow.persistence.listings import VARIABLES
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Variables")
found = Search(VARIABLES, "Variable")


@operations.post("/variables/search", "Search variables; a value is JSON in a string", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(VARIABLES, search.find(ctx, VARIABLES, found.query(call.body)))


@operations.get("/variables/{variableKey}", "Get a variable", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(VARIABLES, search.get(ctx, VARIABLES, call.key, "Variabel"))
