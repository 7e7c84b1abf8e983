"""DMN XML to a tree that is safe to read: size and depth bounded, no DOCTYPE, no entities, no network."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.findings import Finding, Severity

SIZE_LIMIT = 5_000_000
DEPTH_LIMIT = 150
_MODEL_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


class UnreadableError(Exception):
    """The bytes are no DMN document; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message_en)
        self.finding = finding


def parse(source: bytes, resource: str) -> etree._Element:
    """Parse and return the `definitions` element; raises UnreadableError."""
    if len(source) > SIZE_LIMIT:
        raise _unreadable("dmn-size", resource, "Filen er større end 5 MB.", "The file is larger than 5 MB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", None)
        raise _unreadable(
            "dmn-xml", resource, f"Filen er ikke gyldig XML: {problem}", f"The file is not XML: {problem}", line
        ) from None
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise _unreadable("dmn-doctype", resource, "DOCTYPE er ikke tilladt.", "A DOCTYPE is not allowed.")
    _refuse_foreign(root, resource)
    return root


def _refuse_foreign(root: etree._Element, resource: str) -> None:
    if local_name(root) != "definitions" or not str(root.tag).startswith(tuple("{" + n for n in _MODEL_NAMESPACES)):
        raise _unreadable(
            "dmn-root", resource, "Filen er ikke en DMN-model (definitions).", "The file is no DMN model (definitions)."
        )
    deepest, pending = 0, [(root, 1)]
    while pending:
        element, depth = pending.pop()
        deepest = max(deepest, depth)
        pending.extend((child, depth + 1) for child in element)
    if deepest > DEPTH_LIMIT:
        raise _unreadable("dmn-depth", resource, "Filen er for dybt indlejret.", "The file is nested too deeply.")


def _unreadable(rule: str, resource: str, danish: str, english: str, line: int | None = None) -> UnreadableError:
    return UnreadableError(Finding(rule, Severity.ERROR, danish, english, line=line, resource=resource))


def local_name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _is_model(element: etree._Element) -> bool:
    tag = element.tag
    return isinstance(tag, str) and "omg.org/spec/DMN/" in tag


def line_of(element: etree._Element) -> int:
    """Give the line of an element in its file, 0 when unknown."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the child elements of the DMN namespace with one of these local names, or all of them."""
    for child in element:
        if _is_model(child) and (not names or local_name(child) in names):
            yield child


def child(element: etree._Element, *names: str) -> etree._Element | None:
    return next(children(element, *names), None)


def name_of(element: etree._Element | None, attribute: str = "name") -> str:
    """Give a name as expressions see it, runs of blanks as one (DMN 1.5 §10.3.1.4); empty when there is none."""
    return " ".join(((element.get(attribute) if element is not None else None) or "").split())


def text_of(element: etree._Element | None) -> str:
    """Give the content of the `text` child, without surrounding blanks; empty when there is none."""
    holder = child(element, "text") if element is not None else None
    return "".join(str(t) for t in holder.itertext()).strip() if holder is not None else ""
