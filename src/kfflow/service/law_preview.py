"""Whom a change of law names, in words for people: of one that is published, or of files before they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.deadlines.words import day_words
from kfflow.domain.law import Transition, Validity
from kfflow.persistence.validity import name_of, title_of
from kfflow.service import access, audit, deployments, law
from kfflow.service.context import Context
from kfflow.service.law import Following, Named, Way


@dataclass(frozen=True, slots=True)
class Told:
    """A running instance that a rule names: how it follows which version, why, and what stands against that."""

    instance_key: int
    case_number: str
    owner: str
    way: Way
    id: str
    title: str
    version: int
    why_da: str
    why_en: str
    obstacles: Sequence[engine.Obstacle]

    @property
    def is_blocked(self) -> bool:
        return engine.blocks(list(self.obstacles))


def of_deployment(ctx: Context, following: Following) -> list[Told]:
    """Tell whom a deployment names; raises as `law.named` does."""
    return [_told(ctx, one) for one in law.named(ctx, following)]


def of_files(ctx: Context, files: Sequence[tuple[str, bytes]], validity: Validity) -> list[Told]:
    """Tell whom these files would name if they were published so; everything is tried and nothing kept.

    Raises as `deployments.put_in_force` and `law.named` do.
    """
    access.require(ctx, Permission.PREVIEW_LAW)
    ctx.flush()
    bells, trial = set(ctx.bells), ctx.session.begin_nested()
    try:
        made = deployments.put_in_force(ctx, files, validity=validity)
        found = of_deployment(ctx, Following(made.deployment.key))
    finally:
        ctx.writes.forget()
        trial.rollback()
        ctx.bells.intersection_update(bells)
    data = {"resources": [name for name, _ in files], "keys": [str(one.instance_key) for one in found]}
    audit.record(ctx, "service:law:preview", validity.lov or "", data=data)
    return found


def _told(ctx: Context, one: Named) -> Told:
    version, reached = one.version, one.reached
    return Told(
        reached.instance_key,
        reached.case_number,
        reached.owner,
        one.way,
        name_of(version),
        title_of(version),
        version.version,
        *_why(ctx, one),
        one.obstacles,
    )


def _why(ctx: Context, one: Named) -> tuple[str, str]:
    """Say which day of the case decides under the rule."""
    days = law.days_of(ctx, one.reached)
    match Transition(one.version.overgang):
        case Transition.NEW_CASES:
            da, en = day_words(days.opened)
            return f"Sagen er oprettet {da}", f"The case was opened {en}"
        case Transition.ALL_RUNNING:
            return "Alle sager i gang er omfattet", "All running cases are named"
        case _:
            da, en = day_words(days.legal)
            return f"Sagens skæringsdato er {da}", f"The case's reference date is {en}"
