"""Moving a running instance to another version of its process, with everything that waits."""

from collections.abc import Mapping
from typing import Any

import orjson

from kfflow.engine.definition import Definition
from kfflow.engine.findings import Severity
from kfflow.engine.mapping import ElementMap
from kfflow.engine.modification import refusal
from kfflow.engine.obstacles import Obstacle, Row, find_obstacles, is_dropped, translate_ways
from kfflow.engine.outcome import CloseReason, Environment, Outcome, UserTaskOpened, WaitingKind
from kfflow.engine.run import finish
from kfflow.engine.snapshot import load, read
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.gateways import EventBasedGateway
from kfflow.engine.spiff.scopes import ScopeParts
from kfflow.engine.spiff.tasks import UserTask
from kfflow.engine.spiff.token import Token
from kfflow.errors import EngineFailure, FieldProblem


def check_migration(
    old: Definition, new: Definition, snapshot: bytes, mapping: Mapping[str, str], env: Environment
) -> list[Obstacle]:
    """Give all that stands against migrating an instance (errors), and what would stay as it was (warnings).

    `mapping` takes old element ids to new ones; an element that is not named keeps its id.
    """
    elements = ElementMap(old, new, mapping)
    document = read(snapshot)
    found = _unknown(elements) + find_obstacles(elements, document["t"])
    if not blocks(found):
        found += _Migration(elements, document, env).try_out()
    return found


def blocks(found: list[Obstacle]) -> bool:
    return any(obstacle.severity is Severity.ERROR for obstacle in found)


def migrate(
    old: Definition, new: Definition, snapshot: bytes, mapping: Mapping[str, str], env: Environment
) -> tuple[Outcome, dict[str, UserTaskOpened]]:
    """Move an instance; raises InvalidInput with one FieldProblem for each obstacle, and nothing has changed then.

    Tokens keep their ids, and with them their tasks, jobs, timers and subscriptions; variables and counters stay.
    Events that the new version adds to running activities and scopes are armed, those it no longer has are closed,
    and joins that now have all they wait for go on. Gives, with the outcome, what the new version says of each open
    user task, by token.
    """
    found = check_migration(old, new, snapshot, mapping, env)
    if blocks(found):
        errors = [o for o in found if o.severity is Severity.ERROR]
        raise refusal(
            "Sagsgangen kan ikke flyttes til den nye version; intet er ændret.",
            "The instance cannot be migrated; nothing has changed.",
            [FieldProblem(o.element_id, o.message_da, o.message_en, o.kind) for o in errors],
        )
    migration = _Migration(ElementMap(old, new, mapping), read(snapshot), env)
    return migration.run(), migration.tasks


def _unknown(elements: ElementMap) -> list[Obstacle]:
    """Find ids in the mapping that one of the versions does not have."""
    found = []
    for source, target in elements.given.items():
        if source not in elements.old.elements:
            da, en = f"{source} findes ikke i den gamle version.", f"The old version has no element {source}."
            found.append(Obstacle("UNKNOWN_SOURCE", source, da, en))
        if target not in elements.new.elements:
            da, en = f"{target} findes ikke i den nye version.", f"The new version has no element {target}."
            found.append(Obstacle("UNKNOWN_TARGET", source, da, en))
    return found


class _Migration:
    """One instance under way from the old specs to the new ones."""

    def __init__(self, elements: ElementMap, document: dict[str, Any], env: Environment) -> None:
        self.elements, self.document, self.env = elements, document, env
        self.rows: list[Row] = document["t"]
        self.tasks: dict[str, UserTaskOpened] = {}

    def try_out(self) -> list[Obstacle]:
        """Settle a copy, to find expressions of the new version that fail on this instance's variables."""
        try:
            _Migration(self.elements, orjson.loads(orjson.dumps(self.document)), self.env).settle()
        except EngineFailure as failure:
            element = failure.element_id or self.elements.new.process_id
            return [Obstacle("EXPRESSION", element, failure.message_da, failure.message_en)]
        return []

    def run(self) -> Outcome:
        """Move the instance, and let it go on where the new version lets it."""
        return finish(self.settle())

    def settle(self) -> Execution:
        """Put the tokens on the new version, with its events armed and its user tasks worked out; nothing moves yet."""
        execution = self._load()
        execution.task_tree.task_spec.note(execution, "INSTANCE_MIGRATED", elements=self.elements.changed())
        for token in list(execution.tasks.values()):
            self._arm_new(execution, token)
        for token in execution.tasks.values():
            if token.waiting == WaitingKind.USER_TASK and isinstance(token.task_spec, UserTask):
                self.tasks[token.id] = token.task_spec.place(token)
            elif not token.is_listener and not token.has_begun():
                self._begin_if_it_can(execution, token)
        execution.has_changed_variables = True
        return execution

    def _begin_if_it_can(self, execution: Execution, token: Token) -> None:
        """Let a token before its element try anew: what it waits for may be otherwise in the new version."""
        if token.waiting is None:
            execution.wake(token)
        elif token.waiting == "condition":
            token.task_spec.settle(token)

    def _load(self) -> Execution:
        """Load the tokens on the new specs; listeners that the new version does not have are closed."""
        dropped = {i for i, row in enumerate(self.rows) if i and is_dropped(self.elements, self.rows, row)}
        kept = [i for i in range(len(self.rows)) if i not in dropped]
        places = {-1: -1} | {old: new for new, old in enumerate(kept)}
        tokens = [self._row(self.rows[i], places) for i in kept]
        execution = load(self.elements.new.spec, orjson.dumps({**self.document, "t": tokens}), self.env)
        for row in (self.rows[i] for i in sorted(dropped)):
            if row[6] not in (None, "condition"):
                element = self.elements.old.spec.element(row[1]).element_id
                execution.ledger.close(row[0], element, CloseReason.CANCELED, WaitingKind(row[6]))
        return execution

    def _row(self, row: Row, places: Mapping[int, int]) -> Row:
        token, name, parent, state, frame, inner, waiting, via, listens, memo = row
        old, new = self.elements.old.spec.element(name), self.elements.spec(name)
        assert new is not None, "obstacles were looked for"
        holder = self.elements.old.spec.element(self.rows[parent][1]) if parent >= 0 else old
        if isinstance(holder, EventBasedGateway) and listens:
            gateway = self.elements.spec(holder.name)
            assert gateway is not None, "obstacles were looked for"
            via = next(flow.id for flow in gateway.flows if flow.target == new.name)
        else:
            via = self.elements.flow(via, old.element_id)
        return [
            token, new.name, places[parent], state, frame, inner, waiting, via, listens, self._memo(old, new, memo),
        ]  # fmt: skip

    def _memo(self, old: ElementSpec, new: ElementSpec, memo: dict[str, Any]) -> dict[str, Any]:
        translated = dict(memo)
        for name in ("compensable", "undo"):
            if name in memo:
                translated[name] = [self._record(record) for record in memo[name]]
        if "start" in memo:
            translated["start"] = self.elements.name(memo["start"])
        if "taken" in memo:
            translated["taken"] = translate_ways(self.elements, old, new, memo)
        if "next" in memo and isinstance(old, ScopeParts) and isinstance(new, ScopeParts):
            translated["next"] = len(new.starts) if memo["next"] >= len(old.starts) else memo["next"]
        for name in [n for n in memo if n.startswith("started:")]:
            gateway = name.removeprefix("started:")
            flows = [self.elements.flow(flow, gateway) for flow in translated.pop(name)]
            translated[f"started:{self.elements.element(gateway)}"] = flows
        return translated

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        translated = dict(record)
        for name in ("activity", "handler", "start"):
            if record.get(name):
                translated[name] = self.elements.name(record[name])
        if record.get("nested"):
            translated["nested"] = [self._record(nested) for nested in record["nested"]]
        return translated

    # what the new version adds

    def _arm_new(self, execution: Execution, token: Token) -> None:
        """Listen for the events that a running activity, scope or event-based gateway did not have before."""
        spec = token.task_spec
        if token.is_listener or not token.has_begun() or "leaving" in token.memo:
            return
        had = self._events_before(spec)
        if isinstance(spec, ActivitySpec):
            for name in (n for n in spec.boundaries if n not in had):
                execution.spec.element(name).listen(token)
        if isinstance(spec, ScopeParts) and token.inner is not None and not _is_interrupted(token):
            for name in (n for n in spec.event_starts if n not in had):
                execution.spec.element(name).listen(token)
        if isinstance(spec, EventBasedGateway):
            for flow in (f for f in spec.flows if f.target not in had):
                execution.spec.element(flow.target).listen_behind(token, flow)

    def _events_before(self, new: ElementSpec) -> set[str]:
        """Give, in the new version's names, the events that the old versions of this element had."""
        found: set[str] = set()
        for old in self.elements.old.spec.task_specs.values():
            if self.elements.name(old.name) == new.name:
                events = [*getattr(old, "boundaries", ()), *getattr(old, "event_starts", ())]
                events += [flow.target for flow in old.flows] if isinstance(old, EventBasedGateway) else []
                found |= {self.elements.name(name) for name in events}
        return found


def _is_interrupted(scope: Token) -> bool:
    """Tell whether an interrupting event subprocess runs: nothing else in its scope may begin any more."""
    for child in scope.inside():
        start = child.memo.get("start")
        if child.task_spec.is_event_subprocess and isinstance(start, str):
            begun: ElementSpec = scope.execution.spec.element(start)
            if begun.is_interrupting:
                return True
    return False
