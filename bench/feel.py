"""What one condition and one decision table of 50 rules cost: `python bench/feel.py`.

Limits: 2 µs for a simple condition, 150 µs for the table.
"""

import sys
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kfflow.engine.dmn import compile_decisions
from kfflow.feel import compile_expression, compile_unary_tests
from kfflow.feel.expressions import build_expression

CONDITIONS = {
    'a > 3 and b = "x"': {"a": 4, "b": "x"},
    'case.person.age >= 18 and case.status = "open"': {"case": {"person": {"age": 19}, "status": "open"}},
    "amount * 1.25 + 3": {"amount": 100},
    'if level in ("high", "low") then 3 else 5': {"level": "low"},
    'date(start) + @"P14D"': {"start": "2026-01-01"},
    "sum(for l in lines return l.price * l.count)": {"lines": [{"price": 2.5, "count": n} for n in range(10)]},
}
CONDITION_LIMIT, TABLE_LIMIT = 2.0, 150.0


def microseconds(work, number: int) -> float:
    return min(timeit.repeat(work, number=number, repeat=5, timer=time.process_time)) / number * 1e6


def table(rules: int) -> bytes:
    rows = "".join(
        f'<rule id="r{n}"><inputEntry><text>"type{n % 5}"</text></inputEntry>'
        f"<inputEntry><text>[{n}..{n + 1})</text></inputEntry>"
        f"<inputEntry><text>-</text></inputEntry>"
        f"<outputEntry><text>{n * 2}</text></outputEntry></rule>"
        for n in range(rules)
    )
    inputs = "".join(
        f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in ("kind", "n", "z")
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="t" name="t"><decisionTable hitPolicy="UNIQUE">{inputs}<output name="days"/>{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


def main() -> int:
    for source, variables in CONDITIONS.items():
        compiled = compile_expression(source)
        print(f"{microseconds(lambda c=compiled, v=variables: c.evaluate(v), 20_000):8.2f} µs  {source}")
    simple = compile_expression('a > 3 and b = "x"')
    condition = microseconds(lambda: simple.evaluate({"a": 4, "b": "x"}), 50_000)
    tests = compile_unary_tests("< 5, [7..9]")
    print(f"{microseconds(lambda: tests.matches(8, {}), 20_000):8.2f} µs  unary tests < 5, [7..9]")
    print(f"{microseconds(lambda: build_expression('a > 3 and b < 4 or c', ()), 500):8.2f} µs  compiling a condition")
    model = compile_decisions(table(50), "table.dmn")
    decided = microseconds(lambda: model.evaluate("t", {"kind": "type4", "n": 49, "z": 1}), 500)
    print(f"{decided:8.2f} µs  a table of 50 rules, three inputs (limit {TABLE_LIMIT:.0f})")
    print(f"{condition:8.2f} µs  a simple condition (limit {CONDITION_LIMIT:.0f})")
    return 0 if condition <= CONDITION_LIMIT and decided <= TABLE_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
