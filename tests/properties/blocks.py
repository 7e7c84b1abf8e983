"""Random block-structured processes: a tree of blocks, each drawn as a piece of XML with one way in and one way out.

A block is a tuple: its kind, then its parts, which are blocks or plain values. The kind names the method of `Drawing`
that draws it. Trees print as they are written, so that what a failing test prints can be pasted into one.
"""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tests.unit.engine.drawing import chain, diagram, end, extended, flow, node, script, start, timer

Block = tuple
CALLED = "Called"
MOST_BLOCKS = 9
_METHODS = {"await": "await_", "raise": "raise_"}
ROOTS = (
    '<bpmn:message id="Message" name="besked"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=key"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:signal id="Signal" name="signal"/><bpmn:error id="Error" name="Fejl" errorCode="FEJL"/>'
    '<bpmn:escalation id="Escalation" name="Eskalering" escalationCode="ESK"/>'
)
LEAVES = (
    "task", "job", "manual", "compute", "decide", "receive", "tell", "wait", "await", "raise", "signal", "each", "crew",
)  # fmt: skip
PAIRS = ("sequence", "exclusive", "parallel", "inclusive", "either", "stops", "anyhow")
WRAPS = ("loop", "again", "sub", "many", "fails", "undone", "transaction", "call")
EVENTS = ("timer", "cycle", "message", "signal", "escalation", "error", "conditional")
TRIGGERS = {
    "timer": timer("timeDuration", "PT2H"),
    "cycle": timer("timeCycle", "R2/PT1H"),
    "message": '<bpmn:messageEventDefinition messageRef="Message"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="Signal"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="Escalation"/>',
    "error": '<bpmn:errorEventDefinition errorRef="Error"/>',
    "conditional": "<bpmn:conditionalEventDefinition>"
    '<bpmn:condition xsi:type="bpmn:tFormalExpression">=answer = 9</bpmn:condition></bpmn:conditionalEventDefinition>',
}


def grown(random: Random, most: int = MOST_BLOCKS) -> Block:
    """Grow a tree of at most so many blocks; none throws the signal that began it, for ever and ever."""
    if most <= 1:
        return (random.choice(LEAVES),) if random.random() < 0.5 else ("task",)
    if random.random() < 0.4:
        kind = random.choice(PAIRS)
        ways = 3 if most > 3 and random.random() < 0.3 else 2
        return (kind, *(grown(random, (most - 1) // ways) for _ in range(ways)))
    if random.random() < 0.5:
        kind = random.choice(("attached", "listening"))
        event = random.choice(EVENTS)
        interrupts = event == "error" or random.random() < 0.5
        inside, aside = grown(random, most - 2), grown(random, 1)
        wakes_itself = (event, interrupts, aside) == ("signal", False, ("signal",))
        return (kind, event, interrupts, inside, ("task",) if wakes_itself else aside)
    return (random.choice(WRAPS), grown(random, most - 1))


def simpler(tree: Block) -> Iterator[Block]:
    """Give trees with a little less in them, the smallest first."""
    if tree != ("task",):
        yield ("task",)
    kind, *parts = tree
    yield from (part for part in parts if isinstance(part, tuple))
    for place, part in enumerate(parts):
        if isinstance(part, tuple):
            yield from ((kind, *parts[:place], less, *parts[place + 1 :]) for less in simpler(part))


def drawn(tree: Block, process_id: str = "P") -> bytes:
    """Draw a tree as a diagram with one process."""
    xml, first, last = Drawing().block(tree)
    return diagram(start() + xml + end() + chain("Begin", first) + chain(last, "Done"), ROOTS, process_id)


def _thrice(inner: str = "") -> str:
    collected = '<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="item" {}/>'
    given = collected.format('outputCollection="found" outputElement="=item + answer"')
    return f"<bpmn:multiInstanceLoopCharacteristics>{extended(given)}{inner}</bpmn:multiInstanceLoopCharacteristics>"


class Drawing:
    """Draws one process; elements are named by what they do, numbered in the order drawn."""

    def __init__(self) -> None:
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, tree: Block) -> tuple[str, str, str]:
        kind, *parts = tree
        return getattr(self, _METHODS.get(kind, kind))(*parts)

    def one(self, tag: str, kind: str, inner: str = "", **attributes: str) -> tuple[str, str, str]:
        name = self.name(kind)
        return node(tag, name, inner, **attributes), name, name

    # what has no parts

    def task(self):
        who = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="sagsbehandler"/>'
        return self.one("userTask", "Task", extended(who))

    def job(self):
        return self.one("serviceTask", "Job", extended('<zeebe:taskDefinition type="random" retries="2"/>'))

    def manual(self):
        return self.one("manualTask", "Manual")

    def compute(self):
        name = self.name("Compute")
        return script(name, "=append(trail, answer)", "trail"), name, name

    def decide(self):
        called = '<zeebe:calledDecision decisionId="weigh" resultVariable="weight"/>'
        return self.one("businessRuleTask", "Decide", extended(called))

    def receive(self):
        return self.one("receiveTask", "Receive", messageRef="Message")

    def tell(self):
        return self.one("sendTask", "Tell", messageRef="Message")

    def wait(self):
        return self.one("intermediateCatchEvent", "Wait", timer("timeDuration", "PT90M"))

    def await_(self):
        return self.one("intermediateCatchEvent", "Await", TRIGGERS["message"])

    def raise_(self):
        return self.one("intermediateThrowEvent", "Raise", TRIGGERS["escalation"])

    def signal(self):
        return self.one("intermediateThrowEvent", "Signal_", TRIGGERS["signal"])

    def each(self):
        """Three tasks of one activity, each with a variable of its own."""
        mine = '<zeebe:ioMapping><zeebe:input source="=item + answer" target="mine"/></zeebe:ioMapping>'
        return self.one("userTask", "Each", extended("<zeebe:userTask/>", mine) + _thrice())

    def crew(self):
        """Three jobs of one activity, which two of them may be enough for."""
        enough = "=numberOfCompletedInstances &gt; 1 and numberOfActiveInstances &lt; 2 and answer &gt; 5"
        kind = extended('<zeebe:taskDefinition type="random" retries="2"/>')
        ends = f"<bpmn:completionCondition>{enough}</bpmn:completionCondition>"
        return self.one("serviceTask", "Crew", kind + _thrice(ends))

    # several side by side or one after another

    def sequence(self, *trees):
        pieces = [self.block(t) for t in trees]
        joined = "".join(flow(a[2], b[1]) for a, b in pairwise(pieces))
        return "".join(p[0] for p in pieces) + joined, pieces[0][1], pieces[-1][2]

    def branches(self, split, join, pieces, conditions=()):
        xml = ""
        for index, (inner, first, last) in enumerate(pieces):
            condition = conditions[index] if conditions else ""
            xml += inner + flow(split, first, condition, f"{split}_{index}") + flow(last, join)
        return xml

    def gateway(self, tag, trees, *, asks):
        split, join = self.name("Split"), self.name("Join")
        conditions = ["", *(f"=modulo(answer, {n + 1}) = 0" for n in range(1, len(trees)))] if asks else []
        default = {"default": f"{split}_0"} if asks else {}
        xml = node(tag, split, **default) + node(tag, join)
        return xml + self.branches(split, join, [self.block(t) for t in trees], conditions), split, join

    def exclusive(self, *trees):
        return self.gateway("exclusiveGateway", trees, asks=True)

    def parallel(self, *trees):
        return self.gateway("parallelGateway", trees, asks=False)

    def inclusive(self, *trees):
        return self.gateway("inclusiveGateway", trees, asks=True)

    def either(self, *trees):
        """Wait for a timer, a message or a signal, whichever comes first."""
        split, join = self.name("Either"), self.name("Join")
        kinds = ("timer", "message", "signal")
        pieces = []
        for kind, tree in zip(kinds, trees, strict=False):
            event = self.one("intermediateCatchEvent", "Event", TRIGGERS[kind])
            inner, first, last = self.block(tree)
            pieces.append((event[0] + inner + chain(event[1], first), event[1], last))
        xml = node("eventBasedGateway", split) + node("exclusiveGateway", join)
        return xml + self.branches(split, join, pieces), split, join

    def stops(self, *trees):
        """Run all at once in a subprocess; the one that ends first ends the others."""
        split = self.name("Split")
        xml = node("parallelGateway", split)
        for tree in trees:
            inner, first, last = self.block(tree)
            stop = self.name("Stop")
            xml += inner + node("endEvent", stop, "<bpmn:terminateEventDefinition/>") + chain(split, first)
            xml += chain(last, stop)
        begin = self.name("Begin")
        return self.one("subProcess", "Sub", start(begin) + xml + chain(begin, split))

    def anyhow(self, *trees):
        """An ad-hoc subprocess."""
        return self.one("adHocSubProcess", "AdHoc", "".join(self.sub(t)[0] for t in trees))

    # around one other

    def inside(self, tree, finish=""):
        """Draw what a subprocess holds: start, the block, end."""
        begin, stop = self.name("Begin"), self.name("Finish")
        inner, first, last = self.block(tree)
        return start(begin) + inner + node("endEvent", stop, finish) + chain(begin, first) + chain(last, stop)

    def sub(self, tree):
        return self.one("subProcess", "Sub", self.inside(tree))

    def call(self, tree):
        """Call the other process, then go on with the block."""
        called = (
            f'<zeebe:calledElement processId="{CALLED}"/>'
            '<zeebe:ioMapping><zeebe:output source="=answer" target="answer"/></zeebe:ioMapping>'
        )
        name = self.name("Call")
        inner, first, last = self.block(tree)
        return node("callActivity", name, extended(called)) + inner + chain(name, first), name, last

    def loop(self, tree):
        """Go round while the answer is large, and not for ever."""
        again, enough, leave = self.name("Again"), self.name("Enough"), self.name("Leave")
        inner, first, last = self.sequence(tree, ("compute",))
        xml = node("exclusiveGateway", again) + node("exclusiveGateway", enough, default=f"{enough}_out")
        xml += (
            inner
            + flow(again, first)
            + flow(last, enough)
            + flow(enough, again, "=answer &gt; 8 and count(trail) &lt; 12")
        )
        return xml + node("manualTask", leave) + flow(enough, leave, identity=f"{enough}_out"), again, leave

    def again(self, tree):
        loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
        return self.one("subProcess", "Loop", loop + self.inside(tree))

    def many(self, tree):
        collected = extended(
            '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item" '
            'outputCollection="found" outputElement="=item + answer"/>'
        )
        sequential = "true" if self.count % 2 else "false"
        loop = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{collected}'
        return self.one("subProcess", "Many", f"{loop}</bpmn:multiInstanceLoopCharacteristics>" + self.inside(tree))

    def fails(self, tree):
        """A subprocess that ends with an error unless the answer is small, and where that leads."""
        which, error, well, begin = (self.name(kind) for kind in ("Which", "Fail", "Well", "Begin"))
        inner, first, last = self.block(tree)
        xml = start(begin) + inner + node("exclusiveGateway", which, default=f"{which}_well") + chain(begin, first)
        xml += chain(last, which) + flow(which, error, "=answer &gt; 5") + node("endEvent", error, TRIGGERS["error"])
        xml += end(well) + flow(which, well, identity=f"{which}_well")
        return self.with_event(self.one("subProcess", "Sub", xml), TRIGGERS["error"], ("task",), interrupts=True)

    def transaction(self, tree):
        """A transaction that cancels itself unless the answer is small; what completed in it is undone."""
        which, cancel, well, begin = (self.name(kind) for kind in ("Which", "Cancel", "Well", "Begin"))
        done, first, last = self.undoable(tree)
        xml = start(begin) + done + node("exclusiveGateway", which, default=f"{which}_well") + chain(begin, first)
        xml += chain(last, which) + flow(which, cancel, "=answer &gt; 5")
        xml += node("endEvent", cancel, "<bpmn:cancelEventDefinition/>")
        xml += end(well) + flow(which, well, identity=f"{which}_well")
        held = self.one("transaction", "Transaction", xml)
        return self.with_event(held, "<bpmn:cancelEventDefinition/>", ("manual",), interrupts=True)

    def undoable(self, tree):
        """A task that can be undone, then the block."""
        task, handler, event = self.name("Do"), self.name("Undo"), self.name("Undoing")
        inner, first, last = self.block(tree)
        xml = node("userTask", task) + node("userTask", handler, isForCompensation="true")
        xml += node("boundaryEvent", event, "<bpmn:compensateEventDefinition/>", attachedToRef=task)
        xml += f'<bpmn:association id="{event}_to" sourceRef="{event}" targetRef="{handler}"/>'
        return xml + inner + chain(task, first), task, last

    def undone(self, tree):
        xml, first, last = self.undoable(tree)
        throw = self.name("Regret")
        xml += node("intermediateThrowEvent", throw, "<bpmn:compensateEventDefinition/>") + chain(last, throw)
        return xml, first, throw

    def with_event(self, held, trigger, aside, *, interrupts):
        """Attach an event; an interrupting one goes on where the activity would have."""
        xml, name, _ = held
        event = self.name("On")
        inner, first, last = self.block(aside)
        cancel = "true" if interrupts else "false"
        xml += node("boundaryEvent", event, trigger, attachedToRef=name, cancelActivity=cancel) + inner
        xml += chain(event, first)
        if not interrupts:
            stop = self.name("Stop")
            return xml + end(stop) + chain(last, stop), name, name
        merge = self.name("Merge")
        return xml + node("exclusiveGateway", merge) + chain(name, merge) + chain(last, merge), name, merge

    def attached(self, event, interrupts, tree, aside):
        held = self.one("subProcess", "Sub", self.inside(tree))
        return self.with_event(held, TRIGGERS[event], aside, interrupts=interrupts)

    def listening(self, event, interrupts, tree, aside):
        """A subprocess with an event subprocess inside."""
        begin, stop = self.name("On"), self.name("Finish")
        inner, first, last = self.block(aside)
        kind = {} if interrupts else {"isInterrupting": "false"}
        heard = node("startEvent", begin, TRIGGERS[event], **kind) + inner + end(stop)
        heard += chain(begin, first) + chain(last, stop)
        listener = node("subProcess", self.name("Event"), heard, triggeredByEvent="true")
        return self.one("subProcess", "Sub", self.inside(tree) + listener)
