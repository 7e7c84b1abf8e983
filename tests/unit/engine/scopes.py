"""The scopes in which every story of `stories` is told, and how a driver is held to what it should find open."""

from tests.unit.engine.drawing import HEAD, chain, end, node, start, user
from tests.unit.engine.fragments import DEFINITIONS, THREE

GO = '<bpmn:message id="Go" name="go"/>'
ONCE = THREE.replace("3", "1")


def process(body, name="P"):
    return f'<bpmn:process id="{name}" isExecutable="true">{body}</bpmn:process>'


def around(element):
    """Draw a process that goes through the element Outer to the task After."""
    return process(start() + element + user("After") + end() + chain("Begin", "Outer", "After", "Done"))


def many(body, sequential):
    loop = node("multiInstanceLoopCharacteristics", "OuterLoop", ONCE, isSequential=sequential)
    return around(node("subProcess", "Outer", loop + body))


def handler(body):
    begin = node("startEvent", "Wanted", '<bpmn:messageEventDefinition messageRef="Go"/>', isInterrupting="false")
    inner = node("subProcess", "Outer", body)
    content = begin + inner + user("After") + end("Over") + chain("Wanted", "Outer", "After", "Over")
    around_it = start() + user("Hold") + end() + chain("Begin", "Hold", "Done")
    return process(around_it + node("subProcess", "Handling", content, triggeredByEvent="true"))


SCOPES = {
    "process": process,
    "subprocess": lambda body: around(node("subProcess", "Outer", body)),
    "nested subprocess": lambda body: around(
        node(
            "subProcess",
            "Outer",
            start("OB") + node("subProcess", "Mid", body) + end("OE") + chain("OB", "Mid", "OE"),
        )
    ),
    "transaction": lambda body: around(node("transaction", "Outer", body)),
    "parallel repetition": lambda body: many(body, "false"),
    "sequential repetition": lambda body: many(body, "true"),
    "loop": lambda body: around(
        node("subProcess", "Outer", '<bpmn:standardLoopCharacteristics loopMaximum="1"/>' + body)
    ),
    "event subprocess": handler,
    "call": lambda body: around(node("callActivity", "Outer", calledElement="Q")) + process(body, "Q"),
}


def told(driver, story, scope):
    """Tell a story in a scope: after each thing that happens, exactly what the story says is open."""
    source = f"{HEAD}{DEFINITIONS}{GO}{SCOPES[scope](story.body)}</bpmn:definitions>".encode()
    driver.deploy([("story.bpmn", source)])
    driver.start("P", {"n": 1})
    beside = []
    if scope == "event subprocess":
        driver.message("go")
        beside = ["Hold"]
    assert sorted(driver.open()) == sorted([*beside, *story.opens])
    for number, (step, expected) in enumerate(story.steps):
        getattr(driver, step[0])(*step[1:])
        ended = not expected and number == len(story.steps) - 1
        after = ["After"] if ended and scope != "process" else []
        assert sorted(driver.open()) == sorted([*beside, *after, *expected]), step
    if scope == "process" and not story.steps[-1][1]:
        assert driver.state() == "completed"
