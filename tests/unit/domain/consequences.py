"""What decides a way, a bar, a deadline or a day in the shipped processes: the variables their FEEL and tables read."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from kfflow.engine.dmn.document import parse
from kfflow.engine.dmn.model import DecisionElement, DecisionTable
from kfflow.engine.dmn.reading import read
from kfflow.engine.expressions import compile_text
from tests.conftest import ROOT

WRITTEN = ("conditionExpression", "condition", "timeDate", "timeDuration", "timeCycle")
ATTRIBUTES = {
    "deadline": ("rule", "start", "until"),
    "assignmentDefinition": ("candidateGroups", "candidateUsers", "assignee"),
    "case": ("legalDate",),
    "letter": ("element",),
    "loopCharacteristics": ("inputCollection",),
    "script": ("expression",),
}


@cache
def deciding() -> frozenset[str]:
    """Give the variables that a gateway, condition, timer, deadline, calculation, role or table reads."""
    return frozenset(name for text in (*of_diagrams(), *of_tables()) for name in compile_text(text).names())


def of_diagrams() -> Iterator[str]:
    for path in sorted((ROOT / "bpmn").glob("*.bpmn")):
        for element in etree.parse(path).iter("{*}*"):
            yield from expressions(element)


def expressions(element: etree._Element) -> Iterator[str]:
    """Give the FEEL of one element; what only goes into a letter or on to others under its own name decides nothing."""
    kind = etree.QName(element).localname
    if kind in WRITTEN:
        yield element.text or ""
    if kind in {"input", "output"} and not is_of_service(element):
        source, target = element.get("source", ""), element.get("target")
        yield from () if source == f"={target}" else (source,)
    yield from (element.get(name, "") for name in ATTRIBUTES.get(kind, ()))


def is_of_service(element: etree._Element) -> bool:
    return any(etree.QName(above).localname in {"serviceTask", "sendTask"} for above in element.iterancestors())


def of_tables() -> Iterator[str]:
    for path in sorted((ROOT / "bpmn").glob("*.dmn")):
        yield from inputs(path)


def asked_by(table: str) -> frozenset[str]:
    """Give the variables that a shipped decision table reads."""
    return frozenset(name for text in inputs(ROOT / "bpmn" / f"{table}.dmn") for name in compile_text(text).names())


def inputs(path: Path) -> Iterator[str]:
    for element in read(parse(path.read_bytes(), path.name), path.name, []).elements.values():
        if isinstance(element, DecisionElement) and isinstance(element.logic, DecisionTable):
            yield from (f"={clause.text}" for clause in element.logic.inputs)
