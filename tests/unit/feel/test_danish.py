"""Everything that FEEL and the decision evaluator say about a failure, they also say in Danish."""

import ast
from pathlib import Path

import pytest

import kfflow
from kfflow.feel import FeelSyntaxError, compile_expression
from kfflow.feel.danish import DANISH

ROOT = Path(kfflow.__file__).parent


def templates() -> set[str]:
    found = set()
    for folder in ("feel", "engine/dmn"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _speaks(node.func) and node.args:
                    assert isinstance(node.args[0], (ast.Constant, ast.Name)), ast.unparse(node)
                    if isinstance(node.args[0], ast.Constant):
                        found.add(node.args[0].value)
    return found


def _speaks(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"problem", "no_answer", "fail", "fault", "FeelSyntaxError"}


def test_every_text_has_a_translation_with_the_same_parts():
    assert templates() == set(DANISH)
    assert {e for e, d in DANISH.items() if e.count("{}") != d.count("{}")} == set()


def test_syntax_errors_speak_both_languages():
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("if a then b")
    assert caught.value.message == "expected 'else', found '…'"
    assert caught.value.message_da == "forventede 'else', fandt '…'"


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("1 + number(x)", "number() has no value for these arguments", 5),
        ("1 + abs(x)", "abs() does not take these arguments", 5),
        ("1 + abs(n: x)", "abs() does not take these named arguments", 5),
        ("[][1]", "there is no item of this number", 3),
        ("x = x and 1", "and has no meaning for these values", 7),
        ("false or x or false", "or has no meaning for these values", 7),
    ],
)
def test_problems_say_where(source: str, message: str, column: int):
    value, problems = compile_expression(source).evaluate_with_problems({"x": "x"})
    assert value is None
    assert (problems[0].message, problems[0].column) == (message, column)


def test_problems_speak_both_languages():
    _, problems = compile_expression("b + 1").evaluate_with_problems({})
    assert [(p.message_da, p.column) for p in problems] == [
        ("der er ingen variabel b", 1),
        ("+ giver ikke mening for disse værdier", 3),
    ]
