"""Decision tables: matching rules, hit policies, aggregation, validity of rules by date (DMN 1.5 §8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from kfflow.domain.law import Validity
from kfflow.engine.dmn import hit_policies, periods
from kfflow.engine.dmn.cell_sets import ANYTHING, Test, read_cell
from kfflow.engine.dmn.lookup import ColumnLookup, column_lookup
from kfflow.engine.dmn.model import DecisionTable, HitPolicy, OutputClause, Rule
from kfflow.engine.dmn.scope import Evaluation, Logic, RuleHit, Scope, Variables, broken, find_type
from kfflow.engine.findings import Severity
from kfflow.feel.expressions import UnaryTests, build_unary_tests
from kfflow.feel.runtime import Env
from kfflow.feel.types import ListType, RestrictedType

_NEVER = build_unary_tests("? != ?", ())  # what stands for a cell that is not FEEL


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule; `calculated` are the cells, by column, that no lookup decides."""

    rule_id: str
    index: int
    calculated: tuple[tuple[int, UnaryTests], ...]
    outputs: tuple[Logic | None, ...]
    annotations: Mapping[str, str]
    period: Validity

    def is_in_force(self, day: date | None) -> bool:
        """Tell whether the rule counts on a day; without a day every rule does."""
        return day is None or self.period.covers(day)


@dataclass(slots=True)
class Testing:
    """The value of one column and, once a test wants it, the scope in which that value is `?`."""

    value: object
    variables: Variables
    evaluation: Evaluation
    _env: Env | None = None

    def env(self) -> Env:
        if self._env is None:
            self._env = Env({**self.variables, "?": self.value}, None, self.evaluation)
        return self._env

    def passes(self, test: UnaryTests) -> bool:
        return test.match_in(self.env(), self.value) is True


@dataclass(frozen=True, slots=True)
class CompiledTable:
    policy: HitPolicy
    aggregation: str
    labels: tuple[str, ...]
    inputs: tuple[Logic, ...]
    allowed: tuple[UnaryTests | None, ...]
    outputs: tuple[OutputClause, ...]
    priorities: tuple[Logic | None, ...]
    columns: tuple[ColumnLookup, ...]
    keeps_empty: bool
    rules: tuple[CompiledRule, ...]
    defaults: tuple[Logic | None, ...]

    def evaluate(self, variables: Variables, evaluation: Evaluation) -> object:
        values = self._input_values(variables, evaluation)
        fitting = self._fitting(values, variables, evaluation, evaluation.day)
        matched = list(islice(fitting, 1) if self.policy is HitPolicy.FIRST else fitting)
        hits = [(rule, self._row(rule.outputs, variables, evaluation)) for rule in matched]
        if not hits:
            self._tell_days(values, variables, evaluation)
            return self._default(variables, evaluation)
        orders = [p(variables, evaluation) if p else None for p in self.priorities]
        decided = hit_policies.decide(self, hits, orders, evaluation)
        evaluation.hits.extend(self._hit(rule, row, values) for rule, row in decided.hits)
        return decided.value

    def _input_values(self, variables: Variables, evaluation: Evaluation) -> list[object]:
        values = []
        for label, code, allowed in zip(self.labels, self.inputs, self.allowed, strict=True):
            value = code(variables, evaluation)
            if allowed is not None and value is not None and allowed.run(value, variables, evaluation) is not True:
                evaluation.problem("input {} has a value that is not among the allowed ones", 0, label)
            values.append(value)
        return values

    def _fitting(
        self, values: list[object], variables: Variables, evaluation: Evaluation, day: date | None
    ) -> Iterator[CompiledRule]:
        """Yield the rules in force on a day (without one: all) that the values meet, in order."""
        scopes = [Testing(v, variables, evaluation) for v in values]
        evaluation.charge(len(self.rules))
        for rule in self._candidates(scopes):
            if rule.is_in_force(day) and all(scopes[c].passes(test) for c, test in rule.calculated):
                yield rule

    def _candidates(self, scopes: "Sequence[Testing]") -> Iterator[CompiledRule]:
        """Yield the rules, in order, that no constant cell excludes."""
        remaining = (1 << len(self.rules)) - 1
        for column, testing in zip(self.columns, scopes, strict=True):
            remaining &= column.accepting(testing.value, testing.env)
        while remaining:
            lowest = remaining & -remaining
            remaining ^= lowest
            yield self.rules[lowest.bit_length() - 1]

    def _row(self, logics: Sequence[Logic | None], variables: Variables, evaluation: Evaluation) -> dict[str, object]:
        """Give the outputs by name; an empty cell is null where a type asks for every output, else left out."""
        return {
            clause.name: logic(variables, evaluation) if logic is not None else None
            for clause, logic in zip(self.outputs, logics, strict=True)
            if logic is not None or self.keeps_empty
        }

    def _tell_days(self, values: list[object], variables: Variables, evaluation: Evaluation) -> None:
        """Say where an answer is missing because of the day: no rule is in force, or none of those that fit."""
        day = evaluation.day
        if day is None or self.gives_list or self.policy is HitPolicy.COLLECT or any(self.defaults):
            return
        outside = list(self._fitting(values, variables, evaluation, None))
        if not outside and not any(rule.is_in_force(day) for rule in self.rules):
            outside = list(self.rules)
        if outside:
            _tell_nearest(evaluation, {rule.index: rule.period for rule in outside}, day)

    def _default(self, variables: Variables, evaluation: Evaluation) -> object:
        if any(self.defaults):
            value = self.value_of(self._row(self.defaults, variables, evaluation))
            return [value] if self.gives_list and not isinstance(value, list) else value
        if self.policy is HitPolicy.COLLECT and self.aggregation:
            return hit_policies.aggregate(self.aggregation, [], evaluation)
        return [] if self.gives_list else None

    @property
    def gives_list(self) -> bool:
        if self.policy is HitPolicy.COLLECT:
            return not self.aggregation
        return self.policy in {HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER}

    def value_of(self, row: Mapping[str, object]) -> object:
        """Give what one row is worth: its only output, or a context of its outputs."""
        return next(iter(row.values()), None) if len(self.outputs) == 1 else dict(row)

    def _hit(self, rule: CompiledRule, row: Mapping[str, object], values: list[object]) -> RuleHit:
        inputs = dict(zip(self.labels, values, strict=True))
        return RuleHit(rule.rule_id, rule.index, inputs, dict(row), rule.annotations)


def compile_table(scope: Scope, table: DecisionTable) -> Logic:
    """Compile a table; findings name the row and column."""
    try:
        policy = HitPolicy(table.hit_policy)
    except ValueError:
        scope.report(
            "dmn-hit-policy",
            f"Træfreglen {table.hit_policy} findes ikke.",
            f"There is no hit policy {table.hit_policy}.",
            table.line,
        )
        return broken
    if not _is_well_formed(scope, table):
        return broken
    return build_table(scope, table, policy).evaluate


def build_table(scope: Scope, table: DecisionTable, policy: HitPolicy) -> CompiledTable:
    columns = tuple(_column(scope, table, n) for n in range(len(table.inputs)))
    return CompiledTable(
        policy=policy,
        aggregation=table.aggregation if policy is HitPolicy.COLLECT else "",
        labels=tuple(c.label for c in table.inputs),
        inputs=tuple(_expression(scope, c.text, c.line, c.label) or broken for c in table.inputs),
        allowed=tuple(scope.tests(c.allowed, c.line, c.label) if c.allowed else None for c in table.inputs),
        outputs=table.outputs,
        priorities=_priorities(scope, table, policy),
        columns=columns,
        keeps_empty=bool(table.type_ref or (scope.element is not None and scope.element.type_ref)),
        rules=tuple(_rule(scope, table, n, r, columns) for n, r in enumerate(table.rules, 1)),
        defaults=tuple(_expression(scope, c.default, c.line, c.label) for c in table.outputs),
    )


def _is_well_formed(scope: Scope, table: DecisionTable) -> bool:
    before = len(scope.findings)
    if not table.outputs:
        scope.report("dmn-outputs", "Tabellen har ingen resultatkolonne.", "The table has no output.", table.line)
    if table.aggregation and len(table.outputs) > 1:
        scope.report(
            "dmn-aggregation",
            "Sammentælling kræver præcis én resultatkolonne.",
            "Aggregation needs exactly one output.",
            table.line,
        )
    for number, rule in enumerate(table.rules, 1):
        if (len(rule.inputs), len(rule.outputs)) != (len(table.inputs), len(table.outputs)):
            scope.report(
                "dmn-rule-width",
                f"Regel {number} har ikke en celle for hver kolonne.",
                f"Rule {number} does not have a cell for each column.",
                rule.line,
            )
    return len(scope.findings) == before


def _expression(scope: Scope, text: str, line: int, where: str) -> Logic | None:
    if not text:
        return None
    expression = scope.expression(text, line, where)
    return expression.run if expression is not None else broken


def _priorities(scope: Scope, table: DecisionTable, policy: HitPolicy) -> tuple[Logic | None, ...]:
    """Compile the allowed outputs as lists, whose order is the priority (DMN 1.5 §8.2.8.5); a table needs one."""
    if policy not in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
        return (None,) * len(table.outputs)
    texts = [c.allowed or _allowed_by_type(scope, table, c) for c in table.outputs]
    if not any(texts):
        scope.report(
            "dmn-hit-policy",
            f"Tabellen er {policy}, men ingen resultatkolonne siger, i hvilken rækkefølge dens værdier går forud.",
            f"The table is {policy}, but no output says in which order its values take precedence.",
            table.line,
            Severity.WARNING,
        )
    return tuple(
        _expression(scope, f"[{t}]" if t else "", c.line, c.label) for t, c in zip(texts, table.outputs, strict=True)
    )


def _allowed_by_type(scope: Scope, table: DecisionTable, clause: OutputClause) -> str:
    """Give the allowed values of the type of an output; that of an only output may be declared with the decision."""
    declared = clause.type_ref
    if not declared and len(table.outputs) == 1:
        declared = table.type_ref or (scope.element.type_ref if scope.element is not None else "")
    found = find_type(scope.types, declared)
    of = found.of if isinstance(found, ListType) else found
    return of.text if isinstance(of, RestrictedType) and read_cell(of.text) is not None else ""


def _column(scope: Scope, table: DecisionTable, place: int) -> ColumnLookup:
    label = table.inputs[place].label
    cells: list[Test | None] = []
    tests: list[UnaryTests | None] = []
    for number, rule in enumerate(table.rules, 1):
        text = rule.inputs[place]
        cells.append(ANYTHING if text in {"", "-"} else read_cell(text))
        where = f"Regel {number}, {label}"
        tests.append(None if text in {"", "-"} else scope.tests(text, rule.line, where) or _NEVER)
    return column_lookup(cells, tests)


def _rule(scope: Scope, table: DecisionTable, number: int, rule: Rule, columns: Sequence[ColumnLookup]) -> CompiledRule:
    where = f"Regel {number}"
    outputs = tuple(
        _expression(scope, text, rule.line, f"{where}, {clause.label}")
        for text, clause in zip(rule.outputs, table.outputs, strict=True)
    )
    period = _period(scope, rule, number)
    calculated = tuple(
        (place, column.calculated[number - 1])
        for place, column in enumerate(columns)
        if number - 1 in column.calculated
    )
    return CompiledRule(rule.element_id, number, calculated, outputs, rule.annotations, period)


def _period(scope: Scope, rule: Rule, number: int) -> Validity:
    """Read when a rule counts; what is no date, and an end that is not after the beginning, are findings."""
    for name in (periods.VALID_FROM, periods.VALID_TO):
        text = periods.written(rule.annotations, name)
        if text and periods.day_of(text) is None:
            da = f"Regel {number}: {name} skal være en dato som 2026-07-01, ikke »{text[:40]}«."
            en = f"Rule {number}: {name} must be a date such as 2026-07-01, not “{text[:40]}”."
            scope.report("dmn-validity", da, en, rule.line)
    period = periods.read(rule.annotations)
    for wrong in period.problems():
        da = f"Regel {number}, {wrong.field}: {wrong.message_da}"
        en = f"Rule {number}, {wrong.field}: {wrong.message_en}"
        scope.report("dmn-validity", da, en, rule.line)
    return period


def _tell_nearest(evaluation: Evaluation, outside: Mapping[int, Validity], day: date) -> None:
    """Say which of the rules is nearest to a day on which none counts."""
    number, period = periods.nearest(outside, day)
    if period.gyldig_fra is not None and day < period.gyldig_fra:
        evaluation.no_answer(
            "no rule that fits is in force on {}; rule {} counts from {} on", day, number, period.gyldig_fra
        )
    else:
        last = periods.last_day(period)
        evaluation.no_answer("no rule that fits is in force on {}; rule {} counted until {}", day, number, last)
