"""The rules on data, interfaces, choreographies and repetitions: each with what breaks it and what keeps it."""

import pytest

from kfflow import engine
from tests.unit.engine.drawing import HEAD, chain, diagram, end, node, start

ITEMS = (
    '<bpmn:itemDefinition id="One" structureRef="text"/><bpmn:itemDefinition id="Same" structureRef="text"/>'
    '<bpmn:itemDefinition id="Other" structureRef="number"/>'
    '<bpmn:itemDefinition id="Many" structureRef="text" isCollection="true"/>'
    '<bpmn:message id="In" name="in" itemRef="One"/><bpmn:message id="Out" name="out" itemRef="Other"/>'
    '<bpmn:interface id="I" name="I"><bpmn:operation id="Op" name="Op"><bpmn:inMessageRef>In</bpmn:inMessageRef>'
    "<bpmn:outMessageRef>Out</bpmn:outMessageRef></bpmn:operation></bpmn:interface>"
)
CALLED = "{}<bpmn:globalTask id='G' name='G'>{}</bpmn:globalTask>"


def specification(inputs=(), outputs=(), prefix=""):
    """Write an ioSpecification from the items of its data."""
    data = "".join(f'<bpmn:dataInput id="{prefix}in{i}" itemSubjectRef="{x}"/>' for i, x in enumerate(inputs))
    data += "".join(f'<bpmn:dataOutput id="{prefix}out{i}" itemSubjectRef="{x}"/>' for i, x in enumerate(outputs))
    ins = "".join(f"<bpmn:dataInputRefs>{prefix}in{i}</bpmn:dataInputRefs>" for i, _ in enumerate(inputs))
    outs = "".join(f"<bpmn:dataOutputRefs>{prefix}out{i}</bpmn:dataOutputRefs>" for i, _ in enumerate(outputs))
    sets = f"<bpmn:inputSet>{ins}</bpmn:inputSet><bpmn:outputSet>{outs}</bpmn:outputSet>"
    return f"<bpmn:ioSpecification>{data}{sets}</bpmn:ioSpecification>"


def rules(body, before=ITEMS):
    """Give the rules that a process of one path through T breaks, beside those on what kfflow needs to run it."""
    found = engine.lint(diagram(body, before), "x.bpmn")
    return {f.rule for f in found} - {
        "task-incomplete",
        "loop-without-items",
        "schema",
        "hjemmel-missing",
        "expression",
    }


def line(task):
    return start() + task + end() + chain("Begin", "T", "Done")


def service(inputs, outputs):
    return line(node("serviceTask", "T", specification(inputs, outputs), operationRef="Op"))


def call(inputs, outputs):
    return line(node("callActivity", "T", specification(inputs, outputs), calledElement="G"))


def repeated(inside, inputs=("Many",), outputs=("Many",)):
    many = f"<bpmn:multiInstanceLoopCharacteristics>{inside}</bpmn:multiInstanceLoopCharacteristics>"
    return line(node("task", "T", specification(inputs, outputs) + many))


def event(data):
    inner = f'{data}<bpmn:messageEventDefinition messageRef="In"/>'
    return line(node("intermediateCatchEvent", "T", inner))


LIST = '<bpmn:loopDataInputRef>{}</bpmn:loopDataInputRef><bpmn:inputDataItem id="item" itemSubjectRef="{}"/>'
CROSSING = (
    '<bpmn:collaboration id="C"><bpmn:choreographyRef>H</bpmn:choreographyRef>'
    '<bpmn:participant id="Pool" processRef="P"/>'
    '<bpmn:messageFlow id="F" sourceRef="Pool" targetRef="Task"/></bpmn:collaboration>'
)
CARDINALITY = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
GLOBAL_TASK = CALLED.format(ITEMS, specification(["One"], ["Other"], "g"))


@pytest.mark.parametrize(
    ("body", "before", "broken"),
    [
        (service(["One"], ["Other"]), ITEMS, set()),
        (service(["Same"], ["Other"]), ITEMS, set()),
        (service(["Other"], ["Other"]), ITEMS, {"operation-data"}),
        (line(node("serviceTask", "T", operationRef="Op")), ITEMS, {"operation-data"}),
        (line(node("serviceTask", "T", operationRef="In")), ITEMS, {"reference"}),
        (call(["Same"], ["Other"]), GLOBAL_TASK, set()),
        (call(["One"], []), GLOBAL_TASK, {"called-data"}),
        (call(["One"], ["Other", "One"]), GLOBAL_TASK, {"called-data"}),
        (call(["Other"], ["Other"]), GLOBAL_TASK, {"called-data"}),
        (repeated(LIST.format("in0", "Same")), ITEMS, set()),
        (repeated(LIST.format("in0", "Other")), ITEMS, {"repetition-data"}),
        (repeated(LIST.format("in0", "Many")), ITEMS, {"repetition-data"}),
        (repeated(LIST.format("Many", "One")), ITEMS, {"repetition-data", "reference"}),
        (repeated(LIST.format("in0", "One") + CARDINALITY), ITEMS, {"repetition-data"}),
        (
            repeated(f"{CARDINALITY}<bpmn:completionCondition>23</bpmn:completionCondition>"),
            ITEMS,
            {"condition-constant", "informal-expression"},
        ),
        (event('<bpmn:dataOutput id="d" itemSubjectRef="Same"/>'), ITEMS, set()),
        (event('<bpmn:dataOutput id="d" itemSubjectRef="Other"/>'), ITEMS, {"payload"}),
        (event(""), ITEMS, {"payload"}),
    ],
)  # fmt: skip
def test_data_of_an_element_agrees_with_what_it_refers_to(body, before, broken):
    ignored = {"data-collection", "informal-expression"} - broken
    assert rules(body, before) - ignored == broken


@pytest.mark.parametrize(
    ("definitions", "broken"),
    [
        ('<bpmn:collaboration id="C"><bpmn:choreographyRef>H</bpmn:choreographyRef></bpmn:collaboration>', []),
        (
            '<bpmn:globalConversation id="C"><bpmn:choreographyRef>H</bpmn:choreographyRef></bpmn:globalConversation>',
            [("choreography-reference", "C")],
        ),
        (
            '<bpmn:globalConversation id="C"><bpmn:conversation id="Talk"/></bpmn:globalConversation>',
            [("conversation-content", "Talk")],
        ),
        (
            CROSSING,
            [("choreography-closed", "F")],
        ),
    ],
)
def test_choreographies_and_conversations_keep_their_bounds(definitions, broken):
    choreography = (
        '<bpmn:choreography id="H" isClosed="true">'
        '<bpmn:choreographyTask id="Task" initiatingParticipantRef="A"/><bpmn:participant id="A"/></bpmn:choreography>'
    )
    source = f'{HEAD}{definitions}{choreography}<bpmn:process id="P"/></bpmn:definitions>'.encode()
    found = engine.lint(source, "x.bpmn")
    assert [(f.rule, f.element_id) for f in found if f.rule.startswith(("choreo", "convers"))] == broken


@pytest.mark.parametrize(
    ("binding", "broken"),
    [
        ('<bpmn:ioBinding operationRef="Op" inputDataRef="in0" outputDataRef="out0"/>', set()),
        ('<bpmn:ioBinding operationRef="Op" inputDataRef="in0" outputDataRef="out1"/>', {"operation-binding"}),
        ("", {"operation-unbound"}),
    ],
)
def test_offered_operation_is_bound_to_data_of_what_its_messages_carry(binding, broken):
    offers = "<bpmn:supportedInterfaceRef>I</bpmn:supportedInterfaceRef>"
    body = offers + specification(["One"], ["Other", "One"]) + binding + line(node("task", "T"))
    assert rules(body) == broken


@pytest.mark.parametrize(
    ("name", "state", "broken"),
    [
        ("Case [open]", "open", set()),
        ("Case", "open", {"data-state-name"}),
        ("Case [shut]", "open", {"data-state-name"}),
    ],
)
def test_data_object_in_a_state_is_named_with_it(name, state, broken):
    reference = node("dataObjectReference", "R", f'<bpmn:dataState name="{state}"/>', dataObjectRef="D", name=name)
    assert rules(line(node("task", "T")) + node("dataObject", "D", name="Case") + reference) == broken


def test_data_sets_that_belong_together_refer_to_each_other():
    def sets(back):
        return (
            '<bpmn:ioSpecification><bpmn:dataInput id="a"/><bpmn:dataOutput id="b"/>'
            '<bpmn:inputSet id="I1"><bpmn:dataInputRefs>a</bpmn:dataInputRefs>'
            "<bpmn:outputSetRefs>O1</bpmn:outputSetRefs></bpmn:inputSet>"
            f'<bpmn:outputSet id="O1"><bpmn:dataOutputRefs>b</bpmn:dataOutputRefs>{back}</bpmn:outputSet>'
            "</bpmn:ioSpecification>"
        )

    back = "<bpmn:inputSetRefs>I1</bpmn:inputSetRefs>"
    assert rules(line(node("task", "T", sets(back)))) == set()
    assert rules(line(node("task", "T", sets("")))) == {"data-set-pair"}


def test_process_input_is_not_written_nor_its_output_read():
    task = (
        '<bpmn:ioSpecification><bpmn:dataInput id="ti"/><bpmn:dataOutput id="to"/><bpmn:inputSet><bpmn:dataInputRefs>ti'
        "</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet><bpmn:dataOutputRefs>to</bpmn:dataOutputRefs>"
        "</bpmn:outputSet></bpmn:ioSpecification>"
        '<bpmn:dataInputAssociation id="DI"><bpmn:sourceRef>{}</bpmn:sourceRef><bpmn:targetRef>ti</bpmn:targetRef>'
        '</bpmn:dataInputAssociation><bpmn:dataOutputAssociation id="DO"><bpmn:sourceRef>to</bpmn:sourceRef>'
        "<bpmn:targetRef>{}</bpmn:targetRef></bpmn:dataOutputAssociation>"
    )
    process = (
        '<bpmn:ioSpecification><bpmn:dataInput id="pi"/><bpmn:dataOutput id="po"/><bpmn:inputSet><bpmn:dataInputRefs>pi'
        "</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet><bpmn:dataOutputRefs>po</bpmn:dataOutputRefs>"
        "</bpmn:outputSet></bpmn:ioSpecification>"
    )
    assert rules(process + line(node("task", "T", task.format("pi", "po")))) == {"data-association"}
    assert rules(process + line(node("task", "T", task.format("po", "pi")))) == {"data-association", "data-direction"}
