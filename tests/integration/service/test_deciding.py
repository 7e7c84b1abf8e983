"""What an evaluation leaves behind: the rules that fired with their values, those of required decisions, few bytes."""

import pytest
from sqlalchemy import text

from kfflow.errors import EngineFailure
from kfflow.service import decisions, deployments
from kfflow.service.accounts import SYSTEM
from tests.unit.dmn.building import model, rule, table


def _row(element_id: str, cell: str, result: str) -> str:
    cells = f"<inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{result}</text></outputEntry>"
    return f'<rule id="{element_id}">{cells}</rule>'


GRAPH = model(
    '<decision id="kind" name="Kind"><variable name="Kind"/><decisionTable id="k" hitPolicy="UNIQUE">'
    "<input><inputExpression><text>months</text></inputExpression></input><output/>"
    + _row("short", "&lt; 6", '"short"')
    + _row("long", "&gt;= 6", '"long"')
    + '</decisionTable></decision><decision id="days" name="Days"><variable name="Days"/>'
    '<informationRequirement><requiredDecision href="#kind"/></informationRequirement>'
    '<literalExpression><text>if Kind = "long" then 14 else 7</text></literalExpression></decision>'
)


def evaluate(service, source: bytes, decision_id: str, **variables):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("d.dmn", source)])
    with service.command(SYSTEM) as ctx:
        row = decisions.evaluate(ctx, decision_id=decision_id, variables=variables)
        return row.output[0], row.inputs, row.rules


def test_rules_of_a_required_decision_are_kept_under_its_name(service):
    output, inputs, rules = evaluate(service, GRAPH, "days", months=8)
    assert (output, inputs) == (14, {"months": 8})
    assert rules == [
        {
            "rule_id": "long",
            "index": 2,
            "inputs": {"months": 8},
            "outputs": {"": "long"},
            "hjemmel": None,
            "decision": "Kind",
        }
    ]


def test_values_are_kept_once_for_all_rules_of_a_table(service):
    rows = [rule(["< 100"], [str(n)], element_id=f"r{n}") for n in range(3)]
    _, _, rules = evaluate(service, table(["months"], ["days"], rows, "COLLECT"), "t", months=8)
    assert [r.get("inputs") for r in rules] == [{"months": 8}, None, None]


def test_an_evaluation_of_four_inputs_takes_less_than_700_bytes(service):
    rows = [rule(["-", "-", '"livstid"', "> 3"], ["14"], element_id="r1", hjemmel="straffuldbyrdelsesloven § 46")]
    names = ["dom_dato", "institution", "strafart", "maaneder"]
    values = {"dom_dato": "2026-01-01", "institution": "SDO", "strafart": "livstid", "maaneder": 8, "andet": "x" * 5000}
    evaluate(service, table(names, ["dage"], rows), "t", **values)
    with service.database.transaction() as session:
        size = session.scalar(text("SELECT pg_column_size(e.*) FROM decision_evaluation e"))
    assert size < 700


def test_a_decision_that_costs_too_much_is_an_error_of_the_house(service):
    source = table(["x"], ["r"], [rule(["-"], ["for a in 1..100000, b in 1..100000 return 1"])])
    with pytest.raises(EngineFailure) as caught:
        evaluate(service, source, "t", x=1)
    assert caught.value.kind == "EXPRESSION_BUDGET_EXCEEDED"
