"""Decisions: evaluated with the version in force, and every evaluation kept with the rules that fired."""

from typing import Any

from kfflow.domain.authorization import Permission
from kfflow.domain.law import Days
from kfflow.engine import dmn
from kfflow.engine.outcome import Decided, Variables
from kfflow.errors import EngineFailure, InvalidInput, NotFound
from kfflow.feel import BudgetExceeded
from kfflow.persistence.steps import Running
from kfflow.persistence.subjects import Subject
from kfflow.persistence.tables import Case, DecisionEvaluation
from kfflow.service import access, definitions
from kfflow.service.context import Context
from kfflow.service.definitions import DecisionVersion


def evaluate(
    ctx: Context, *, variables: dict[str, Any], decision_id: str | None = None, decision_key: int | None = None
) -> DecisionEvaluation:
    """Evaluate a decision for somebody who asks; the version in force today unless a key names another."""
    access.require(ctx, Permission.EVALUATE_DECISION)
    decision = _chosen(ctx, decision_id, decision_key)
    evaluated = _evaluate(ctx, decision, variables)
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

    Raises EngineFailure when no version is in force for the case.
    """
    days = definitions.days_of(ctx, case)
    return _evaluate(ctx, _in_force(ctx, decision_id, days, None), dict(variables)).output


def decide_for(
    ctx: Context, running: Running, element_id: str | None, decision_id: str, variables: Variables
) -> Decided:
    """Evaluate a decision that a running instance calls; the version in force for its case.

    Raises EngineFailure, which becomes an incident, when no version is in force.
    """
    decision = _in_force(ctx, decision_id, definitions.days_of(ctx, running), element_id)
    evaluated = _evaluate(ctx, decision, dict(variables))
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


def _evaluate(ctx: Context, decision: DecisionVersion, variables: dict[str, Any]) -> dmn.Evaluated:
    model = definitions.decision_model(ctx, decision)
    try:
        return model.evaluate(decision.decision_id, variables, now=ctx.at)
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
