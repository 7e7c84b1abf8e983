"""A change of law and the running cases: whom the transitional rule of a deployment names, and how they follow it.

A process is followed by migrating. A table is followed by reckoning anew: the case gets the message on which its
diagram computes its dates again. Forms and whatever a case evaluates later follow by themselves, and so do deadlines
that a table gives: a running one keeps the rule it began under.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.law import Days
from kfflow.engine import dmn
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import affected, validity
from kfflow.persistence.affected import Asked, Reached
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Deployment, ProcessDefinition
from kfflow.persistence.validity import Version
from kfflow.service import access, audit, definitions, execution, law_notice, messages, migrations, modifications
from kfflow.service.context import Context

RECKON_ANEW = "stamdata_aendret"
"""The message on which the shipped processes compute their dates again."""


class Way(StrEnum):
    """How an instance follows a new version."""

    MIGRATE = "MIGRATE"
    RECKON_ANEW = "RECKON_ANEW"
    NEXT_EVALUATION = "NEXT_EVALUATION"
    """By itself, when the table is evaluated the next time: the instance waits for no message to reckon anew."""


@dataclass(frozen=True, slots=True)
class Named:
    """An instance that a transitional rule names: how it follows which version, and what stands against that."""

    reached: Reached
    way: Way
    version: Version
    obstacles: Sequence[engine.Obstacle] = ()

    @property
    def is_blocked(self) -> bool:
        return engine.blocks(list(self.obstacles))


@dataclass(frozen=True, slots=True)
class Following:
    """Which deployment is to be followed, and by which message cases reckon anew.

    `make_up` names elements of the new version that a case shall do even when it is past them already.
    """

    deployment_key: int
    message_name: str = RECKON_ANEW
    make_up: Sequence[str] = ()


def named(ctx: Context, following: Following) -> list[Named]:
    """Give the running instances that a deployment's transitional rule names, by case number; changes nothing.

    Before the law is in force it is asked as of its first day. Raises NotFound when there is no such deployment,
    InvalidInput for an element to make up that it does not have.
    """
    access.require(ctx, Permission.PREVIEW_LAW)
    versions = _versions(ctx, following.deployment_key)
    _require_elements(ctx, versions, following.make_up)
    today = max([definitions.today(ctx).today, *_beginnings(versions)])
    found = _named(ctx, following, versions, _asked(ctx, versions, today))
    shown = {"keys": [str(one.reached.instance_key) for one in found]}
    audit.record(ctx, "service:law:ask", str(following.deployment_key), data=shown)
    return found


def days_of(ctx: Context, reached: Reached) -> Days:
    """Give the days on which the versions of a reached case hang."""
    return definitions.days_on(ctx, reached.opened_at, reached.legal_date)


def require_in_force(ctx: Context, deployment_key: int) -> None:
    """Raise Conflict while the day from which a deployment's versions count has not come."""
    begins = max(_beginnings(_versions(ctx, deployment_key)), default=None)
    if begins is not None and begins > definitions.today(ctx).today:
        raise Conflict(
            f"Loven gælder først fra {begins:%d.%m.%Y}; sager flyttes fra den dag.",
            f"The law is in force from {begins:%Y-%m-%d}; cases are moved from that day on.",
        )


def follow(ctx: Context, instance_key: int, following: Following) -> None:
    """Let one instance follow a deployment, and tell who works on the case why if that changes anything for it.

    Raises Conflict when the rule does not name it (any more), InvalidInput by element when it cannot be migrated.
    """
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    versions = _versions(ctx, following.deployment_key)
    asked = _asked(ctx, versions, definitions.today(ctx).today, instance_key)
    found = [n for n in _reached(ctx, following, versions, asked) if n.way is not Way.NEXT_EVALUATION]
    if not found:
        raise Conflict(
            f"Overgangsreglen omfatter ikke procesinstans {instance_key}, eller den følger allerede loven.",
            f"The transitional rule does not name process instance {instance_key}, or it follows the law already.",
        )
    for one in sorted(found, key=lambda n: n.way):
        before = affected.armed(ctx.session, one.reached.root_key)
        if _follow(ctx, one, following.make_up):
            moves = law_notice.moves(ctx, before, affected.armed(ctx.session, one.reached.root_key))
            law_notice.tell(ctx, one.reached, one.version, moves, is_migrated=one.way is Way.MIGRATE)


def _follow(ctx: Context, one: Named, make_up: Sequence[str]) -> bool:
    """Migrate an instance, or let it reckon anew; gives whether anything changed for the case."""
    reached = one.reached
    if one.way is Way.MIGRATE:
        migrations.migrate(ctx, reached.instance_key, reached.version_key, _mapping(ctx, reached))
        _make_up(ctx, one, make_up)
        return True
    assert reached.subscription_key is not None, "whoever waits for no message follows at the next evaluation"
    before = affected.waiting(ctx.session, reached.root_key)
    messages.hand_over(ctx, reached.subscription_key, law_notice.as_variables(one.version))
    ctx.flush()
    return affected.waiting(ctx.session, reached.root_key) != before


def _make_up(ctx: Context, one: Named, elements: Sequence[str]) -> None:
    """Let an instance that has just moved do those of the elements that its new version has and it is past."""
    definition, reached = definitions.compiled(ctx, one.reached.version_key), one.reached
    for element_id in (e for e in elements if e in definition.elements):
        running = execution.lock(ctx, reached.instance_key, reached.root_key)
        instruction = engine.making_up(definition, running.snapshot, element_id) if running.snapshot else None
        if instruction is not None:
            modifications.carry_out(ctx, running, [instruction], reason=law_notice.cited(one.version))


def _require_elements(ctx: Context, versions: Sequence[Version], elements: Sequence[str]) -> None:
    keys = [version.key for version in versions if isinstance(version, ProcessDefinition)]
    known = {element for key in keys for element in definitions.compiled(ctx, key).elements}
    problems = [
        FieldProblem("makeUp", f"Loven har intet element {e}.", f"The law has no element {e}.")
        for e in elements
        if e not in known
    ]
    if problems:
        raise InvalidInput("Loven kan ikke følges sådan.", "The law cannot be followed so.", fields=problems)


def _versions(ctx: Context, deployment_key: int) -> list[Version]:
    if ctx.session.get(Deployment, deployment_key) is None:
        raise access.not_found(f"Deployment {deployment_key}")
    return validity.of_deployment(ctx.session, deployment_key)


def _beginnings(versions: Sequence[Version]) -> list[date]:
    return [version.gyldig_fra for version in versions if version.gyldig_fra is not None]


def _asked(ctx: Context, versions: Sequence[Version], today: date, instance_key: int | None = None) -> Asked:
    return Asked([version.key for version in versions], today, ctx.zone, scope_of(ctx.actor), instance_key)


def _named(ctx: Context, following: Following, versions: Sequence[Version], asked: Asked) -> list[Named]:
    found = [_judged(ctx, one) for one in _reached(ctx, following, versions, asked)]
    return sorted(found, key=lambda n: (n.reached.case_number, n.reached.instance_key, n.way))


def _reached(ctx: Context, following: Following, versions: Sequence[Version], asked: Asked) -> list[Named]:
    by_key = {version.key: version for version in versions}
    moving = [Named(r, Way.MIGRATE, by_key[r.version_key]) for r in affected.to_move(ctx.session, asked)]
    reckoning = affected.to_reckon_anew(ctx.session, asked, following.message_name)
    return moving + [Named(r, _way(ctx, r, by_key[r.version_key]), by_key[r.version_key]) for r in reckoning]


def _way(ctx: Context, reached: Reached, table: Version) -> Way:
    waits = reached.subscription_key is not None
    return Way.RECKON_ANEW if waits and not _gives_deadlines(ctx, table) else Way.NEXT_EVALUATION


def _gives_deadlines(ctx: Context, table: Version) -> bool:
    model = definitions.decision_model(ctx, definitions.decision(ctx, table.key))
    return dmn.gives_deadlines(model.source, validity.name_of(table))


def _judged(ctx: Context, one: Named) -> Named:
    if one.way is not Way.MIGRATE:
        return one
    reached = one.reached
    found = migrations.obstacles(ctx, reached.instance_key, reached.version_key, _mapping(ctx, reached))
    return Named(reached, one.way, one.version, found)


def _mapping(ctx: Context, reached: Reached) -> dict[str, str]:
    old, new = (definitions.compiled(ctx, key) for key in (reached.definition_key, reached.version_key))
    return dict(engine.suggest_mapping(old, new))
