"""Changing where a running instance is: tokens moved, added and ended, as one command or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kfflow.engine.definition import Definition
from kfflow.engine.instructions import Activate, Instruction, Move, Nearness, Source, Terminate, VariablesAt, in_words
from kfflow.engine.outcome import Environment, InstanceState, Outcome, Variables
from kfflow.engine.placing import Placing, RefusedError, arrive, everything_inside, free_frame, scopes_around
from kfflow.engine.run import begin, finish, write_everywhere
from kfflow.engine.snapshot import load
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.scopes import live_tokens
from kfflow.engine.spiff.token import Token
from kfflow.errors import EngineFailure, FieldProblem, InvalidInput


def modify(definition: Definition, snapshot: bytes, instructions: Sequence[Instruction], env: Environment) -> Outcome:
    """Follow all instructions at once: variables first, then activate, move, terminate; then everything runs on.

    Raises InvalidInput with one FieldProblem for each instruction that cannot be followed (its field is the element
    or token, its code the kind); nothing has changed then. A scope whose last token was terminated is terminated,
    too, and so is the instance (as Camunda 8 does it).
    """
    return _followed(definition, load(definition.spec, snapshot, env), instructions)


def _followed(definition: Definition, execution: Execution, instructions: Sequence[Instruction]) -> Outcome:
    modification = _Modification(definition, execution, instructions)
    modification.follow()
    if modification.problems:
        raise refusal(
            "Sagsgangen kan ikke ændres sådan; intet er ændret.",
            "The instance cannot be modified like this; nothing has changed.",
            modification.problems,
        )
    return finish(execution)


def start_at(definition: Definition, variables: Variables, element_ids: Sequence[str], env: Environment) -> Outcome:
    """Start an instance in its middle, with a token on each of the elements: a case that began elsewhere.

    Nothing before them runs. Raises InvalidInput with one FieldProblem for each element that cannot be entered so.
    """
    execution = begin(definition, variables, env)
    return _followed(definition, execution, [Activate(element_id) for element_id in element_ids])


def refusal(da: str, en: str, problems: Sequence[FieldProblem]) -> InvalidInput:
    """Give the error that tells all problems; its first are in the sentence, too, for whoever shows nothing else."""
    first = problems[:3]
    told_da, told_en = (" ".join(p.message_da for p in first), " ".join(p.message_en for p in first))
    return InvalidInput(f"{da} {told_da}", f"{en} {told_en}", fields=problems)


class _Modification:
    """One modification under way; what it cannot do it collects, and its execution is thrown away then."""

    def __init__(self, definition: Definition, execution: Execution, instructions: Sequence[Instruction]) -> None:
        self.definition, self.execution, self.instructions = definition, execution, instructions
        self.problems: list[FieldProblem] = []
        self.emptied: list[Token] = []
        self.sources: dict[int, list[Token]] = {}

    def follow(self) -> None:
        for position, instruction in enumerate(self.instructions):
            if not isinstance(instruction, Activate):
                with self._collecting():
                    self.sources[position] = _tokens(self.execution, instruction.source)
        if self.problems:
            return
        self._note()
        for instruction in self.instructions:
            if not isinstance(instruction, Terminate):
                self._write(instruction.variables)
        placing = Placing(self.definition, self.execution, self._doomed())
        for kind in (Activate, Move, Terminate):
            for position, instruction in enumerate(self.instructions):
                if isinstance(instruction, kind):
                    with self._collecting():
                        self._do(instruction, placing, self.sources.get(position, []))
        if not self.problems:
            self._end_empty_scopes()

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        try:
            yield
        except RefusedError as refused:
            self.problems.append(refused.problem)
        except EngineFailure as failure:
            element_id = failure.element_id or self.definition.process_id
            self.problems.append(FieldProblem(element_id, failure.message_da, failure.message_en, failure.kind))

    def _do(self, instruction: Instruction, placing: Placing, sources: list[Token]) -> None:
        match instruction:
            case Activate(element_id, variables, ancestor):
                place = placing.place(element_id, self._ancestor(element_id, ancestor), variables)
                arrive(self.execution, place, free_frame(place.scope))
            case Move():
                for source in sources:
                    self._move(instruction, placing, source)
            case Terminate():
                for source in sources:
                    self._terminate(source)

    def _move(self, move: Move, placing: Placing, source: Token) -> None:
        if not self.execution.is_alive(source):
            return
        place = placing.place(move.element_id, self._ancestor_of_move(move, source), move.variables)
        if place.scope is not source.scope:
            arrive(self.execution, place, free_frame(place.scope))
            self._terminate(source)
            return
        frame = source.frame
        self.execution.withdraw(source, keep_frame=True)
        arrive(self.execution, place, frame)

    def _terminate(self, source: Token) -> None:
        if self.execution.is_alive(source):
            self.emptied.append(source.scope)
            self.execution.withdraw(source)

    def _end_empty_scopes(self) -> None:
        """End scopes whose last token was terminated, inside out; with the process its instance."""
        for emptied in self.emptied:
            scope: Token | None = emptied
            while scope is not None and self.execution.is_alive(scope) and not live_tokens(scope):
                around = scope.parent
                if around is None:
                    self.execution.finish(InstanceState.TERMINATED)
                    return
                self.execution.withdraw(scope)
                scope = around

    def _ancestor_of_move(self, move: Move, source: Token) -> Token | None:
        if move.ancestor is not None or move.nearness is Nearness.ONLY:
            return self._ancestor(move.element_id, move.ancestor)
        if move.nearness is Nearness.SOURCE_PARENT:
            return source.scope
        element_id = move.element_id
        around = scopes_around(self.definition, element_id) if element_id in self.definition.elements else []
        scope: Token | None = source.parent
        while scope is not None and scope.task_spec.name not in around:
            scope = scope.parent
        return scope

    def _ancestor(self, element_id: str, token: str | None) -> Token | None:
        if token is None:
            return None
        found: Token | None = self.execution.tasks.get(token)
        if found is None or found.is_listener or found.inner is None:
            da, en = f"Forløbet {token} kører ikke (længere).", f"The scope {token} does not run (any more)."
            raise RefusedError(element_id, "SCOPE_GONE", da, en)
        return found

    def _doomed(self) -> set[str]:
        """Give the tokens that end in this modification; nothing is activated inside them."""
        return {inner.id for sources in self.sources.values() for s in sources for inner in everything_inside(s)}

    def _write(self, variables: tuple[VariablesAt, ...]) -> None:
        for given in variables:
            if given.scope is None or given.scope == self.definition.process_id:
                write_everywhere(self.execution, self.execution.task_tree.frame, dict(given.values))

    def _note(self) -> None:
        told = [in_words(instruction) for instruction in self.instructions]
        self.execution.task_tree.task_spec.note(self.execution, "INSTANCE_MODIFIED", instructions=told)


def _tokens(execution: Execution, source: Source) -> list[Token]:
    """Give the tokens that a source names; raises RefusedError when there is none, or when they cannot be ended."""
    if source.token is not None:
        found = execution.tasks.get(source.token)
        return [_endable(source.token, found)]
    name = source.element_id or ""
    if name == execution.spec.name:
        return [_endable(name, execution.task_tree)]
    tokens = [t for t in execution.tasks.values() if t.task_spec.name == name and not t.is_listener]
    if not tokens:
        known = execution.spec.find(name) is not None
        da = f"{name} er ikke aktiv." if known else f"{name} findes ikke i diagrammet."
        en = f"{name} is not active." if known else f"The diagram has no element {name}."
        raise RefusedError(name, "NOT_ACTIVE" if known else "UNKNOWN_ELEMENT", da, en)
    return tokens


def _endable(token: str, found: Token | None) -> Token:
    if found is None:
        raise RefusedError(token, "TOKEN_GONE", f"{token} er ikke længere åben.", f"{token} is no longer open.")
    element_id = found.task_spec.element_id
    if found.parent is None:
        da = f"{element_id} er hele sagsgangen; annuller den i stedet."
        en = f"{element_id} is the whole instance; cancel it instead."
        raise RefusedError(element_id, "WHOLE_INSTANCE", da, en)
    if found.is_listener:
        da = f"{element_id} lytter for {found.scope.task_spec.element_id} og slutter kun sammen med den."
        en = f"{element_id} listens for {found.scope.task_spec.element_id} and ends with it only."
        raise RefusedError(element_id, "LISTENER", da, en)
    return found
