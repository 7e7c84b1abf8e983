"""A migrated instance goes on as if it had never moved: every id renamed, tasks inserted, at a random moment."""

from random import Random

from kfflow import engine
from kfflow.engine.outcome import InstanceState, WaitingKind
from kfflow.engine.replay import Replayed
from kfflow.engine.snapshot import active, read
from kfflow.engine.spiff.gateways import EventBasedGateway, JoiningGateway
from tests.properties import blocks, orders, pairs, paths
from tests.properties.engines import _stored
from tests.unit.engine import drawing

BUDGET = 3_000


def with_tasks(source: bytes, random: Random) -> bytes:
    """Insert a task into some of the flows that do not lead into a join."""
    definition = engine.compile_process(source, "random.bpmn")[0]
    text = source.decode()
    for spec in definition.spec.task_specs.values():
        for flow in spec.flows:
            target = definition.spec.element(flow.target)
            opening = f'<bpmn:sequenceFlow id="{flow.id}" sourceRef="{spec.element_id}" targetRef="{flow.target}">'
            if (
                isinstance(target, JoiningGateway)
                or isinstance(spec, EventBasedGateway)
                or random.random() < 0.6
                or opening not in text
            ):
                continue
            task = f"{flow.id}_new"
            inserted = f'<bpmn:manualTask id="{task}"/>' + drawing.flow(task, flow.target)
            text = text.replace(
                opening, inserted + opening.replace(f'targetRef="{flow.target}"', f'targetRef="{task}"')
            )
    return text.encode()


class Side:
    """One of the two instances."""

    def __init__(self, definition, outcome):
        self.definition, self.replayed = definition, Replayed()
        self.variables: dict[str, object] = {}
        self.take(outcome)

    def take(self, outcome):
        self.outcome = outcome
        self.variables |= outcome.variables
        for line in outcome.happened:
            self.replayed.take(line)

    def turn(self, turn, env):
        waiting = engine.waiting(self.outcome.snapshot)
        place = turn.pick(sorted(waiting, key=lambda place: as_drawn_first(place[1:])))
        self.take(_stored(self.definition, self.outcome.snapshot, place, turn, env))

    def places(self):
        """Give what waits by name: of branches that run at once, an inserted task lets another be first."""
        found = engine.waiting(self.outcome.snapshot) if self.outcome.snapshot else ()
        return sorted(as_drawn_first(place[1:]) for place in found)


def as_drawn_first(place):
    element, kind = place
    return element.removesuffix("_v2"), kind


def without_ways(definition, snapshot):
    """Give a snapshot without the flows by which tokens came, but where a join tells them apart."""
    document = read(snapshot)
    for row in document["t"]:
        if not isinstance(definition.spec.element(row[1]), JoiningGateway):
            row[7] = None
    return document


def has_stopped(side):
    return any(kind == WaitingKind.INCIDENT for _, kind in side.places())


def goes_on_the_same(pair: pairs.Pair) -> None:
    """Move one of two instances in the middle of the path; both wait at the same places ever after."""
    random = Random(pair.seed)
    source = blocks.drawn(pair.tree)
    old = engine.compile_process(source, "old.bpmn")[0]
    text, mapping = orders.renamed(source, old)
    new = engine.compile_process(with_tasks(text, random), "new.bpmn")[0]
    env = drawing.environment(drawing.AT, step_budget=BUDGET)
    first = engine.start(old, {"answer": 1, "trail": [], "key": "k"}, env)
    stays, moves = Side(old, first), Side(old, first)
    moment = random.randint(0, len(pair.path))
    for count, turn in enumerate((*pair.path, *paths.homeward(random))):
        if stays.outcome.state is not InstanceState.ACTIVE:
            return
        if count == moment:
            before = moves.outcome.snapshot
            moved, _ = engine.migrate(old, new, before, mapping, env)
            moves.definition = new
            moves.take(moved)
            assert (moved.opened, moved.closed, moved.variables) == ((), (), {})
            back, _ = engine.migrate(new, old, moved.snapshot, {v: k for k, v in mapping.items()}, env)
            assert without_ways(old, back.snapshot) == without_ways(old, before)
        stays.turn(turn, env)
        moves.turn(turn, env)
        if has_stopped(stays) or has_stopped(moves):
            return  # one that runs in circles stops after so many steps, and an inserted task is a step
        assert moves.outcome.state is stays.outcome.state
        assert moves.places() == stays.places()
        assert moves.variables == stays.variables
        if moves.outcome.snapshot is not None:
            assert moves.replayed.active == active(moves.definition.spec, moves.outcome.snapshot)


def test_a_migrated_instance_goes_on_as_one_that_never_moved():
    pairs.hold(goes_on_the_same, 100)
