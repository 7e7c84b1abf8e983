"""What is known where an expression of a decision model is compiled, and what an evaluation carries along."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kfflow.engine.dmn.model import Element
from kfflow.engine.findings import Finding, Severity
from kfflow.feel.errors import FeelSyntaxError, Problem
from kfflow.feel.expressions import Expression, UnaryTests, build_expression, build_unary_tests
from kfflow.feel.runtime import Budget, Run
from kfflow.feel.temporal import DateTime
from kfflow.feel.types import ANY, BUILTIN_TYPES, Type, coerce

DMN_BUDGET = Budget(nodes=200_000, seconds=1.0, size=1_000_000)


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired: its position from 1, and the values that decided it."""

    rule_id: str
    index: int
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]
    annotations: Mapping[str, str]


class Evaluation(Run):
    """A FEEL run that also collects the rules that fired, and why tables gave no answer for want of a rule in force.

    `day` decides which rules are in force; without it every rule is.
    """

    __slots__ = ("day", "hits", "unanswered")

    def __init__(self, now: DateTime | None, day: date | None = None, budget: Budget = DMN_BUDGET) -> None:
        super().__init__(budget, now, trusted=True)
        self.day = day
        self.hits: list[RuleHit] = []
        self.unanswered: list[Problem] = []

    def no_answer(self, template: str, *parts: object) -> None:
        """Record that a table has no answer on the day, and why."""
        self.problem(template, 0, *parts)
        self.unanswered.append(Problem(template, 0, parts))


Variables = Mapping[str, object]
Logic = Callable[[Variables, Evaluation], object]


@dataclass(frozen=True, slots=True)
class Scope:
    """Names, entry names and types in scope, the element being compiled, and where findings go."""

    resource: str
    findings: list[Finding]
    types: Mapping[str, Type]
    members: frozenset[str]
    names: frozenset[str] = frozenset()
    element: Element | None = None
    is_typed: bool = False
    reads: set[str] = field(default_factory=set)

    def within(self, element: Element, names: Iterable[str], *, is_typed: bool = False) -> "Scope":
        known = frozenset(n for n in names if n)
        return replace(self, element=element, names=known, is_typed=is_typed, reads=set())

    def plus(self, *names: str) -> "Scope":
        return replace(self, names=self.names | {n for n in names if n})

    def report(self, rule: str, danish: str, english: str, line: int, severity: Severity = Severity.ERROR) -> None:
        element = self.element
        self.findings.append(
            Finding(
                rule,
                severity,
                danish,
                english,
                element.id if element else None,
                element.name if element else None,
                line or (element.line if element else None),
                resource=self.resource,
            )
        )

    def expression(self, text: str, line: int, where: str) -> Expression | None:
        """Compile FEEL text; None, with a finding, when it is not FEEL."""
        try:
            expression = build_expression(text, self.names, self.members, self.types)
        except FeelSyntaxError as problem:
            self._syntax(problem, line, where)
            return None
        self._judge(expression, line, where)
        return expression

    def _judge(self, compiled: Expression | UnaryTests, line: int, where: str) -> None:
        self.reads.update(compiled.names)
        for fault in compiled.faults:
            self._fault(fault, compiled.source, line, where)
        unknown = sorted(compiled.certain_names - self.names - {"?", "item", "partial"})
        if self.names and unknown:
            self._undeclared(", ".join(unknown), compiled.source, line, where)

    def _undeclared(self, names: str, source: str, line: int, where: str) -> None:
        """Tell of names without a requirement; a model that declares nothing takes its variables as they come.

        Where all that a decision requires has a type, such a name is a mistake and not a loose variable:
        `active` for `"active"`.
        """
        shown = source.strip()[:60]
        self.report(
            "dmn-undeclared",
            f"{where}: »{shown}« bruger {names}, som beslutningen ikke kræver.",
            f"{where}: “{shown}” uses {names}, which the decision does not require.",
            line,
            Severity.ERROR if self.is_typed else Severity.WARNING,
        )

    def tests(self, text: str, line: int, where: str) -> UnaryTests | None:
        """Compile the text of a cell; None, with a finding, when it is not FEEL."""
        try:
            tests = build_unary_tests(text, self.names, self.members, self.types)
        except FeelSyntaxError as problem:
            self._syntax(problem, line, where)
            return None
        self._judge(tests, line, where)
        return tests

    def _syntax(self, problem: FeelSyntaxError, line: int, where: str) -> None:
        shown = problem.source.strip()[:60]
        self.report(
            "dmn-feel",
            f"{where}: »{shown}« er ikke gyldig FEEL (tegn {problem.column}): {problem.message_da}.",
            f"{where}: “{shown}” is not FEEL (column {problem.column}): {problem.message}.",
            line,
        )

    def _fault(self, fault: Problem, source: str, line: int, where: str) -> None:
        shown = source.strip()[:60]
        self.report(
            "dmn-no-value",
            f"{where}: »{shown}« kan aldrig få en værdi (tegn {fault.column}): {fault.message_da}.",
            f"{where}: “{shown}” can never have a value (column {fault.column}): {fault.message}.",
            line,
        )

    def type_of(self, type_ref: str, line: int) -> Type:
        """Resolve a type reference; an unknown one admits everything and is reported unless it is imported."""
        found = find_type(self.types, type_ref)
        if found is None and "." not in type_ref:
            self.report(
                "dmn-type", f"Typen {type_ref} findes ikke.", f"There is no type {type_ref}.", line, Severity.WARNING
            )
        return found or ANY


_FOREIGN_TYPES = {"integer": "number", "long": "number", "double": "number", "any": "Any", "<Undefined>": "Any"}


def find_type(types: Mapping[str, Type], type_ref: str) -> Type | None:
    """Find a type by name; the number types of Camunda 7 are understood."""
    name = without_prefix(type_ref)
    if not name:
        return ANY
    return types.get(name) or BUILTIN_TYPES.get(_FOREIGN_TYPES.get(name, name))


def without_prefix(type_ref: str) -> str:
    """Give the name in a reference of DMN 1.1, which was a qualified one: `feel:number`, `tns:tPerson`."""
    return type_ref.rpartition(":")[2].strip()


def typed(logic: Logic, wanted: Type, what: str) -> Logic:
    """Fit the value of `logic` to a type; one that does not fit is null with a problem."""
    if wanted == ANY:
        return logic

    def fitted(variables: Variables, evaluation: Evaluation) -> object:
        value, fits = coerce(logic(variables, evaluation), wanted)
        if not fits:
            evaluation.problem("the value of {} is not of its type", 0, what)
        return value

    return fitted


def broken(_variables: Variables, evaluation: Evaluation) -> object:
    """Stand in for an expression that could not be compiled."""
    evaluation.problem("the expression is not FEEL")
    return None
