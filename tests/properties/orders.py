"""What somebody orders of a running case, at random: tokens moved, and the same process with every id renamed."""

import re
from random import Random

from kfflow import engine
from kfflow.engine.instructions import Activate, Instruction, Move, Nearness, Source, Terminate


def to_modify(definition: engine.Definition, snapshot: bytes, random: Random) -> list[Instruction]:
    """Give one to three instructions on elements and tokens at random, sensible or not."""
    elements, standing = sorted(definition.elements), engine.standing(snapshot)

    def one() -> Instruction:
        element, token = random.choice(elements), random.choice(standing).token
        source = Source(token) if random.random() < 0.7 else Source(element_id=random.choice(elements))
        kind = random.random()
        if kind < 0.4:
            return Move(source, element, nearness=random.choice(list(Nearness)))
        return Activate(element, ancestor=random.choice([None, token])) if kind < 0.8 else Terminate(source)

    return [one() for _ in range(random.randint(1, 3))]


def renamed(source: bytes, definition: engine.Definition) -> tuple[bytes, dict[str, str]]:
    """Give the diagram with another id for every element, and which became which."""
    mapping = {name: f"{name}_v2" for name in definition.elements if name != definition.process_id}
    text = source.decode()
    flows = {flow.id for spec in definition.spec.task_specs.values() for flow in spec.flows}
    for name in sorted({*mapping, *flows}, key=len, reverse=True):
        text = re.sub(rf'(["> ]){re.escape(name)}(["< ])', rf"\g<1>{name}_v2\g<2>", text)
    return text.encode(), mapping
