"""The XML names of the dialect: BPMN 2.0, its diagrams, Camunda Modeler's `zeebe`, ours, and those of Camunda 7."""

from typing import cast

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
KF = "urn:kfflow:bpmn:1"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
CAMUNDA_RELATIVES = {
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
}
"""Dialects of one descent with Camunda 7: where they have the same words, these mean the same."""
MODELER = "http://camunda.org/schema/modeler/1.0"


def bpmn(local: str) -> str:
    return f"{{{BPMN}}}{local}"


def zeebe(local: str) -> str:
    return f"{{{ZEEBE}}}{local}"


def kf(local: str) -> str:
    return f"{{{KF}}}{local}"


def camunda(local: str) -> str:
    return f"{{{CAMUNDA}}}{local}"


def line_of(element: etree._Element) -> int:
    """Give the line an element begins on, 0 when it is not known."""
    return cast("int | None", element.sourceline) or 0


def local_name(tag: object) -> str:
    """Give the name without its namespace; comments and processing instructions have none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(tag: object) -> str:
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""
