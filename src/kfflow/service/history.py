"""What happened to an instance, added to its history: when, by whom, and in which version it is written."""

from collections.abc import Sequence
from typing import Any

from kfflow import engine
from kfflow.persistence import steps
from kfflow.persistence.steps import Running
from kfflow.service.context import Context


def add(ctx: Context, running: Running, events: Sequence[Any]) -> None:
    """Add `[kind, element_id, element_type, name, data]` lines in the order they happened."""
    steps.write_history(
        ctx.writes, running, list(events), version=engine.HISTORY_VERSION, at=ctx.at, actor=ctx.actor.username
    )
