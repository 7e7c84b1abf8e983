# SPDX-License-Identifier: LGPL-3.0-or-later
"""What all activities share: mappings, attached events, outgoing conditions, and what may be compensated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import CloseReason
from kfflow.engine.spiff.data import NOTHING_MOVES, Moves
from kfflow.engine.spiff.element import ElementSpec, FlowSpec
from kfflow.engine.variables import Frame

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """One compiled input or output mapping; `path` is the target, split at its dots."""

    expression: Expression
    path: tuple[str, ...]


class ActivitySpec(ElementSpec):
    """A task, call activity or subprocess."""

    input_mappings: tuple[MappingSpec, ...] = ()
    output_mappings: tuple[MappingSpec, ...] = ()
    boundaries: tuple[str, ...] = ()
    keeps = ""
    """Which results are written beside what output mappings make of them: `all`, or those `unmapped` by an input."""
    compensated_by: str | None = None
    tokens_in = 1
    moves: Moves = NOTHING_MOVES

    @property
    def undone_by(self) -> str | None:
        """Name the activity that undoes one completion of this one."""
        return self.compensated_by

    def begin(self, token: "Token") -> bool:
        if self.tokens_in > 1 and not self._gather(token):
            return False
        if awaited := self.moves.awaited(token):
            token.memo["entering"] = True
            self.note(token.execution, "DATA_AWAITED", names=awaited)
            token.execution.open(token, "condition", None)
            return False
        self.enter(token)
        return self.perform(token)

    def settle(self, token: "Token") -> bool:
        """Begin, when it waits for data, once they are there."""
        if token.waiting != "condition" or self.moves.awaited(token):
            return False
        token.execution.close(token, CloseReason.COMPLETED)
        token.memo.pop("entering", None)
        token.execution.wake(token)
        return True

    def enter(self, token: "Token") -> None:
        """Become active: with the mapped inputs, and the attached events armed."""
        self._disarm(token)
        self.activated(token)
        token.inner = self._input_frame(token)
        self._arm(token)

    def perform(self, token: "Token") -> bool:
        """Do the work; True when done at once, with the result in the memo."""
        return token.waiting is None

    def conclude(self, token: "Token") -> None:
        """Write the results by the output mappings, or as they are, and move data on; then choose the way out."""
        result = token.memo.get("result")
        values = dict(result) if isinstance(result, dict) else {}
        moved = self.moves.given_out(self, token, values)
        if self.keeps or not self.output_mappings:
            own = self._own(token)
            token.execution.write(token.frame, {k: v for k, v in values.items() if k not in own} if own else values)
        for mapping in self.output_mappings:
            value = self.evaluate(mapping.expression, token, values)
            self._write(token, mapping.path, value)
        token.execution.write(token.frame, moved)
        token.memo["taken"] = choose_flows(self, token)
        token.scope.task_spec.element_concludes(token.scope, token)

    def depart(self, token: "Token") -> None:
        token.execution.close(token, CloseReason.COMPLETED)
        self._disarm(token)
        token.scope.task_spec.element_completed(token.scope, token)
        super().depart(token)

    # parts

    def _input_frame(self, token: "Token") -> Frame | None:
        given = token.memo.get("local")
        local = self.moves.taken_in(self, token) | (given if isinstance(given, dict) else {})
        if not self.input_mappings and not local:
            return None
        for mapping in self.input_mappings:
            value = self.evaluate(mapping.expression, token, local)
            set_path(local, mapping.path, value)
        return Frame(token.frame, local)

    def _own(self, token: "Token") -> frozenset[str]:
        """Give the names of results that are no variables around the activity."""
        mapped = token.inner.local if self.keeps == "unmapped" and token.inner is not None else ()
        return self.moves.own.union(mapped)

    def _write(self, token: "Token", path: tuple[str, ...], value: object) -> None:
        if len(path) == 1:
            token.execution.write(token.frame, {path[0]: value})
            return
        whole = token.frame.find(path[0])
        copy: dict[str, object] = {path[0]: whole} if isinstance(whole, dict) else {}
        set_path(copy, path, value)
        token.execution.write(token.frame, copy)

    def _arm(self, token: "Token") -> None:
        for name in self.boundaries:
            token.execution.spec.element(name).listen(token)

    def _disarm(self, token: "Token") -> None:
        for child in token.inside():
            if child.task_spec.is_boundary:
                token.execution.withdraw(child)

    def is_gathered(self, memo: Mapping[str, object]) -> bool:
        return self.tokens_in == 1 or "started" in memo

    def _gather(self, token: "Token") -> bool:
        """Wait for as many tokens as the activity starts with (`startQuantity`, BPMN 2.0 §13.3.2)."""
        here = [
            t for t in token.scope.inside() if t.task_spec is self and t.waiting is None and "started" not in t.memo
        ]
        if len(here) < self.tokens_in:
            return False
        for other in here:
            other.memo["started"] = True
        token.execution.meet(token, [t for t in here if t is not token])
        return True


def set_path(target: dict[str, object], path: tuple[str, ...], value: object) -> None:
    for part in path[:-1]:
        inner = target.get(part)
        copy: dict[str, object] = dict(inner) if isinstance(inner, dict) else {}
        target[part] = copy
        target = copy
    target[path[-1]] = value


def choose_flows(spec: ElementSpec, token: "Token") -> list[int]:
    """Choose the ways out of an element: all whose condition holds; the default when none does (§13.3.1)."""
    if all(flow.condition is None for flow in spec.flows):
        return [i for i, f in enumerate(spec.flows) if not f.is_default] or list(range(len(spec.flows)))
    taken = [i for i, f in enumerate(spec.flows) if not f.is_default and holds(spec, f, token)]
    if not taken:
        taken = [i for i, f in enumerate(spec.flows) if f.is_default]
    record_choice(spec, token, taken)
    if not taken:
        raise no_way_out(spec)
    return taken


def holds(spec: ElementSpec, flow: FlowSpec, token: "Token") -> bool:
    """Tell whether a flow's condition is true; unknown (null) is not true, anything but true or false is a failure."""
    if flow.condition is None:
        return True
    value = spec.evaluate(flow.condition, token)
    if value is None or isinstance(value, bool):
        return value is True
    raise spec.failure(
        "EXTRACT_VALUE_ERROR",
        f"Betingelsen {flow.condition.text!r} på {flow.id} giver hverken sand eller falsk.",
        f"The condition {flow.condition.text!r} of {flow.id} is neither true nor false.",
    )


def record_choice(spec: ElementSpec, token: "Token", taken: list[int]) -> None:
    """Note which ways were taken, on which conditions and values."""
    conditions, names = spec.asked
    if not conditions:
        return
    variables = token.variables()
    spec.note(
        token.execution,
        "GATEWAY_DECIDED",
        taken=[spec.flows[i].id for i in taken],
        conditions=dict(conditions),
        values={name: variables[name] for name in names if name in variables},
    )


def no_way_out(spec: ElementSpec) -> Exception:
    return spec.failure(
        "CONDITION_ERROR",
        f"Ingen vej ud af {spec.element_id}: ingen betingelse er opfyldt, og der er ingen standardvej.",
        f"No way out of {spec.element_id}: no condition holds and there is no default flow.",
    )
