"""Running instances of a version moved to another because somebody decides so, not a law; and moved back.

Who is named by a law follows it (`law.py`); this is for a version that was published without one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.batches import Totals
from kfflow.domain.lifecycle import BatchState
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import moving as rows
from kfflow.persistence.scope import scope_of
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import BatchOperation
from kfflow.service import access, audit, batch_operations, batches, definitions, migrations
from kfflow.service.batch_operations import LOOK, MIGRATE, UNDO_MIGRATION, Target
from kfflow.service.context import Context
from kfflow.service.migrations import Plan

MOST_CHECKED = 200
"""How many instances are looked into at once; more are looked into by the workers before anything is moved."""

MOST_MET = 50
"""How many kinds of obstacles and remarks are told with how many instances meet each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """From which version to which, and what elements become that the suggested mapping leaves out or gets wrong."""

    source_key: int
    target_key: int
    becomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instance on the old version, and what stands against moving it."""

    instance_key: int
    case_number: str
    owner: str
    obstacles: Sequence[engine.Obstacle]

    @property
    def is_blocked(self) -> bool:
        return engine.blocks(list(self.obstacles))


@dataclass(frozen=True, slots=True)
class Looked:
    """How far the workers are with looking into every instance, and what those met: state, words, how many."""

    batch_key: int
    at: datetime
    totals: Totals
    met: Sequence[Row[Any]]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What moving would do; of more than `MOST_CHECKED` instances the first ones are told, and how all were found."""

    plan: Plan
    mapping: Mapping[str, str]
    candidates: Sequence[Candidate]
    running: int
    looked: Looked | None

    @property
    def is_many(self) -> bool:
        """Tell whether there are more than are looked into at once."""
        return self.running > MOST_CHECKED

    @property
    def may_be_moved(self) -> bool:
        """Tell whether every instance was looked into, and there is one."""
        return self.running > 0 and (not self.is_many or (self.looked is not None and self.looked.is_over))


def ahead(ctx: Context, wanted: Wanted) -> Ahead:
    """Tell what moving would do to each instance that the actor sees; changes nothing. Raises as `migrations.plan`."""
    plan = migrations.plan(ctx, wanted.source_key, wanted.target_key)
    mapping = {**plan.mapping, **wanted.becomes}
    scope = scope_of(ctx.actor)
    looked = _looked(ctx, _asked(wanted, plan))
    by = looked.batch_key if looked else None
    found = rows.running_on(ctx.session, scope, wanted.source_key, most=MOST_CHECKED, looked=by)
    told = [
        Candidate(row.key, row.number, row.owner, migrations.check(ctx, row.key, wanted.target_key, mapping))
        for row in found
    ]
    data = {"keys": [str(one.instance_key) for one in told]}
    audit.record(ctx, "service:migration:ask", str(wanted.target_key), data=data)
    return Ahead(plan, mapping, told, rows.count_on(ctx.session, scope, wanted.source_key), looked)


def look(ctx: Context, wanted: Wanted) -> BatchOperation:
    """Leave looking into every instance of the version for the workers; nothing is moved.

    Raises Conflict when none runs there.
    """
    plan = migrations.plan(ctx, wanted.source_key, wanted.target_key)
    _require_running(ctx, wanted)
    reason = ctx.choose("Set efter, før sager flyttes.", "Looked into before cases are moved.")
    return batches.create(ctx, LOOK, _all_of(wanted), arguments=_asked(wanted, plan), reason=reason)


def _asked(wanted: Wanted, plan: Plan) -> batch_operations.Planned:
    return batch_operations.Planned(wanted.source_key, wanted.target_key, {**plan.mapping, **wanted.becomes})


def _looked(ctx: Context, asked: batch_operations.Planned) -> Looked | None:
    batch = rows.looked_into(ctx.session, scope_of(ctx.actor), LOOK.name, asdict(asked))
    if batch is None:
        return None
    met = rows.met(ctx.session, batch.key, most=MOST_MET)
    is_over = batch.state == BatchState.COMPLETED
    return Looked(batch.key, batch.created_at, batches.totals(ctx, batch.key), met, is_over)


def move(ctx: Context, wanted: Wanted, reason: str) -> BatchOperation:
    """Leave moving every instance of the version for the workers, each whole or not at all.

    Raises Conflict when none runs there, or more than are looked into at once of which not all were looked into so;
    InvalidInput without a reason.
    """
    plan = migrations.plan(ctx, wanted.source_key, wanted.target_key)
    asked = _asked(wanted, plan)
    if _require_running(ctx, wanted) > MOST_CHECKED:
        _require_looked(_looked(ctx, asked))
    target = Target(wanted.target_key, asked.mapping)
    return batches.create(ctx, MIGRATE, _all_of(wanted), arguments=target, reason=_required(reason))


def _all_of(wanted: Wanted) -> Query:
    return Query([Condition("process_definition_key", "eq", wanted.source_key)])


def _require_running(ctx: Context, wanted: Wanted) -> int:
    running = rows.count_on(ctx.session, scope_of(ctx.actor), wanted.source_key)
    if not running:
        raise Conflict("Ingen sager følger versionen.", "No case follows the version.")
    return running


def _require_looked(looked: Looked | None) -> None:
    if looked is None or not looked.is_over:
        raise Conflict(
            f"Der er flere end {MOST_CHECKED} sager. Se dem alle efter, før de flyttes.",
            f"There are more than {MOST_CHECKED} cases. Look into all of them before they are moved.",
        )


def undo(ctx: Context, instance_keys: Sequence[int], reason: str) -> BatchOperation:
    """Leave moving these instances back for the workers; one that has gone on since is skipped and says so.

    Raises InvalidInput without an instance or a reason.
    """
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    if not instance_keys:
        problem = FieldProblem("sag", "Vælg mindst én sag.", "Choose at least one case.")
        raise InvalidInput("Ingen sager er valgt.", "No case is chosen.", fields=[problem])
    chosen = Query([Condition("process_instance_key", "in", list(instance_keys))])
    return batches.create(ctx, UNDO_MIGRATION, chosen, reason=_required(reason))


def elements(ctx: Context, definition_key: int) -> Mapping[str, str]:
    """Give the names of a version's elements by id, to choose from what another becomes."""
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    found = definitions.compiled(ctx, definition_key).elements.values()
    return {element.id: element.name or element.id for element in found}


def _required(reason: str) -> str:
    """The reason of the page counts alone: every command of a page has one that says which page it was."""
    if reason.strip():
        return reason
    problem = FieldProblem("grund", "Angiv en begrundelse.", "Give a reason.")
    raise InvalidInput("Begrundelsen mangler.", "The reason is missing.", fields=[problem])
