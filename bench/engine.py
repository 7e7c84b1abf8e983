"""What the engine costs: CPU for one completion of a user task, after few and after many of them.

Run: `python bench/engine.py`. Figures are medians of process time; the ratio is what must stay flat.
"""

import statistics
import time
from datetime import UTC, datetime

from kfflow import engine
from kfflow.engine.outcome import Decided, Environment
from kfflow.engine.snapshot import dump, load

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' targetNamespace="urn:bench" id="Defs">'
)
LOOP = """<process id="P" isExecutable="true"><startEvent id="Begin"/><exclusiveGateway id="Again"/>
<parallelGateway id="Split"/><userTask id="Decide"/><userTask id="Advise"/><parallelGateway id="Join"/>
<scriptTask id="Count"><extensionElements><zeebe:script expression="=rounds + 1" resultVariable="rounds"/>
</extensionElements></scriptTask><exclusiveGateway id="More" default="Stop"/><endEvent id="Done"/>
<boundaryEvent id="Late" attachedToRef="Decide" cancelActivity="false"><timerEventDefinition>
<timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent><userTask id="Remind"/><endEvent id="Reminded"/>
<sequenceFlow id="f1" sourceRef="Begin" targetRef="Again"/><sequenceFlow id="f2" sourceRef="Again" targetRef="Split"/>
<sequenceFlow id="f3" sourceRef="Split" targetRef="Decide"/><sequenceFlow id="f4" sourceRef="Split" targetRef="Advise"/>
<sequenceFlow id="f5" sourceRef="Decide" targetRef="Join"/><sequenceFlow id="f6" sourceRef="Advise" targetRef="Join"/>
<sequenceFlow id="f7" sourceRef="Join" targetRef="Count"/><sequenceFlow id="f8" sourceRef="Count" targetRef="More"/>
<sequenceFlow id="f9" sourceRef="More" targetRef="Again"><conditionExpression>=rounds &lt; 100000</conditionExpression>
</sequenceFlow><sequenceFlow id="Stop" sourceRef="More" targetRef="Done"/>
<sequenceFlow id="f10" sourceRef="Late" targetRef="Remind"/>
<sequenceFlow id="f11" sourceRef="Remind" targetRef="Reminded"/></process></definitions>"""
MANY = """<process id="M" isExecutable="true"><startEvent id="Begin"/><userTask id="Answer">
<multiInstanceLoopCharacteristics><loopCardinality>=count(people)</loopCardinality></multiInstanceLoopCharacteristics>
</userTask><endEvent id="Done"/><sequenceFlow id="f1" sourceRef="Begin" targetRef="Answer"/>
<sequenceFlow id="f2" sourceRef="Answer" targetRef="Done"/></process></definitions>"""
REMINDED = """<message id="News" name="news"/><process id="R" isExecutable="true"><startEvent id="Begin"/>
<userTask id="Work"/><boundaryEvent id="On" attachedToRef="Work" cancelActivity="false">
<messageEventDefinition messageRef="News"/></boundaryEvent><userTask id="Remind"/><endEvent id="Reminded"/>
<endEvent id="Done"/><sequenceFlow id="f1" sourceRef="Begin" targetRef="Work"/>
<sequenceFlow id="f2" sourceRef="Work" targetRef="Done"/><sequenceFlow id="f3" sourceRef="On" targetRef="Remind"/>
<sequenceFlow id="f4" sourceRef="Remind" targetRef="Reminded"/></process></definitions>"""
INSIDE = """<process id="I" isExecutable="true"><startEvent id="Begin"/><subProcess id="Each">
<multiInstanceLoopCharacteristics><loopCardinality>=count(people)</loopCardinality></multiInstanceLoopCharacteristics>
<startEvent id="In"/><userTask id="Answer"/><endEvent id="Out"/>
<sequenceFlow id="i1" sourceRef="In" targetRef="Answer"/><sequenceFlow id="i2" sourceRef="Answer" targetRef="Out"/>
</subProcess><endEvent id="Done"/>
<sequenceFlow id="f1" sourceRef="Begin" targetRef="Each"/><sequenceFlow id="f2" sourceRef="Each" targetRef="Done"/>
</process></definitions>"""
ENV = Environment(datetime(2026, 3, 2, tzinfo=UTC), lambda *_: Decided(None))
ANSWERS = {"answer": "godkendt", "reason": "x" * 80, "applicant": {"name": "SYNTETISK", "cell": 12}}


def completion(definition, snapshot):
    """Complete one open user task; gives the new snapshot and the CPU milliseconds."""
    token = next(t for t, _, kind in engine.waiting(snapshot) if kind == "USER_TASK")
    begun = time.process_time()
    outcome = engine.complete_task(definition, snapshot, token, ANSWERS, ENV)
    return outcome.snapshot, (time.process_time() - begun) * 1000


def after(definition, steps, rounds=200):
    """Give the median cost of a completion after so many, and the size of the snapshot."""
    snapshot = engine.start(definition, {"rounds": 0}, ENV).snapshot
    for _ in range(steps):
        snapshot, _ = completion(definition, snapshot)
    costs = []
    for _ in range(rounds):
        snapshot, cost = completion(definition, snapshot)
        costs.append(cost)
    return statistics.median(costs), len(snapshot), snapshot


def store(definition, snapshot, rounds=500):
    """Give the CPU milliseconds of loading and saving alone."""
    begun = time.process_time()
    for _ in range(rounds):
        dump(load(definition.spec, snapshot, ENV))
    return (time.process_time() - begun) * 1000 / rounds


def beside(definition, others):
    """Give the median CPU milliseconds of completing one instance while so many others are open."""
    snapshot = engine.start(definition, {"people": list(range(others + 1))}, ENV).snapshot
    return statistics.median(completion(definition, snapshot)[1] for _ in range(50))


def reminding(definition, others):
    """Give the median CPU milliseconds of completing one reminder of a task while so many others are open."""
    snapshot = engine.start(definition, {}, ENV).snapshot
    (listener,) = (t for t, _, kind in engine.waiting(snapshot) if kind == "MESSAGE")
    for number in range(others + 1):
        snapshot = engine.deliver_message(definition, snapshot, listener, {"news": number}, ENV).snapshot
    reminders = [t for t, element, _ in engine.waiting(snapshot) if element == "Remind"]
    return statistics.median(once(definition, snapshot, token) for token in reminders[:: max(others // 50, 1)])


def once(definition, snapshot, token):
    """Give the CPU milliseconds of completing a task."""
    begun = time.process_time()
    engine.complete_task(definition, snapshot, token, ANSWERS, ENV)
    return (time.process_time() - begun) * 1000


def many(definition):
    """Give the CPU seconds to complete all of 300 parallel instances."""
    snapshot, total = engine.start(definition, {"people": list(range(300))}, ENV).snapshot, 0.0
    while snapshot is not None:
        snapshot, cost = completion(definition, snapshot)
        total += cost
    return total / 1000


def main():
    definition = engine.compile_process((HEAD + LOOP).encode(), "bench.bpmn")[0]
    few, small, _ = after(definition, 5)
    lots, large, snapshot = after(definition, 500)
    print(f"completion (load, run, save) after   5 steps: {few:.3f} ms CPU, snapshot {small} bytes")
    print(f"completion (load, run, save) after 500 steps: {lots:.3f} ms CPU, snapshot {large} bytes")
    print(f"ratio 500/5: {lots / few:.2f}")
    print(f"load and save alone: {store(definition, snapshot):.3f} ms CPU")
    parallel = engine.compile_process((HEAD + MANY).encode(), "m.bpmn")[0]
    print(f"300 parallel instances: {many(parallel):.2f} s CPU in all")
    inside = engine.compile_process((HEAD + INSIDE).encode(), "i.bpmn")[0]
    reminded = engine.compile_process((HEAD + REMINDED).encode(), "r.bpmn")[0]
    for others in (1, 50, 300, 1000):
        print(
            f"one completion beside {others} others: {beside(parallel, others):.3f} ms CPU, "
            f"of subprocesses {beside(inside, others):.3f}, of reminders {reminding(reminded, others):.3f}"
        )


if __name__ == "__main__":
    main()
