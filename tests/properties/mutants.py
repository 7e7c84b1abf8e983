"""Diagrams that were valid until something was done to them, and a driver that runs what is still accepted."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lxml import etree

from kfflow import engine
from kfflow.engine.findings import DeploymentRefused, Severity
from kfflow.engine.outcome import Environment, InstanceState, Outcome, WaitingKind
from kfflow.errors import EngineFailure, InvalidInput
from tests.conformance import suite
from tests.properties import blocks
from tests.properties.engines import moved
from tests.unit.engine.drawing import AT, no_decisions

VERDICTS = ("refused", "ended", "stuck", "waits")
ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWN = 60
"""How many of the diagrams are drawn at random, so that every kind of element is there without other suites."""
MOST_STEPS, STEP_BUDGET, MOST_CHANGES = 25, 200, 3
VALUES = (
    "", " ", "nowhere", "0", "-1", "1", "999999999", "NaN", "true", "false", "=", "=1 +", "=null", "=[1, 2]", "=x.y",
    "= for i in 1..9 return i", "PT1H", "R/PT1S", "0 0 * * *", "2026-13-45", "#process", "a b", "æ", "x" * 300,
)  # fmt: skip
FIELDS = (
    "isInterrupting", "cancelActivity", "default", "startQuantity", "completionQuantity", "isSequential", "loopMaximum",
    "triggeredByEvent", "isForCompensation", "attachedToRef", "calledElement", "instantiate", "gatewayDirection",
)  # fmt: skip
TAGS = tuple(
    f"{BPMN}{name}"
    for name in (
        "task", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask", "businessRuleTask",
        "callActivity", "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent", "boundaryEvent",
        "intermediateCatchEvent", "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
        "eventBasedGateway", "complexGateway", "sequenceFlow", "timerEventDefinition", "messageEventDefinition",
        "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition", "compensateEventDefinition",
        "cancelEventDefinition", "conditionalEventDefinition", "terminateEventDefinition", "linkEventDefinition",
        "dataObject", "laneSet", "process", "collaboration", "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics", "extensionElements", "choreographyTask", "unheardOf",
    )
)  # fmt: skip

Tree = etree._Element
Change = Callable[[Random, Tree], None]


def diagrams() -> list[bytes]:
    """Give the valid diagrams: ours, drawn ones, and those of the conformance suite where it lies beside us."""
    ours = [path.read_bytes() for path in sorted((ROOT / "bpmn").glob("*.bpmn"))]
    drawn = [blocks.drawn(blocks.grown(Random(seed))) for seed in range(DRAWN)]
    theirs = [path.read_bytes() for path in sorted((suite.FOLDER / "execution" / "models_feel").rglob("*.bpmn"))]
    return [*ours, *drawn, *theirs]


def any_of(random: Random, root: Tree, *, having: str = "", below: str = "") -> Tree:
    """Give an element other than the root, with an attribute or within a namespace when asked for."""
    found = [e for e in root.iter("*") if e is not root and having in (*e.attrib, "") and e.tag.startswith(below)]
    return random.choice(found) if found else next(root.iterchildren("*"), root)


def delete(random: Random, root: Tree) -> None:
    gone = any_of(random, root)
    if gone is not root:
        gone.getparent().remove(gone)


def duplicate(random: Random, root: Tree) -> None:
    chosen = any_of(random, root, having="id")
    chosen.addnext(copy.deepcopy(chosen))


def rewire(random: Random, root: Tree) -> None:
    flow = any_of(random, root, having="sourceRef")
    flow.set(random.choice(("sourceRef", "targetRef")), any_of(random, root, having="id").get("id", ""))


def swap_ids(random: Random, root: Tree) -> None:
    one, other = any_of(random, root, having="id"), any_of(random, root, having="id")
    first, second = one.get("id", ""), other.get("id", "")
    one.set("id", second)
    other.set("id", first)


def retype(random: Random, root: Tree) -> None:
    any_of(random, root, below=BPMN).tag = random.choice(TAGS)


def reassign(random: Random, root: Tree) -> None:
    chosen = any_of(random, root)
    names = [*chosen.attrib, *FIELDS]
    chosen.set(random.choice(names), random.choice(VALUES))


def forget(random: Random, root: Tree) -> None:
    chosen = any_of(random, root)
    if chosen.attrib:
        del chosen.attrib[random.choice(list(chosen.attrib))]


def move(random: Random, root: Tree) -> None:
    chosen, target = any_of(random, root), any_of(random, root)
    if chosen not in (target, *target.iterancestors()):
        target.insert(random.randint(0, len(target)), chosen)


def shuffle(random: Random, root: Tree) -> None:
    """Move an element to the end of a scope, its own or another."""
    scope = random.choice(list(root.iter(f"{BPMN}process", f"{BPMN}subProcess")) or [root])
    chosen = any_of(random, root, having="id", below=BPMN)
    if chosen not in (scope, *scope.iterancestors()):
        scope.append(chosen)


def dangle(random: Random, root: Tree) -> None:
    """Let a reference lead nowhere, or to something of another kind."""
    references = [(e, name) for e in root.iter("*") for name in e.attrib if name.endswith(("Ref", "bpmnElement"))]
    if references:
        chosen, name = random.choice(references)
        chosen.set(name, random.choice(("nowhere", any_of(random, root, having="id").get("id", ""))))


def reword(random: Random, root: Tree) -> None:
    """Empty an expression, or let it say something else."""
    texts = [e for e in root.iter("*") if e.text and e.text.strip()]
    if texts:
        random.choice(texts).text = random.choice(VALUES)


def add_event(random: Random, root: Tree) -> None:
    """Give an element another event definition or loop."""
    definitions = [tag for tag in TAGS if tag.endswith(("EventDefinition", "Characteristics"))]
    etree.SubElement(any_of(random, root, having="id", below=BPMN), random.choice(definitions))


def empty(random: Random, root: Tree) -> None:
    chosen = any_of(random, root)
    for child in list(chosen):
        chosen.remove(child)


CHANGES: tuple[Change, ...] = (
    delete, duplicate, rewire, swap_ids, retype, reassign, forget, move, shuffle, dangle, reword, add_event, empty,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A diagram after some changes."""

    seed: int
    source: bytes
    changes: tuple[str, ...]


def mutated(seed: int, valid: list[bytes]) -> Mutant:
    random = Random(seed)
    root = etree.fromstring(random.choice(valid))
    changes = random.choices(CHANGES, k=random.randint(1, MOST_CHANGES))
    for change in changes:
        if len(root):
            change(random, root)
    return Mutant(seed, etree.tostring(root), tuple(change.__name__ for change in changes))


def judged(mutant: Mutant) -> str:
    """Compile and run a mutant; gives `refused`, `ended`, `stuck` or `waits`, raises whatever must not happen."""
    findings = engine.lint(mutant.source, "mutant.bpmn")
    assert not [f for f in findings if f.rule == "internal"]
    try:
        definitions = engine.compile_process(mutant.source, "mutant.bpmn")
    except DeploymentRefused as refused:
        errors = [f for f in refused.findings if f.severity is Severity.ERROR]
        assert errors
        assert [f for f in errors if f.element_id is None and f.line is None and f.rule not in OF_THE_WHOLE] == []
        return "refused"
    assert not [f for f in findings if f.severity is Severity.ERROR]
    return max(_driven(Random(mutant.seed), definition) for definition in definitions)


OF_THE_WHOLE = frozenset({"not-executable"})
"""What is said of a file as such, and of no place in it."""


def _driven(random: Random, definition: engine.Definition) -> str:
    env = Environment(AT, no_decisions, step_budget=STEP_BUDGET)
    try:
        outcome = _started(definition, env)
        for _ in range(MOST_STEPS):
            if outcome.state is not InstanceState.ACTIVE:
                return "ended"
            if _needs_a_person(outcome):
                return "stuck"
            outcome = _stepped(random, definition, outcome, env)
    except EngineFailure as failure:
        return "stuck" if failure.element_id else repr(failure)
    return "waits"


def _needs_a_person(outcome: Outcome) -> bool:
    """Tell whether there is an incident, or nothing to wait for: a deadlock, of which the sweeper tells."""
    kinds = {kind for _, _, kind in engine.waiting(outcome.snapshot)}
    return WaitingKind.INCIDENT in kinds or not kinds


def _started(definition: engine.Definition, env: Environment) -> Outcome:
    variables = {"answer": 1, "trail": [], "key": "k"}
    try:
        return engine.start(definition, variables, env)
    except InvalidInput:
        starters = (*definition.start_messages, *definition.start_timers, *definition.start_signals)
        return engine.start(definition, variables, env, start_element=starters[0].element_id)


def _stepped(random: Random, definition: engine.Definition, outcome: Outcome, env: Environment) -> Outcome:
    place = random.choice(engine.waiting(outcome.snapshot))
    if random.random() < 0.1 and place[2] in ("USER_TASK", "JOB", "CALL"):
        return engine.throw_error(definition, outcome.snapshot, place[0], "FEJL", "", {}, env)
    return moved(definition, outcome.snapshot, place, {"answer": random.randint(0, 11)}, env)
