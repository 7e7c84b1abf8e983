"""Decisions: evaluated with the version in force, and every evaluation kept with the rules that fired.

The rows of a table that say from when and until when they count are held against the same day of the case as the
version is: so two rows by date give what two versions by date would give.
"""

from datetime import date
from typing import Any

from kfflow.domain.authorization import Permission
from kfflow.domain.law import DECIDING, Days
from kfflow.engine import dmn
from kfflow.engine.outcome import Decided, Variables
from kfflow.errors import EngineFailure, InvalidInput, NotFound
from kfflow.feel import BudgetExceeded
from kfflow.feel.errors import Problem
from kfflow.persistence.steps import Running
from kfflow.persistence.subjects import Subject
from kfflow.persistence.tables import Case, DecisionEvaluation
from kfflow.service import access, definitions
from kfflow.service.context import Context
from kfflow.service.definitions import DecisionVersion


def evaluate(
    ctx: Context, *, variables: dict[str, Any], decision_id: str | None = None, decision_key: int | None = None
) -> DecisionEvaluation:
    """Evaluate a decision for somebody who asks, by the rows of today; the version in force unless a key names another.

    Raises NotFound when there is no such version, or no row of a table that must answer is in force.
    """
    access.require(ctx, Permission.EVALUATE_DECISION)
    decision = _chosen(ctx, decision_id, decision_key)
    evaluated = _evaluate(ctx, decision, variables, definitions.today(ctx).today)
    for problem in evaluated.unanswered:
        raise NotFound(*_unanswered(decision, problem))
    row = DecisionEvaluation(**_values(ctx, decision, evaluated))
    ctx.session.add(row)
    return row


def _chosen(ctx: Context, decision_id: str | None, decision_key: int | None) -> DecisionVersion:
    if decision_key is not None:
        return definitions.decision(ctx, decision_key)
    if decision_id is None:
        raise InvalidInput("Angiv en beslutning.", "Name a decision.")
    found = definitions.find_decision(ctx, decision_id, definitions.today(ctx))
    if found is None:
        raise NotFound(f"Beslutning {decision_id} findes ikke.", f"Decision {decision_id} does not exist.")
    return found


def look_up(ctx: Context, case: Case | Subject, decision_id: str, variables: Variables) -> object:
    """Give what a decision says of a case and keep no record: letters keep what they were given themselves.

    Raises EngineFailure when no version, or no row that must answer, is in force for the case.
    """
    days = definitions.days_of(ctx, case)
    return _evaluate_for(ctx, _in_force(ctx, decision_id, days, None), days, dict(variables), None).output


def decide_for(
    ctx: Context, running: Running, element_id: str | None, decision_id: str, variables: Variables
) -> Decided:
    """Evaluate a decision that a running instance calls; the version in force for its case.

    Raises EngineFailure, which becomes an incident, when no version, or no row that must answer, is in force.
    """
    days = definitions.days_of(ctx, running)
    decision = _in_force(ctx, decision_id, days, element_id)
    evaluated = _evaluate_for(ctx, decision, days, dict(variables), element_id)
    values = _values(ctx, decision, evaluated)
    values.update(case_key=running.case_key, instance_key=running.key, element_id=element_id)
    ctx.writes.insert(DecisionEvaluation, values)
    record = {
        "decision_id": decision.decision_id,
        "version": decision.version,
        "evaluation_key": str(values["key"]),
        "rules": [r["rule_id"] for r in values["rules"]],
        "problems": list(evaluated.problems),
    }
    bases = dict.fromkeys(rule.hjemmel for rule in evaluated.matched_rules if rule.hjemmel)
    return Decided(evaluated.output, record, decision.version, "; ".join(bases))


def _in_force(ctx: Context, decision_id: str, days: Days, element_id: str | None) -> DecisionVersion:
    decision = definitions.find_decision(ctx, decision_id, days)
    if decision is None:
        raise EngineFailure(
            f"Beslutningstabellen {decision_id} er ikke i kraft for sagen (skæringsdato {days.legal:%d.%m.%Y}).",
            f"Decision {decision_id} is not in force for the case (reference date {days.legal:%Y-%m-%d}).",
            element_id=element_id,
            kind="DECISION_MISSING",
        )
    return decision


def _evaluate_for(
    ctx: Context, decision: DecisionVersion, days: Days, variables: dict[str, Any], element_id: str | None
) -> dmn.Evaluated:
    """Evaluate with the rows of the day by which the case was given this version."""
    evaluated = _evaluate(ctx, decision, variables, days.deciding(decision.overgang))
    for problem in evaluated.unanswered:
        da, en = _unanswered(decision, problem)
        day_da, day_en = DECIDING[decision.overgang]
        raise EngineFailure(
            f"{da} Dagen er {day_da}.", f"{en} The day is {day_en}.", element_id=element_id, kind="DECISION_MISSING"
        )
    return evaluated


def _unanswered(decision: DecisionVersion, problem: Problem) -> tuple[str, str]:
    return (
        f"Beslutningstabellen {decision.decision_id} version {decision.version} kan ikke svare: {problem.message_da}.",
        f"Decision {decision.decision_id} version {decision.version} cannot answer: {problem.message}.",
    )


def _evaluate(ctx: Context, decision: DecisionVersion, variables: dict[str, Any], day: date) -> dmn.Evaluated:
    model = definitions.decision_model(ctx, decision)
    try:
        return model.evaluate(decision.decision_id, variables, now=ctx.at, day=day)
    except BudgetExceeded as problem:
        raise EngineFailure(
            f"Beslutningen {decision.decision_id} bruger for mange ressourcer.",
            f"Decision {decision.decision_id} costs too much: {problem}",
            kind="EXPRESSION_BUDGET_EXCEEDED",
        ) from None


def _values(ctx: Context, decision: DecisionVersion, evaluated: dmn.Evaluated) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "case_key": None,
        "instance_key": None,
        "element_id": None,
        "decision_definition_key": decision.key,
        "decision_id": decision.decision_id,
        "decision_version": decision.version,
        "decision_name": decision.name,
        "inputs": dict(evaluated.inputs),
        "output": [evaluated.output],
        "rules": [rule for d in evaluated.evaluated_decisions for rule in _rules(decision, d)],
        "at": ctx.at,
        "actor": ctx.actor.username,
    }


def _rules(decision: DecisionVersion, evaluated: dmn.EvaluatedDecision) -> list[dict[str, Any]]:
    """Give the rules that fired as they are kept; those of a required decision name it.

    All rules of a table fire on the same values, so the first alone carries them.
    """
    own = evaluated.decision_id == decision.decision_id
    return [
        {
            "rule_id": r.rule_id,
            "index": r.index,
            **({} if place else {"inputs": dict(r.inputs)}),
            "outputs": dict(r.outputs),
            "hjemmel": r.hjemmel,
            **({} if own else {"decision": evaluated.decision_name}),
        }
        for place, r in enumerate(evaluated.matched_rules)
    ]
