"""FEEL in forms: judged when the form is deployed, bounded when it is filled in."""

import json
from datetime import UTC, datetime

import pytest

from kfflow.errors import EngineFailure
from kfflow.service import form_findings
from kfflow.service.forms import evaluator_at

AT = datetime(2026, 3, 2, tzinfo=UTC)


def form(expression: str) -> bytes:
    components = [{"type": "expression", "key": "e", "id": "e1", "expression": expression}]
    return json.dumps({"type": "default", "schemaVersion": 19, "components": components}).encode()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("=days + 1", []),
        ("=days +", ["Field e: the expression “days +” (column 7): the expression ends too early."]),
        ("=foo(days)", ["Field e: the expression “foo(days)” (column 1): there is no function foo."]),
    ],
)
def test_expression_of_a_form_is_judged_at_deploy(expression: str, message: list[str]):
    assert [f.message_en for f in form_findings.of_form("f.form", form(expression))] == message


def test_expression_that_costs_too_much_is_an_error_of_the_house():
    with pytest.raises(EngineFailure) as caught:
        evaluator_at(AT, {})("=for a in 1..100000, b in 1..100000 return 1", {})
    assert caught.value.kind == "FORM_EXPRESSION"
