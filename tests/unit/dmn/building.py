"""Small decision models written in one line each."""

from dataclasses import dataclass, field
from html import escape

from kfflow.engine.dmn import DecisionModel, read_decisions

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True)
class Row:
    inputs: list[str]
    outputs: list[str]
    element_id: str = ""
    notes: dict[str, str] = field(default_factory=dict)


def rule(inputs: list[str], outputs: list[str], element_id: str = "", **notes: str) -> Row:
    return Row(inputs, outputs, element_id, notes)


def model(inner: str) -> bytes:
    return f'<definitions xmlns="{NAMESPACE}" id="drg" name="Model" namespace="urn:test">{inner}</definitions>'.encode()


def table(
    inputs: list[str],
    outputs: list[str],
    rows: list[Row],
    policy: str = "UNIQUE",
    *,
    aggregation: str = "",
    allowed: list[str] | None = None,
    defaults: list[str] | None = None,
) -> bytes:
    notes = list(dict.fromkeys(name for row in rows for name in row.notes))
    columns = "".join(f"<input><inputExpression>{_text(i)}</inputExpression></input>" for i in inputs)
    for number, name in enumerate(outputs):
        values = f"<outputValues>{_text(allowed[number])}</outputValues>" if allowed else ""
        default = f"<defaultOutputEntry>{_text(defaults[number])}</defaultOutputEntry>" if defaults else ""
        columns += f'<output name="{name}">{values}{default}</output>'
    columns += "".join(f'<annotation name="{n}"/>' for n in notes)
    policy_text = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    body = "".join(_row(r, notes) for r in rows)
    return model(
        f'<decision id="t" name="t"><decisionTable id="dt" {policy_text}>{columns}{body}</decisionTable></decision>'
    )


def _row(row: Row, notes: list[str]) -> str:
    cells = "".join(f"<inputEntry>{_text(c)}</inputEntry>" for c in row.inputs)
    cells += "".join(f"<outputEntry>{_text(c)}</outputEntry>" for c in row.outputs)
    cells += "".join(f"<annotationEntry>{_text(row.notes.get(n, ''))}</annotationEntry>" for n in notes)
    identity = f' id="{row.element_id}"' if row.element_id else ""
    return f"<rule{identity}>{cells}</rule>"


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"


def compiled(source: bytes) -> DecisionModel:
    """Give a model that may be faulty, as one that was deployed before the fault was known."""
    found, findings = read_decisions(source, "t.dmn")
    assert found is not None, findings
    return found
