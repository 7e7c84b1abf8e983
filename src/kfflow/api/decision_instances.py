"""Decision instances: how decisions came out, with the rules that fired."""

from typing import Any

from kfflow.api.decision_definitions import explained
from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Nothing
from kfflow.persistence.listings import DECISION_INSTANCES
from kfflow.persistence.tables import DecisionEvaluation
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Decision instances")
found = Search(DECISION_INSTANCES, "DecisionInstance")


@operations.post("/decision-instances/search", "Search decision instances", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(DECISION_INSTANCES, search.find(ctx, DECISION_INSTANCES, found.query(call.body)))


@operations.get("/decision-instances/{decisionEvaluationInstanceKey}", "Get a decision instance", dict[str, Any])
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    """The key is that of the evaluation, with or without Camunda's `-1` for its first decision."""
    key = call.key_before("-")
    row = search.get(ctx, DECISION_INSTANCES, key, "Beslutning")
    return {**shown(DECISION_INSTANCES, row), **explained(ctx.session.get_one(DecisionEvaluation, key))}
