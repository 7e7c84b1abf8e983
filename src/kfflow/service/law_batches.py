"""A change of law as a batch: every running instance that a transitional rule names follows it, each on its own."""

from kfflow.errors import Conflict
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import BatchOperation
from kfflow.service import batches, law
from kfflow.service.batch_operations import FOLLOW_LAW
from kfflow.service.context import Context
from kfflow.service.law import Following, Way


def apply(ctx: Context, following: Following, *, reason: str = "") -> BatchOperation:
    """Leave for the workers what a deployment's transitional rule asks of running cases.

    Raises Conflict before the law is in force, and when the rule names no running case.
    """
    law.require_in_force(ctx, following.deployment_key)
    found = law.named(ctx, following)
    keys = sorted({one.reached.instance_key for one in found if one.way is not Way.NEXT_EVALUATION})
    if not keys:
        raise Conflict("Overgangsreglen omfatter ingen sager i gang.", "The transitional rule names no running case.")
    chosen = Query([Condition("process_instance_key", "in", keys)])
    return batches.create(ctx, FOLLOW_LAW, chosen, arguments=following, reason=reason or _reason(found))


def _reason(found: list[law.Named]) -> str:
    return "; ".join(sorted({one.version.lov or "Lovændring" for one in found}))
