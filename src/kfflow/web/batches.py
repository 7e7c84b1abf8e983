"""What is being done to many: the batches, how far each is, what was refused and why, stopping and trying again."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kfflow.errors import InvalidInput
from kfflow.persistence.listings import BATCH_ITEMS, BATCH_OPERATIONS
from kfflow.persistence.search import Condition, Query
from kfflow.service import batches as commands
from kfflow.service import search
from kfflow.service.context import Context
from kfflow.web.visitor import acting
from kfflow.web.wording import say

MOST_BATCHES = 50
MOST_REFUSED = 200
OPERATIONS = {
    "CANCEL_PROCESS_INSTANCE": ("Annullér sager", "Cancel cases"),
    "SUSPEND_PROCESS_INSTANCE": ("Sæt sager i bero", "Suspend cases"),
    "RESUME_PROCESS_INSTANCE": ("Genoptag sager", "Resume cases"),
    "RESOLVE_INCIDENT": ("Løs hændelser", "Resolve incidents"),
    "MIGRATE_PROCESS_INSTANCE": ("Flyt til ny version", "Migrate"),
    "CHECK_MIGRATION": ("Se efter, om sager kan flyttes", "Look whether cases can be moved"),
    "UNDO_MIGRATION": ("Fortryd flytning", "Undo migration"),
    "MODIFY_PROCESS_INSTANCE": ("Ret forløb", "Modify"),
    "FOLLOW_LAW": ("Følg en ny lov", "Follow a new law"),
}
STATES = {
    "ACTIVE": ("i gang", "under way"),
    "SUSPENDED": ("standset", "suspended"),
    "CANCELED": ("annulleret", "canceled"),
    "COMPLETED": ("færdig", "complete"),
}
ACTS: dict[str, tuple[Callable[[Context, int], object], str, str]] = {
    "stands": (commands.suspend, "Batchen er standset.", "The batch waits."),
    "fortsaet": (commands.resume, "Batchen fortsætter.", "The batch goes on."),
    "annuller": (commands.cancel, "Batchen er annulleret.", "The batch was canceled."),
    "proev-igen": (commands.retry_failed, "Det, der fejlede, prøves igen.", "What failed is tried again."),
}


def overview() -> str:
    """List the batches of the visitor's scope, the newest first."""
    with acting("batcher") as ctx:
        found = search.find(ctx, BATCH_OPERATIONS, Query(limit=MOST_BATCHES))
    return render_template("pages/batches.html", rows=found.items, **_words())


def one(key: int) -> str:
    """Show one batch: how far it is, and every item that was skipped or failed with the reason."""
    refused = [Condition("batch_operation_key", "eq", key), Condition("state", "in", ["CANCELED", "FAILED"])]
    with acting("batch") as ctx:
        batch = search.get(ctx, BATCH_OPERATIONS, key, "Batch")
        refusals = search.find(ctx, BATCH_ITEMS, Query(refused, limit=MOST_REFUSED))
        may_act = commands.may_act(ctx, batch["operation_type"], batch["actor_id"])
    return render_template("pages/batch.html", batch=batch, refusals=refusals, may_act=may_act, **_words())


def act(key: int) -> Response:
    """Stop a batch, let it go on, end it, or try again what failed."""
    known = ACTS.get(request.form.get("handling", ""))
    if known is None:
        raise InvalidInput("Handlingen kendes ikke.", "No such action.")
    command, danish, english = known
    with acting("batch") as ctx:
        command(ctx, key)
    flash(say(danish, english), "ok")
    return redirect(url_for("web.batch", key=key), 303)


def _words() -> dict[str, Any]:
    return {
        "operations": {name: say(*words) for name, words in OPERATIONS.items()},
        "states": {name: say(*words) for name, words in STATES.items()},
    }
