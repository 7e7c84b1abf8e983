"""Everybody outside: who answers a hearing, comes home from leave, complains; each by a message at its instant."""

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from kfflow.errors import KfflowError
from kfflow.service import messages
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context
from kfflow.simulation import arising, knowing
from kfflow.simulation.answers import Answering
from kfflow.simulation.arising import Waiting
from kfflow.simulation.errands import Here, Went, tried, words_of
from kfflow.simulation.hours import in_office_hours, local_text
from kfflow.simulation.lots import lots
from kfflow.simulation.queues import Open
from kfflow.simulation.world import World


class Outside:
    """What comes from outside because a case waits for it, or because of what somebody has decided."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.told = world.answers.messages
        self.elements = frozenset(self.told)

    def arise(self, ctx: Context, waiting: Waiting) -> None:
        """Draw whether and when the message comes that an element has just begun to wait for."""
        rng = lots(self.world.extent.seed, f"{waiting.element_id}:{waiting.key}")
        told = self.told[waiting.element_id]
        if rng.random() >= self.world.profile.share(told["share"]) or self._is_silenced(ctx, waiting):
            return
        answering = knowing.of_instance(ctx, self.world.people, waiting.instance_key, rng)
        if "when" in told and answering.evaluate(told["when"], answering.known) is not True:
            return
        comes_at = _instant(told, answering)
        if comes_at is not None:
            variables = _variables(told, answering.with_known(sker=local_text(comes_at)))
            self.world.agenda.plan(comes_at, partial(self._tell, waiting, variables))

    def _is_silenced(self, ctx: Context, waiting: Waiting) -> bool:
        silenced = [case for case, script in self.world.scripts.items() if waiting.element_id in script.silent]
        return bool(silenced) and arising.case_of(ctx, waiting.instance_key) in silenced

    def _tell(self, waiting: Waiting, variables: dict[str, Any]) -> None:
        self.world.errands.run(tell, waiting, variables, then=partial(self._is_told, waiting.element_id))

    def _is_told(self, element_id: str, went: Went) -> None:
        lived = self.world.lived
        if went.refused:
            lived.trouble(element_id, went.refused)
        elif went.done:
            lived.told[element_id] += 1

    def follow(self, task: Open, answering: Answering, given: dict[str, object]) -> None:
        """Draw whether somebody writes because of what was just answered, and when, unless that is settled."""
        told = self.world.answers.follows.get(task.form_id or "")
        if told is None:
            return
        settled = self.world.script(task.case_key).writes.get(task.form_id or "")
        if settled is not None:
            told = {**told, "share": 1, "days": [settled, settled]}
        known = answering.with_known(**given)
        happens = answering.evaluate(told["when"], known.known) is True
        if happens and known.rng.random() < self.world.profile.share(told["share"]):
            comes_at = _instant(told, known)
            if comes_at is not None:
                self.world.agenda.plan(comes_at, partial(self._write, told, known, comes_at))

    def _write(self, told: dict[str, Any], known: Answering, at: datetime) -> None:
        lived = self.world.lived
        with lived.troubled(told["message"]), self.world.service.command(SYSTEM) as ctx:
            lived.told[told["message"]] += 1
            writing = known.with_known(idag=local_text(at)[:10])
            key = str(writing.value(told["key"]))
            messages.publish(ctx, name=told["message"], correlation_key=key, variables=_variables(told, writing))


def tell(here: Here, waiting: Waiting, variables: dict[str, Any]) -> Went:
    """Publish the message that an element waits for, if it still does."""
    try:
        return Went(done=tried(partial(_publish, here, waiting, variables)))
    except KfflowError as problem:
        return Went(done=False, refused=words_of(problem))


def _publish(here: Here, waiting: Waiting, variables: dict[str, Any]) -> bool:
    with here.service.command(SYSTEM) as ctx:
        waits = arising.still_waits(ctx, waiting.key)
        if waits:
            name, key = waiting.message_name, waiting.correlation_key
            messages.publish(ctx, name=name, correlation_key=key, variables=variables)
    return waits


def _instant(told: dict[str, Any], answering: Answering) -> datetime | None:
    """Give when a message comes: at the instant that the case knows, or some days on."""
    at = answering.instant(told["at"]) if "at" in told else answering.at
    if at is None:
        return None
    days, minutes = (_between(answering.rng, told.get(unit)) for unit in ("days", "minutes"))
    at += timedelta(days=days, minutes=minutes)
    return in_office_hours(at) if told.get("office") else at


def _between(rng: Random, bounds: list[float] | None) -> float:
    return rng.uniform(*bounds) if bounds else 0.0


def _variables(told: dict[str, Any], answering: Answering) -> dict[str, Any]:
    return {name: answering.value(value) for name, value in told.get("variables", {}).items()}
