# SPDX-License-Identifier: LGPL-3.0-or-later
"""Data that associations move: into an element before it begins, out of it when it has ended (BPMN 2.0 §10.4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.merge import MISSING

if TYPE_CHECKING:
    from kfflow.engine.spiff.activity import ActivitySpec
    from kfflow.engine.spiff.token import Token

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class DataEnd:
    """An item of data as an association names it: its id, and the variable it is."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """One part of what is moved: the expression, and where in the target its value goes."""

    expression: Expression
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One association: a copy of its source, or what its transformation and assignments make of its sources."""

    sources: tuple[DataEnd, ...]
    target: DataEnd
    transformation: Expression | None = None
    assignments: tuple[Assigned, ...] = ()
    is_optional: bool = False

    def is_available(self, seen: Mapping[str, object]) -> bool:
        """Tell whether all sources have a value; null is none."""
        return all(seen.get(source.name) is not None for source in self.sources)

    def value(self, spec: "ActivitySpec", token: "Token", seen: Values) -> object:
        """Give what is copied into the target; expressions know the sources by name and by id."""
        known = seen | {source.id: seen.get(source.name) for source in self.sources}
        if self.transformation is not None:
            moved = spec.evaluate(self.transformation, token, known)
        else:
            moved = known[self.target.name] if self.assignments and self.target.name in known else None
            moved = moved if self.assignments else seen.get(self.sources[0].name)
        for assigned in self.assignments:
            moved = _put(moved, assigned.path, spec.evaluate(assigned.expression, token, known))
        return moved


@dataclass(frozen=True, slots=True)
class Moves:
    """All that moves at one element.

    `sets` are its input sets, each the ids of the inputs without which it does not begin; `own` names the outputs,
    which leave it by associations alone; `carries` tells that it is an event, whose one output is all that it brought.
    """

    inputs: tuple[Move, ...] = ()
    outputs: tuple[Move, ...] = ()
    sets: tuple[frozenset[str], ...] = ()
    own: frozenset[str] = frozenset()
    carries: bool = False
    works: bool = True

    def awaited(self, token: "Token") -> list[str]:
        """Name the data that an element waits for: none when those of an input set are there, by whatever branch."""
        if not self.inputs:
            return []
        seen = _seen(token, self.inputs)
        missing = {move.target.id: move for move in self.inputs if not move.is_available(seen)}
        if not missing or any(not (required & missing.keys()) for required in self.sets):
            return []
        return sorted({s.name for move in missing.values() for s in move.sources if seen.get(s.name) is None})

    def taken_in(self, spec: "ActivitySpec", token: "Token") -> Values:
        """Give the inputs of an element that begins."""
        if not self.inputs:
            return {}
        seen = _seen(token, self.inputs)
        return {m.target.name: m.value(spec, token, seen) for m in self.inputs if m.is_available(seen)}

    def given_out(self, spec: "ActivitySpec", token: "Token", result: Values) -> Values:
        """Give what the targets become; raises EngineFailure when an output got no value that may not lack one."""
        found: Values = {}
        for move in self.outputs:
            seen = token.variables() | result | self._carried(move, result) | found
            if move.is_available(seen):
                found[move.target.name] = move.value(spec, token, seen)
            elif self.works and not move.is_optional:
                raise _unavailable(spec, move)
        return found

    def _carried(self, move: Move, result: Values) -> Values:
        """Give an event's one output: the variable of its name, the only variable it brought, or all of them."""
        if not self.carries or len(move.sources) != 1 or not result or move.sources[0].name in result:
            return {}
        whole: object = next(iter(result.values())) if len(result) == 1 else dict(result)
        return {move.sources[0].name: whole}


NOTHING_MOVES = Moves()


def _seen(token: "Token", moves: tuple[Move, ...]) -> Values:
    """Give what a token sees of the sources: its own branch's value, or what branches beside it wrote."""
    own = token.frame.view()
    names = {source.name for move in moves for source in move.sources}
    if any(own.get(name) is None for name in names):
        beside = token.execution.task_tree.frame.overview()
        return own | {name: beside[name] for name in names if own.get(name) is None and name in beside}
    return own


def _put(whole: object, path: tuple[str, ...], value: object) -> object:
    if not path:
        return value
    inner = whole.get(path[0], MISSING) if isinstance(whole, dict) else MISSING
    return {**(whole if isinstance(whole, dict) else {}), path[0]: _put(inner, path[1:], value)}


def _unavailable(spec: "ActivitySpec", move: Move) -> Exception:
    names = ", ".join(source.name for source in move.sources)
    return spec.failure(
        "DATA_UNAVAILABLE",
        f"{spec.element_id} gav ikke {names}, som skulle til {move.target.name}.",
        f"{spec.element_id} did not give {names}, which goes to {move.target.name}.",
    )
