"""What a batch can do: for each operation its name, the right it takes, its arguments, and what it does to one item.

A further operation is one more `Operation` in `OPERATIONS`. Its `act` is an ordinary command: it authorizes, locks,
and raises. A Conflict skips the item, whatever else it raises fails it; the reason of the batch is in `ctx.reason`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from kfflow import engine
from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission
from kfflow.engine.instructions import Move, Nearness, Source
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence.search import Condition
from kfflow.service import incidents, instances, law, migrations, modifications, suspension
from kfflow.service.context import Context
from kfflow.service.law import Following


class Arguments(Protocol):
    """What an operation takes: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


A = TypeVar("A", bound=Arguments)
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Operation(Generic[A]):
    """One operation: `name` as the Camunda 8 API calls it, `arguments` a frozen dataclass of JSON values.

    `fitting` narrows any selection of process instances to those that can be worked; `items` says whether they
    themselves are worked, or their open incidents. What `act` gives, in both languages, stands with the item.
    """

    name: str
    permission: Permission
    arguments: type[A]
    act: Callable[[Context, int, A], Words | None]
    fitting: Sequence[Condition]
    items: Literal["instances", "incidents"] = "instances"


@dataclass(frozen=True, slots=True)
class Nothing:
    """An operation without arguments."""


@dataclass(frozen=True, slots=True)
class Basis:
    """On which legal basis deadlines of the law are paused; without one they run on."""

    hjemmel: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """To which version, and which element becomes which."""

    definition_key: int
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """From which version to which, and which element becomes which: what is looked into before anything is moved."""

    source_key: int
    definition_key: int
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Moves:
    """From which elements to which; an instance without a token at one of them is refused."""

    moves: Sequence[Sequence[str]]


_ROOTS = (Condition("parent_process_instance_key", "exists", value=False),)


def _cancel(ctx: Context, key: int, _nothing: Nothing) -> None:
    instances.cancel(ctx, key, reason=ctx.reason)


def _suspend(ctx: Context, key: int, basis: Basis) -> None:
    suspension.suspend(ctx, key, reason=ctx.reason, hjemmel=basis.hjemmel)


def _resume(ctx: Context, key: int, _nothing: Nothing) -> None:
    suspension.resume(ctx, key, reason=ctx.reason)


def _resolve_incident(ctx: Context, key: int, _nothing: Nothing) -> None:
    incidents.resolve(ctx, key)


def _migrate(ctx: Context, key: int, target: Target) -> None:
    migrations.migrate(ctx, key, target.definition_key, target.mapping, reason=ctx.reason)


def _look(ctx: Context, key: int, asked: Planned) -> Words | None:
    """Give what would stay as the old version has it; raises InvalidInput with all that stands against migrating."""
    found = migrations.check(ctx, key, asked.definition_key, asked.mapping)
    da, en = " ".join(one.message_da for one in found), " ".join(one.message_en for one in found)
    if engine.blocks(found):
        raise InvalidInput(da, en)
    return (da, en) if found else None


def _undo_migration(ctx: Context, key: int, _nothing: Nothing) -> None:
    migrations.undo(ctx, key, reason=ctx.reason)


def _modify(ctx: Context, key: int, given: Moves) -> None:
    moves = [Move(Source(element_id=a), b, nearness=Nearness.SOURCE_PARENT) for a, b in given.moves]
    modifications.modify(ctx, key, moves, reason=ctx.reason)


def _follow_law(ctx: Context, key: int, following: Following) -> None:
    law.follow(ctx, key, following)


_RUNNING = (Condition("state", "in", ["ACTIVE", "SUSPENDED"]),)
CANCEL = Operation(
    "CANCEL_PROCESS_INSTANCE",
    Permission.CANCEL_INSTANCE,
    Nothing,
    _cancel,
    (*_ROOTS, Condition("state", "in", ["ACTIVE", "SUSPENDED"])),
)
SUSPEND = Operation(
    "SUSPEND_PROCESS_INSTANCE",
    Permission.SUSPEND_INSTANCE,
    Basis,
    _suspend,
    (*_ROOTS, Condition("state", "eq", "ACTIVE")),
)
RESUME = Operation(
    "RESUME_PROCESS_INSTANCE",
    Permission.SUSPEND_INSTANCE,
    Nothing,
    _resume,
    (*_ROOTS, Condition("state", "eq", "SUSPENDED")),
)
RESOLVE_INCIDENTS = Operation(
    "RESOLVE_INCIDENT",
    Permission.RESOLVE_INCIDENT,
    Nothing,
    _resolve_incident,
    (Condition("has_incident", "eq", value=True),),
    items="incidents",
)
MIGRATE = Operation("MIGRATE_PROCESS_INSTANCE", Permission.MIGRATE_INSTANCE, Target, _migrate, _RUNNING)
LOOK = Operation("CHECK_MIGRATION", Permission.MIGRATE_INSTANCE, Planned, _look, _RUNNING)
UNDO_MIGRATION = Operation("UNDO_MIGRATION", Permission.MIGRATE_INSTANCE, Nothing, _undo_migration, _RUNNING)
FOLLOW_LAW = Operation("FOLLOW_LAW", Permission.MIGRATE_INSTANCE, Following, _follow_law, _RUNNING)
MODIFY = Operation("MODIFY_PROCESS_INSTANCE", Permission.MODIFY_INSTANCE, Moves, _modify, _RUNNING)

OPERATIONS: Mapping[str, Operation[Any]] = {
    o.name: o for o in (CANCEL, SUSPEND, RESUME, RESOLVE_INCIDENTS, MIGRATE, LOOK, UNDO_MIGRATION, MODIFY, FOLLOW_LAW)
}


def seen_by(actor: Actor) -> list[str]:
    """Give the operations whose batches an actor sees: with the board all, else those that the actor may do."""
    has_board = authorization.permits(actor, Permission.READ_BOARD)
    return [o.name for o in OPERATIONS.values() if has_board or authorization.permits(actor, o.permission)]


def get(name: str) -> Operation[Any]:
    """Give an operation by name; raises InvalidInput when there is none of this name."""
    if name in OPERATIONS:
        return OPERATIONS[name]
    problem = FieldProblem("operation", f"Kendes ikke: {name}.", f"Not known: {name}.")
    raise InvalidInput("Handlingen findes ikke.", "There is no such operation.", fields=[problem])
