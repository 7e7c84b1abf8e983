"""The door of decision models: compile a resource, evaluate a decision, say what decided it."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kfflow.engine.dmn import analysis, deadline_tables, document, linking, reading
from kfflow.engine.dmn.graph import Frame
from kfflow.engine.dmn.linking import Linked
from kfflow.engine.dmn.model import LEGAL_BASIS, DecisionElement, Element, InputData, Service, Source
from kfflow.engine.dmn.scope import Evaluation, RuleHit
from kfflow.engine.findings import DeploymentRefused, Finding, Severity
from kfflow.feel import BudgetExceeded, to_json
from kfflow.feel.errors import Problem
from kfflow.feel.temporal import DateTime
from kfflow.feel.types import coerce
from kfflow.feel.values import enter

_JOINS_KEPT = 8


class DecisionsRefused(DeploymentRefused):
    """A decision model cannot be executed; nothing was compiled."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that can be evaluated."""

    id: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that fired, with the values that decided it, as JSON; `index` counts from 1."""

    rule_id: str
    index: int
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]
    hjemmel: str | None
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EvaluatedDecision:
    """One decision of the graph as it came out."""

    decision_id: str
    decision_name: str
    output: object
    matched_rules: list[MatchedRule]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation gave; `evaluated_decisions` holds the required decisions too, in order of evaluation.

    `unanswered` says of tables that had to answer why no rule of theirs counts on the day.
    """

    output: object
    matched_rules: list[MatchedRule]
    problems: list[str]
    decision_name: str
    inputs: Mapping[str, object]
    evaluated_decisions: list[EvaluatedDecision] = field(default_factory=list)
    problems_da: list[str] = field(default_factory=list)
    unanswered: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class DecisionModel:
    """A compiled decision model (DRG), shared between threads; joins with imported models are remembered."""

    source: Source
    resource: str
    _linked: list[tuple[tuple[Source, ...], Linked]]

    @property
    def drg_id(self) -> str:
        return self.source.id

    @property
    def drg_name(self) -> str:
        return self.source.name

    @property
    def decisions(self) -> Mapping[str, Decision]:
        return {e.id: Decision(e.id, e.name, e.line) for e in self._elements() if isinstance(e, DecisionElement)}

    @property
    def required_inputs(self) -> tuple[str, ...]:
        """Give the names of the input data that the model declares."""
        return tuple(e.name for e in self._elements() if isinstance(e, InputData))

    def _elements(self) -> Sequence[Element]:
        return tuple(self.source.elements.values())

    def linked(self, extra_models: "Sequence[DecisionModel]" = ()) -> Linked:
        """Give the compiled model joined with those it imports."""
        others = tuple(m.source for m in extra_models) if self.source.imports else ()
        for joined, linked in self._linked:
            if len(joined) == len(others) and all(map(operator.is_, joined, others)):
                return linked
        linked = linking.link(self.source, others, self.resource, [])
        self._linked[_JOINS_KEPT - 1 :] = [(others, linked)]
        return linked

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime | None = None,
        day: date | None = None,
        extra_models: "Sequence[DecisionModel]" = (),
    ) -> Evaluated:
        """Evaluate a decision or decision service by id (or name) over JSON-like variables.

        `inputs` of the answer are the variables that the decision may read. `now` (aware) is what `today()` tells,
        `day` decides which rules are in force: that of `now` when none is given, and without either every rule is.
        Raises KeyError for an unknown decision and BudgetExceeded.
        """
        element = self._find(decision_id)
        evaluation = Evaluation(_instant(now), day or (now.date() if now else None))
        inputs = self._inputs(element, variables)
        frame = Frame(self.linked(extra_models), inputs, evaluation)
        try:
            value = _value(frame, element, evaluation)
        except RecursionError:
            raise BudgetExceeded("decisions call each other too deeply") from None
        decided = {i: _evaluated(frame, i) for i in frame.values if i in frame.hits}
        return Evaluated(
            output=to_json(value),
            matched_rules=decided[element.id].matched_rules if element.id in decided else [],
            problems=[p.message for p in evaluation.problems],
            problems_da=[p.message_da for p in evaluation.problems],
            unanswered=evaluation.unanswered,
            decision_name=element.name,
            inputs={k: to_json(v) for k, v in inputs.items()},
            evaluated_decisions=list(decided.values()),
        )

    def value(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime | None = None,
        extra_models: "Sequence[DecisionModel]" = (),
    ) -> object:
        """Give the value alone, as a FEEL value rather than JSON."""
        element = self._find(decision_id)
        evaluation = Evaluation(_instant(now), now.date() if now else None)
        frame = Frame(self.linked(extra_models), self._inputs(element, variables), evaluation)
        return _value(frame, element, evaluation)

    def _inputs(self, element: Element, variables: Mapping[str, object]) -> dict[str, object]:
        """Take in the variables that the decision may read, and no others: they are recorded."""
        read = linking.variables_read(self.linked(), element)
        return {k: enter(v) for k, v in variables.items() if read is None or k in read}

    def _find(self, decision_id: str) -> Element:
        for element in self._elements():
            if isinstance(element, (DecisionElement, Service)) and element.id == decision_id:
                return element
        for element in self._elements():
            if isinstance(element, (DecisionElement, Service)) and element.name == decision_id:
                return element
        raise KeyError(decision_id)


def _value(frame: Frame, element: Element, evaluation: Evaluation) -> object:
    if not isinstance(element, Service):
        return frame.value(element)
    value, fits = coerce(
        frame.serve(element, frame.inputs, evaluation),
        linking.result_type(linking.linked_type(frame.linked, element)),
    )
    if not fits:
        evaluation.problem("the result of {} is not of its type", 0, element.name)
    return value


def _instant(now: datetime | None) -> DateTime | None:
    value = enter(now) if now is not None else None
    return value if isinstance(value, DateTime) else None


def _evaluated(frame: Frame, decision_id: str) -> EvaluatedDecision:
    name = frame.linked.source.elements[decision_id].name
    hits = [_matched(h) for h in frame.hits[decision_id]]
    return EvaluatedDecision(decision_id, name, to_json(frame.values[decision_id]), hits)


def _matched(hit: RuleHit) -> MatchedRule:
    return MatchedRule(
        hit.rule_id,
        hit.index,
        {k: to_json(v) for k, v in hit.inputs.items()},
        {k: to_json(v) for k, v in hit.outputs.items()},
        hit.annotations.get(LEGAL_BASIS) or None,
        dict(hit.annotations),
    )


def read_decisions(source: bytes, resource_name: str) -> tuple[DecisionModel | None, list[Finding]]:
    """Compile what can be compiled; None only when the document cannot be read at all.

    A broken expression is null with a problem when it is evaluated.
    """
    findings: list[Finding] = []
    try:
        root = document.parse(source, resource_name)
    except document.UnreadableError as problem:
        return None, [problem.finding]
    read = reading.read(root, resource_name, findings)
    linked = linking.link(read, (), resource_name, findings)
    if not any(isinstance(e, DecisionElement) for e in read.elements.values()):
        findings.append(_nothing_to_decide(resource_name))
    return DecisionModel(read, resource_name, [((), linked)]), findings


def _nothing_to_decide(resource: str) -> Finding:
    return Finding(
        "dmn-empty",
        Severity.WARNING,
        "Modellen har ingen beslutninger.",
        "The model has no decisions.",
        resource=resource,
    )


def compile_decisions(source: bytes, resource_name: str, *, under_law: bool = False) -> DecisionModel:
    """Compile a DMN document to be deployed; raises DecisionsRefused with every finding when one of them is an error.

    Rules of a UNIQUE table that overlap are one, and a table `under_law` that names no legal basis. What was deployed
    once is read with `read_decisions`.
    """
    model, findings = read_decisions(source, resource_name)
    if model is None or _has_errors(findings):
        raise DecisionsRefused(findings)
    findings += _of_tables(model, under_law=under_law)
    if _has_errors(findings):
        raise DecisionsRefused(findings)
    return model


def _has_errors(findings: Sequence[Finding]) -> bool:
    return any(f.severity is Severity.ERROR for f in findings)


def lint_decisions(source: bytes, resource_name: str, *, under_law: bool = False) -> list[Finding]:
    """Find everything that is wrong or doubtful in a DMN document, gaps and overlaps of its tables included."""
    model, findings = read_decisions(source, resource_name)
    return findings if model is None else findings + _of_tables(model, under_law=under_law)


def _of_tables(model: DecisionModel, *, under_law: bool) -> list[Finding]:
    """Look at the tables; a row that a table of deadlines lacks is found at the element that needs it instead."""
    found = analysis.table_analysis(model, under_law=under_law)
    found = [f for f in found if not (f.rule == "dmn-gap" and _gives_deadlines(model, f))]
    return found + deadline_tables.row_findings(model.source, model.resource)


def _gives_deadlines(model: DecisionModel, finding: Finding) -> bool:
    return deadline_tables.gives_deadlines(model.source, finding.element_id or "")
