"""Running instances of a version moved to another because somebody decides so, not a law; and moved back.

Who is named by a law follows it (`law.py`); this is for a version that was published without one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import moving as rows
from kfflow.persistence.scope import scope_of
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import BatchOperation
from kfflow.service import access, audit, batches, definitions, migrations
from kfflow.service.batch_operations import MIGRATE, UNDO_MIGRATION, Target
from kfflow.service.context import Context
from kfflow.service.migrations import Plan

MOST_CHECKED = 200
"""How many instances are looked into before anything is moved."""


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
class Ahead:
    """What moving would do; of more than `MOST_CHECKED` instances the first ones are told."""

    plan: Plan
    mapping: Mapping[str, str]
    candidates: Sequence[Candidate]
    running: int


def ahead(ctx: Context, wanted: Wanted) -> Ahead:
    """Tell what moving would do to each instance that the actor sees; changes nothing. Raises as `migrations.plan`."""
    plan = migrations.plan(ctx, wanted.source_key, wanted.target_key)
    mapping = {**plan.mapping, **wanted.becomes}
    scope = scope_of(ctx.actor)
    found = rows.running_on(ctx.session, scope, wanted.source_key, most=MOST_CHECKED)
    told = [
        Candidate(row.key, row.number, row.owner, migrations.check(ctx, row.key, wanted.target_key, mapping))
        for row in found
    ]
    data = {"keys": [str(one.instance_key) for one in told]}
    audit.record(ctx, "service:migration:ask", str(wanted.target_key), data=data)
    return Ahead(plan, mapping, told, rows.count_on(ctx.session, scope, wanted.source_key))


def move(ctx: Context, wanted: Wanted, reason: str) -> BatchOperation:
    """Leave moving every instance of the version for the workers, each whole or not at all.

    Raises Conflict when none runs there, InvalidInput without a reason.
    """
    plan = migrations.plan(ctx, wanted.source_key, wanted.target_key)
    if not rows.count_on(ctx.session, scope_of(ctx.actor), wanted.source_key):
        raise Conflict("Ingen sager følger versionen.", "No case follows the version.")
    target = Target(wanted.target_key, {**plan.mapping, **wanted.becomes})
    chosen = Query([Condition("process_definition_key", "eq", wanted.source_key)])
    return batches.create(ctx, MIGRATE, chosen, arguments=target, reason=_required(reason))


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
