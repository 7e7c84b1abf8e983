"""The XML schema of BPMN 2.0: what does not validate is a remark, since tools write much that does not."""

import importlib.util
import threading
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.findings import Finding, Severity

MOST = 20
_one_at_a_time = threading.Lock()


def check(diagram: Diagram) -> Iterator[Finding]:
    for error in _errors(diagram):
        text = error.message.replace("{http://www.omg.org/spec/BPMN/20100524/MODEL}", "")
        yield Finding(
            "schema",
            Severity.WARNING,
            f"Filen følger ikke BPMN's skema: {text}",
            f"The file does not follow the schema of BPMN: {text}",
            line=error.line,
            resource=diagram.resource,
        )


def _errors(diagram: Diagram) -> list[Any]:
    """Validate under a lock: libxml2 builds no schema in two threads at once, and its log belongs to the schema."""
    with _one_at_a_time:
        schema = _schema()
        if schema.validate(diagram.root):
            return []
        log: Any = schema.error_log
        return list(islice(log, MOST))


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    """Build the schema that SpiffWorkflow ships, once (6 ms)."""
    spec = importlib.util.find_spec("SpiffWorkflow.bpmn.parser")
    assert spec is not None
    assert spec.origin is not None
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schema" / "BPMN20.xsd"))
