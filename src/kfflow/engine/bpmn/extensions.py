"""What the extension elements of a node say: `zeebe:` as Camunda Modeler writes it, `kf:` as we do."""

from dataclasses import dataclass

from lxml import etree

from kfflow.engine.bpmn.names import bpmn, kf, line_of, zeebe


@dataclass(frozen=True, slots=True)
class Mapping:
    """One input or output mapping: `source` is FEEL with a leading `=`, else a literal."""

    source: str
    target: str
    line: int = 0


def extension(element: etree._Element, tag: str) -> etree._Element | None:
    container = element.find(bpmn("extensionElements"))
    return None if container is None else container.find(tag)


def attributes(element: etree._Element, tag: str) -> dict[str, str]:
    """Give the attributes of a node's extension element; empty when it has none."""
    found = extension(element, tag)
    return {} if found is None else {str(k): str(v) for k, v in found.attrib.items()}


def zeebe_attributes(element: etree._Element, local: str) -> dict[str, str]:
    return attributes(element, zeebe(local))


def kf_attributes(element: etree._Element, local: str) -> dict[str, str]:
    return attributes(element, kf(local))


def all_written(element: etree._Element, local: str) -> list[etree._Element]:
    """Give the `kf:` extension elements of a node that have this name, in the order of the file."""
    container = element.find(bpmn("extensionElements"))
    return [] if container is None else container.findall(kf(local))


def mappings(element: etree._Element, direction: str) -> tuple[Mapping, ...]:
    """Give the `input` or `output` mappings of a node."""
    found = extension(element, zeebe("ioMapping"))
    if found is None:
        return ()
    return tuple(
        Mapping(m.get("source", ""), m.get("target", ""), line_of(m)) for m in found.iterchildren(zeebe(direction))
    )


def headers(element: etree._Element) -> dict[str, str]:
    """Give the task headers and properties of a node."""
    pairs: dict[str, str] = {}
    for parent, child, name in (("taskHeaders", "header", "key"), ("properties", "property", "name")):
        found = extension(element, zeebe(parent))
        if found is not None:
            pairs |= {h.get(name, ""): h.get("value", "") for h in found.iterchildren(zeebe(child))}
    return pairs


def hjemmel(element: etree._Element) -> str | None:
    """Give the legal basis written on a node, a process or its deadline."""
    return kf_attributes(element, "hjemmel").get("text") or None


def deadline_hjemmel(element: etree._Element) -> str | None:
    """Give the legal basis of a node's only deadline; where it has several by date, the case's own says it."""
    written = all_written(element, "deadline")
    return written[0].get("hjemmel") if len(written) == 1 else None


def documentation(element: etree._Element) -> str:
    found = element.find(bpmn("documentation"))
    return "" if found is None else "".join(str(t) for t in found.itertext()).strip()


def words(text: str) -> tuple[str, ...]:
    """Split a list of ids written with spaces or commas."""
    return tuple(text.replace(",", " ").split())
