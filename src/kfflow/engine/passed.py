"""An element that a new version adds where a running case has been already, and how the case makes up for it."""

from collections.abc import Iterator

from kfflow.engine.definition import Definition
from kfflow.engine.instructions import Activate, Instruction, Move, Nearness, Source
from kfflow.engine.mapping import reaches
from kfflow.engine.placing import activatable, scopes_around
from kfflow.engine.snapshot import read
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.gateways import JoiningGateway
from kfflow.engine.spiff.process import ProcessSpec


def making_up(definition: Definition, snapshot: bytes, element_id: str) -> Instruction | None:
    """Give what lets an instance do an element that lies behind it; None when it is there, or may still come there.

    A branch that waits at a join for others, come from the element, goes back to it; else it is done beside what runs.
    Raises InvalidInput for an element that cannot be activated.
    """
    element, process = activatable(definition, element_id), definition.spec
    around = scopes_around(definition, element_id)
    rows = [row for row in read(snapshot)["t"] if not row[8] and row[1] not in around]
    goals = (element.name, *around[1:])
    if any(reaches(process, row[1], goal) for row in rows for goal in goals):
        return None
    ways = set(_only_way(process, element))
    waiting = (row[0] for row in rows if row[7] in ways and isinstance(process.find(row[1]), JoiningGateway))
    return next(_going_back(waiting, element_id), Activate(element_id))


def _only_way(process: ProcessSpec, element: ElementSpec) -> Iterator[str]:
    """Give the flows by which a token goes on from an element, as long as there is but one."""
    seen: set[str] = set()
    spec: ElementSpec | None = element
    while spec is not None and len(spec.flows) == 1 and spec.name not in seen:
        seen.add(spec.name)
        yield spec.flows[0].id
        spec = process.find(spec.flows[0].target)


def _going_back(tokens: Iterator[str], element_id: str) -> Iterator[Instruction]:
    return (Move(Source(token=token), element_id, nearness=Nearness.SOURCE_PARENT) for token in tokens)
