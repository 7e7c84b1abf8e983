"""Acting as somebody at some instant of the past, and drawing lots that come out the same every time."""

from dataclasses import replace
from datetime import datetime
from random import Random

from kfflow.domain.authorization import Actor
from kfflow.service.context import Context, SettableClock


def at(ctx: Context, instant: datetime, actor: Actor | None = None) -> Context:
    """Give the same transaction at another instant, for another actor if one is named."""
    return replace(ctx, clock=SettableClock(instant), actor=actor or ctx.actor, _at=None)


def lots(seed: int, of: str) -> Random:
    """Give a source of chance that depends on the seed and on what is drawn, and on nothing else."""
    return Random(f"{seed}:{of}")  # noqa: S311 - a demo population keeps no secret
