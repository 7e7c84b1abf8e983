"""What a file says of being under law, told without compiling it."""

from dataclasses import dataclass

from kfflow.engine.bpmn.lint import basis
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.bpmn.read import Unreadable, read_xml
from kfflow.engine.dmn import document, reading
from kfflow.engine.dmn.analysis import has_basis_column
from kfflow.engine.dmn.model import DecisionElement


@dataclass(frozen=True, slots=True)
class Claim:
    """The processes or decisions that a file defines, and whether the file names a legal basis."""

    ids: frozenset[str] = frozenset()
    names_basis: bool = False


def claim_of(source: bytes, resource_name: str) -> Claim:
    """Give the claim of a diagram or a file of tables; an empty one for what cannot be read."""
    try:
        return _of_tables(source, resource_name) if b"/spec/DMN/" in source else _of_diagram(source, resource_name)
    except (Unreadable, document.UnreadableError):
        return Claim()


def _of_diagram(source: bytes, resource_name: str) -> Claim:
    root = read_xml(source, resource_name)
    ids = (process.get("id") for process in root.iter(bpmn("process")))
    return Claim(frozenset(one for one in ids if one), basis.names_basis(root))


def _of_tables(source: bytes, resource_name: str) -> Claim:
    model = reading.read(document.parse(source, resource_name), resource_name, [])
    ids = (one.id for one in model.elements.values() if isinstance(one, DecisionElement))
    return Claim(frozenset(ids), has_basis_column(model))
