"""Working off a batch: each item in a command of its own, a share at a time so that other work gets its turn."""

import structlog

from kfflow.errors import KfflowError
from kfflow.service import batches
from kfflow.service.accounts import SYSTEM
from kfflow.service.batches import Claimed
from kfflow.service.context import Bell, Service

log = structlog.get_logger(__name__)

SHARE = 25
"""How many items of one batch a worker does before it looks for other work."""


def work_share(service: Service, key: int) -> int:
    """Work off a share of a batch and close it after its last item; gives how many items were worked."""
    worked = 0
    while worked < SHARE and work_one(service, key):
        worked += 1
    with service.command(SYSTEM) as ctx:
        if not batches.close(ctx, key) and worked == SHARE:
            ctx.bells.add(Bell("batch", key))
    return worked


def work_one(service: Service, key: int) -> bool:
    """Work off one item, whatever comes of it; False when none is to be had."""
    claimed: Claimed | None = None
    try:
        with service.command(SYSTEM) as ctx:
            claimed = batches.claim(ctx, key)
            if claimed is not None:
                batches.work(ctx, claimed)
    except Exception as problem:
        if claimed is None:
            raise
        _refuse(service, claimed, problem)
    return claimed is not None


def _refuse(service: Service, claimed: Claimed, problem: Exception) -> None:
    if not isinstance(problem, KfflowError):
        log.error("batch_item_failed", batch=claimed.batch_key, item=claimed.item_key, exc_info=problem)
    with service.command(SYSTEM) as ctx:
        batches.refuse(ctx, claimed, problem)
