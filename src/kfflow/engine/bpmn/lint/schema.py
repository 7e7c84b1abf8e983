"""The XML schema of BPMN 2.0: what does not validate is a remark, since tools write much that does not."""

import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.findings import Finding, Severity

MOST = 20


def check(diagram: Diagram) -> Iterator[Finding]:
    schema = _schema()
    if schema.validate(diagram.root):
        return
    errors: Any = schema.error_log
    for error in islice(errors, MOST):
        text = error.message.replace("{http://www.omg.org/spec/BPMN/20100524/MODEL}", "")
        yield Finding(
            "schema",
            Severity.WARNING,
            f"Filen følger ikke BPMN's skema: {text}",
            f"The file does not follow the schema of BPMN: {text}",
            line=error.line,
            resource=diagram.resource,
        )


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    """Build the schema that SpiffWorkflow ships, once (6 ms)."""
    spec = importlib.util.find_spec("SpiffWorkflow.bpmn.parser")
    assert spec is not None
    assert spec.origin is not None
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schema" / "BPMN20.xsd"))
