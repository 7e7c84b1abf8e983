"""What completed is undone: instance by instance, the last one first, and waited for or not (BPMN 2.0 §13.5.5)."""

import pytest

from tests.unit.engine.drawing import Case, chain, compiled, end, engine, extended, node, start, user
from tests.unit.engine.fragments import CANCEL, COMPENSATE

SEVERAL = (
    "<bpmn:multiInstanceLoopCharacteristics{}>{}<bpmn:loopCardinality>2</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)
PARALLEL, SEQUENTIAL = SEVERAL.format("", ""), SEVERAL.format(' isSequential="true"', "")
LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
ITEMS = SEVERAL.format("", extended('<zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>'))
ATTACHED = node("boundaryEvent", "CB", COMPENSATE, attachedToRef="A")
ASSOCIATED = node("association", "As", sourceRef="CB", targetRef="Undo")
UNDO = node("userTask", "Undo", isForCompensation="true")
THROW = node("intermediateThrowEvent", "Throw", COMPENSATE)


def through(name, element, throw=THROW):
    return start() + element + throw + user("After") + end() + chain("Begin", name, "Throw", "After", "Done")


def task(repetition):
    return through("A", node("userTask", "A", repetition) + ATTACHED + UNDO + ASSOCIATED)


def subprocess(repetition):
    inside = start("IS") + user("A") + ATTACHED + UNDO + ASSOCIATED + end("IE") + chain("IS", "A", "IE")
    return through("Sub", node("subProcess", "Sub", repetition + inside))


def handled_inside(repetition):
    begin = node("startEvent", "Wanted", COMPENSATE) + user("Undo") + end("Undone") + chain("Wanted", "Undo", "Undone")
    inside = start("IS") + user("A") + end("IE") + chain("IS", "A", "IE")
    return through(
        "Sub", node("subProcess", "Sub", repetition + inside + node("subProcess", "H", begin, triggeredByEvent="true"))
    )


@pytest.mark.parametrize("repetition", [PARALLEL, SEQUENTIAL, LOOP])
@pytest.mark.parametrize("draw", [task, subprocess, handled_inside])
def test_each_instance_of_a_repeated_activity_is_undone(draw, repetition):
    case = Case(compiled(draw(repetition)))
    case.complete("A").complete("A")
    for _ in range(2):
        assert case.waits_at() == ["Undo"]
        case.complete("Undo")
    assert case.waits_at() == ["After"]


def test_handler_knows_the_item_of_its_instance_and_the_last_one_comes_first():
    handler = node("serviceTask", "Undo", extended('<zeebe:taskDefinition type="=item"/>'), isForCompensation="true")
    body = through("A", node("userTask", "A", ITEMS) + ATTACHED + handler + ASSOCIATED)
    case = Case(compiled(body), {"items": ["first", "second"]})
    case.complete("A").complete("A")
    undone = [case.outcome.opened[0].type]
    case.do(engine.complete_job, "Undo", {})
    assert [*undone, case.outcome.opened[0].type] == ["second", "first"]
    case.do(engine.complete_job, "Undo", {})
    assert case.variables == {"items": ["first", "second"]}


def test_instances_that_were_cancelled_are_not_undone():
    enough = "<bpmn:completionCondition>numberOfCompletedInstances = 1</bpmn:completionCondition>"
    repetition = PARALLEL.replace("</bpmn:multi", f"{enough}</bpmn:multi")
    case = Case(compiled(task(repetition))).complete("A")
    assert case.waits_at() == ["Undo"]
    assert case.complete("Undo").waits_at() == ["After"]


def test_cancelled_transaction_undoes_what_repeated_subprocesses_in_it_did():
    inside = start("IS") + user("A") + ATTACHED + UNDO + ASSOCIATED + end("IE") + chain("IS", "A", "IE")
    content = start("TS") + node("subProcess", "Sub", PARALLEL + inside) + node("endEvent", "TE", CANCEL)
    transaction = node("transaction", "Tx", content + chain("TS", "Sub", "TE"))
    left = node("boundaryEvent", "Left", CANCEL, attachedToRef="Tx") + user("U") + end("UE") + chain("Left", "U", "UE")
    case = Case(compiled(start() + transaction + left + end() + chain("Begin", "Tx", "Done")))
    case.complete("A").complete("A").complete("Undo")
    assert case.waits_at() == ["Undo"]
    assert case.complete("Undo").waits_at() == ["U"]


@pytest.mark.parametrize("order", [("Undo", "After"), ("After", "Undo")])
def test_compensation_that_is_not_waited_for_runs_beside(order):
    throw = THROW.replace("/>", ' waitForCompletion="false"/>', 1)
    case = Case(compiled(through("A", user("A") + ATTACHED + UNDO + ASSOCIATED, throw)))
    assert case.complete("A").waits_at() == ["After", "Undo"]
    assert case.complete(order[0]).waits_at() == [order[1]]
    assert case.complete(order[1]).snapshot is None
