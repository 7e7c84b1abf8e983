"""The reference page names everything that FEEL and the decision models offer."""

import ast
import re
from pathlib import Path

import kfflow
from kfflow.feel.builtins.registry import BUILTINS

SOURCE = Path(kfflow.__file__).parent
PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "feel.md").read_text()


def test_every_function_is_described():
    named = {n.partition("(")[0] for n in re.findall(r"`([a-z][^`]*)`", PAGE)}
    assert set(BUILTINS) - named == set()


def test_every_finding_is_described():
    rules = {
        node.value
        for path in (SOURCE / "engine" / "dmn").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"dmn-[a-z-]+", node.value)
    }
    assert {r for r in rules if f"`{r}`" not in PAGE} == set()
