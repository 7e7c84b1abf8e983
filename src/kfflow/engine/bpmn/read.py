"""Bytes that somebody uploaded become an XML tree, or findings that say why not.

Nothing is fetched, no entity is resolved, and size, depth and number of elements are bounded before
anything else looks at the tree.
"""

import re

from lxml import etree

from kfflow.engine.bpmn.names import BPMN, local_name, namespace
from kfflow.engine.findings import Finding, Severity

MAX_BYTES = 5_000_000
MAX_DEPTH = 64
MAX_ELEMENTS = 5_000
_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOG_BYTES = 100_000
_NO_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
"""Where the text of a DOCTYPE is none: comments, processing instructions, and documentation in HTML."""


class Unreadable(Exception):
    """The bytes are no BPMN diagram; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message_en)
        self.finding = finding


def read_xml(source: bytes, resource: str) -> etree._Element:
    """Parse a BPMN document and give its `definitions` element; raises Unreadable."""
    _require(len(source) <= MAX_BYTES, resource, "too-large", "Filen er over 5 MB.", "The file is larger than 5 MB.")
    _refuse_doctype(source, resource)
    root = _parse(source, resource)
    _require_no_doctype(root.getroottree().docinfo.internalDTD is None, resource)
    _require(
        root.tag == f"{{{BPMN}}}definitions",
        resource,
        "not-bpmn",
        "Filen er ikke et BPMN 2.0-diagram.",
        "The file is not a BPMN 2.0 diagram.",
    )
    _check_size(root, resource)
    return root


def _parse(source: bytes, resource: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        line, said = getattr(problem, "lineno", None), getattr(problem, "msg", None) or str(problem)
        said = said.removesuffix(f" (<string>, line {line})")
        raise Unreadable(
            Finding(
                "not-xml",
                Severity.ERROR,
                f"Filen er ikke gyldig XML: {said}.",
                f"The file is not well-formed XML: {said}.",
                line=line,
                resource=resource,
            )
        ) from None


def _refuse_doctype(source: bytes, resource: str) -> None:
    head = source[:_PROLOG_BYTES]
    texts = [head.decode("latin-1"), head.decode("utf-16-le", "replace"), head.decode("utf-16-be", "replace")]
    _require_no_doctype(not any(_DOCTYPE.search(_NO_MARKUP.sub("", text)) for text in texts), resource)


def _require_no_doctype(holds: bool, resource: str) -> None:  # noqa: FBT001 - reads as an assertion
    _require(
        holds,
        resource,
        "doctype",
        "Filen indeholder en DOCTYPE; det er ikke tilladt.",
        "The file contains a DOCTYPE, which is not allowed.",
    )


def _check_size(root: etree._Element, resource: str) -> None:
    model_elements = sum(1 for e in root.iter() if namespace(e.tag) == BPMN)
    _require(
        model_elements <= MAX_ELEMENTS * 4 and _flow_nodes(root) <= MAX_ELEMENTS,
        resource,
        "too-many-elements",
        f"Diagrammet har flere end {MAX_ELEMENTS} elementer.",
        f"The diagram has more than {MAX_ELEMENTS} elements.",
    )
    _require(
        _depth(root) <= MAX_DEPTH,
        resource,
        "too-deep",
        f"Elementerne er indlejret mere end {MAX_DEPTH} niveauer.",
        f"The elements are nested more than {MAX_DEPTH} levels deep.",
    )


def _flow_nodes(root: etree._Element) -> int:
    return sum(
        1 for e in root.iter() if namespace(e.tag) == BPMN and e.get("id") and local_name(e.tag) != "definitions"
    )


def _depth(root: etree._Element) -> int:
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def _require(holds: bool, resource: str, rule: str, da: str, en: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise Unreadable(Finding(rule, Severity.ERROR, da, en, resource=resource))
