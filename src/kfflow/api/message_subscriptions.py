"""Message subscriptions: who waits for which message."""

from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged
from kfflow.persistence.listings import MESSAGE_SUBSCRIPTIONS
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Message subscriptions")
found = Search(MESSAGE_SUBSCRIPTIONS, "MessageSubscription")


@operations.post("/message-subscriptions/search", "Search message subscriptions", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(MESSAGE_SUBSCRIPTIONS, search.find(ctx, MESSAGE_SUBSCRIPTIONS, found.query(call.body)))
