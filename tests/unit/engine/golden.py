"""Stories whose snapshots are kept for ever: every released format must be restored and go on.

`python -m tests.unit.engine.golden` writes `snapshots/<version>/` in the format of today: of each story the diagram,
the snapshot, and the history that led to it. What belongs to a released version is never written again.
"""

from collections.abc import Callable
from pathlib import Path

import orjson

from kfflow import engine
from kfflow.engine.instructions import Activate, VariablesAt
from tests.properties.blocks import drawn
from tests.properties.engines import moved
from tests.unit.engine.drawing import Case, chain, diagram, end, extended, flow, node, start, user

FOLDER = Path(__file__).parent / "snapshots"
TASK = ("task",)
NEWS = '<bpmn:message id="M" name="m"/><bpmn:signal id="S" name="s"/>'
ANSWER = 6
HISTORIES = ("inclusive_join", "modified", "migrated")


def _chain(body: str, *names: str, before: str = "") -> bytes:
    return diagram(start() + body + end() + chain("Begin", *names, "Done"), before)


def _no_way_out() -> bytes:
    return _chain(node("exclusiveGateway", "Which") + user("A"), "Which", "A").replace(
        flow("Which", "A").encode(), flow("Which", "A", "=answer = 0").encode()
    )


def _both_events() -> bytes:
    events = '<bpmn:messageEventDefinition messageRef="M"/><bpmn:signalEventDefinition signalRef="S"/>'
    return _chain(node("intermediateCatchEvent", "Both", events, parallelMultiple="true"), "Both", before=NEWS)


def _gathering() -> bytes:
    body = node("parallelGateway", "Fork") + user("A") + user("B") + node("userTask", "All", startQuantity="2")
    return _chain(body + chain("Fork", "B", "All"), "Fork", "A", "All")


def _own_variables() -> bytes:
    mapped = extended('<zeebe:ioMapping><zeebe:input source="=answer" target="mine"/></zeebe:ioMapping>')
    inside = start("In") + user("T") + end("Out") + chain("In", "T", "Out")
    return _chain(node("subProcess", "Sub", mapped + inside), "Sub")


def _forth() -> bytes:
    return _chain(
        user("A") + node("subProcess", "Sub", start("In") + user("B") + end("Out") + chain("In", "B", "Out")),
        "A",
        "Sub",
    )


STORIES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "ad_hoc": (drawn(("anyhow", TASK, TASK)), ("Task",)),
    "boundary_condition": (drawn(("attached", "conditional", False, ("sequence", TASK, TASK), TASK)), ("Task",)),
    "boundary_cycle": (drawn(("attached", "cycle", False, TASK, TASK)), ("On",)),
    "both_events": (_both_events(), ("Both",)),
    "at_rest": (drawn(("parallel", ("each",), ("each",))), ("Each",)),
    "call": (drawn(("call", TASK)), ()),
    "cancelling": (drawn(("transaction", TASK)), ("Do", "Task")),
    "crowd": (drawn(("attached", "message", False, TASK, TASK)), ("On",) * 9),
    "compensation": (drawn(("undone", TASK)), ("Do",)),
    "event_gateway": (drawn(("sequence", TASK, ("either", TASK, TASK, TASK))), ("Task",)),
    "event_subprocess": (drawn(("listening", "message", False, TASK, TASK)), ("On",)),
    "event_subprocess_timer": (drawn(("listening", "timer", True, TASK, TASK)), ()),
    "gathering": (_gathering(), ("A",)),
    "inclusive_join": (drawn(("inclusive", TASK, ("sequence", TASK, TASK), TASK)), ("Task",)),
    "job_and_message": (drawn(("parallel", ("job",), ("sub", ("receive",)))), ()),
    "join": (drawn(("parallel", TASK, TASK)), ("Task",)),
    "loop": (drawn(("again", TASK)), ("Task",)),
    "many": (drawn(("sequence", TASK, ("many", TASK))), ("Task", "Task")),
    "many_in_order": (drawn(("sequence", ("manual",), TASK, ("many", TASK))), ("Task", "Task")),
    "no_way_out": (_no_way_out(), ()),
    "own_variables": (_own_variables(), ()),
    "migrated": (_forth(), ()),
    "modified": (_forth(), ("A",)),
    "undoing": (drawn(("undone", ("manual",))), ("Do",)),
}


def _set_right(story: "Told") -> None:
    """Put a token of A into the subprocess, beside the one that waits there."""
    moves = [Activate("A"), Activate("B", (VariablesAt({"own": 1}, "Sub"),))]
    story.take(engine.modify(story.definition, story.snapshot, moves, story.env()))


def _moved_on(story: "Told") -> None:
    """Move to a version in which A has another id and one more task follows."""
    later = _chain(user("A2") + user("C") + node("parallelGateway", "Both") + user("D"), "A2", "C", "Both", "D")
    new = engine.compile_process(later, "later")[0]
    outcome, _ = engine.migrate(story.definition, new, story.snapshot, {"A": "A2"}, story.env())
    story.definition = new
    story.take(outcome)


AFTERWARDS: dict[str, Callable[["Told"], None]] = {"modified": _set_right, "migrated": _moved_on}
"""What people did to an instance after the steps of its story."""


class Told(Case):
    """A story: at each step the first place whose element begins with the name; with all history from its beginning."""

    def __init__(self, name: str) -> None:
        self.lines: list[list[object]] = []
        source, elements = STORIES[name]
        super().__init__(engine.compile_process(source, name)[0], {"answer": ANSWER, "trail": [], "key": "k"})
        for element in elements:
            place = next(place for place in engine.waiting(self.snapshot) if place[1].startswith(element))
            self.take(moved(self.definition, self.snapshot, place, {"answer": ANSWER, "by": element}, self.env()))
        if name in AFTERWARDS:
            AFTERWARDS[name](self)

    def take(self, outcome):
        self.lines += [[h.kind, h.element_id, h.element_type, h.name, h.data] for h in outcome.happened]
        return super().take(outcome)


def write() -> None:
    """Write the files of the format of today."""
    folder = FOLDER / str(engine.SNAPSHOT_VERSION)
    folder.mkdir(parents=True, exist_ok=True)
    for name in STORIES:
        story = Told(name)
        (folder / f"{name}.bpmn").write_bytes(story.definition.source)
        (folder / f"{name}.json").write_bytes(story.snapshot)
    for story in HISTORIES:
        lines = [orjson.dumps(line).decode() for line in Told(story).lines]
        history(engine.HISTORY_VERSION, story).write_text("[\n" + ",\n".join(lines) + "\n]\n")


def history(version: int, story: str) -> Path:
    """Give where the history of a story is kept; the first that was kept has no name of its own."""
    return FOLDER / (f"history_{version}.json" if story == HISTORIES[0] else f"history_{version}_{story}.json")


if __name__ == "__main__":
    write()
