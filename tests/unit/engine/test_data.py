"""Data associations move values between data objects and the inputs and outputs of elements (BPMN 2.0 §10.4.2)."""

import pytest

from kfflow import engine
from kfflow.engine.outcome import Thrown
from tests.unit.engine.drawing import Case, chain, compiled, diagram, end, extended, node, script, start

CASE = node("dataObject", "D1", name="Sag") + node("dataObjectReference", "R1", dataObjectRef="D1")
NOTE = node("dataObject", "D2", name="Notat") + node("dataObjectReference", "R2", dataObjectRef="D2")
FORM = "http://www.omg.org/spec/DMN/FEEL/"


def into(source, target, inside=""):
    ends = f"<bpmn:sourceRef>{source}</bpmn:sourceRef><bpmn:targetRef>{target}</bpmn:targetRef>"
    return f'<bpmn:dataInputAssociation id="{source}_{target}">{ends}{inside}</bpmn:dataInputAssociation>'


def out(source, target, inside=""):
    ends = f"<bpmn:sourceRef>{source}</bpmn:sourceRef><bpmn:targetRef>{target}</bpmn:targetRef>"
    return f'<bpmn:dataOutputAssociation id="{source}_{target}">{ends}{inside}</bpmn:dataOutputAssociation>'


def transformation(text, **attributes):
    return node("transformation", "Tr", text, **attributes)


def assignment(source, target):
    return f"<bpmn:assignment><bpmn:from>{source}</bpmn:from><bpmn:to>{target}</bpmn:to></bpmn:assignment>"


def data(inputs=(), outputs=(), optional=()):
    items = "".join(node("dataInput", one, name=f"{one} navn") for one in inputs)
    items += "".join(node("dataOutput", one) for one in outputs)
    taken = "".join(f"<bpmn:dataInputRefs>{one}</bpmn:dataInputRefs>" for one in inputs)
    taken += "".join(f"<bpmn:optionalInputRefs>{one}</bpmn:optionalInputRefs>" for one in optional if one in inputs)
    given = "".join(f"<bpmn:dataOutputRefs>{one}</bpmn:dataOutputRefs>" for one in outputs)
    given += "".join(f"<bpmn:optionalOutputRefs>{one}</bpmn:optionalOutputRefs>" for one in optional if one in outputs)
    sets = f"<bpmn:inputSet>{taken}</bpmn:inputSet><bpmn:outputSet>{given}</bpmn:outputSet>"
    return f"<bpmn:ioSpecification>{items}{sets}</bpmn:ioSpecification>"


def line(*drawn, names=("T",), before=""):
    return compiled(CASE + NOTE + start() + "".join(drawn) + end() + chain("Begin", *names, "Done"), before)


def opened(case):
    (place,) = case.outcome.opened
    return place.variables


def test_data_object_is_copied_into_the_input_and_the_output_into_another():
    task = node("userTask", "T", data(["In"], ["Ud"]) + into("R1", "In") + out("Ud", "R2"))
    case = Case(line(task), {"Sag": {"nr": 1}})
    assert opened(case)["In navn"] == {"nr": 1}
    case.complete("T", Ud="færdig", svar=True)
    assert case.outcome.variables == {"Notat": "færdig", "svar": True}


def test_transformation_and_assignments_make_the_value():
    changed = transformation("=Sag.nr + 1")
    put = assignment("Sag.nr", "In.sag.nummer") + assignment("&quot;x&quot;", "art")
    task = node("userTask", "T", data(["In", "Ny"]) + into("R1", "In", put) + into("R1", "Ny", changed))
    seen = opened(Case(line(task), {"Sag": {"nr": 1}}))
    assert (seen["In navn"], seen["Ny navn"]) == ({"sag": {"nummer": 1}, "art": "x"}, 2)


def test_assignments_to_an_output_change_parts_of_its_target():
    task = node("userTask", "T", data([], ["Ud"]) + out("Ud", "R1", assignment("Ud.dato", "Sag.dato")))
    case = Case(line(task), {"Sag": {"nr": 1}}).complete("T", Ud={"dato": "2026-03-02"})
    assert case.outcome.variables == {"Sag": {"nr": 1, "dato": "2026-03-02"}}


def test_element_waits_until_its_data_are_there():
    task = node("userTask", "T", data(["In"]) + into("R1", "In"))
    case = Case(line(task))
    assert (case.waits_at(), engine.awaits_condition(case.snapshot)) == ([], True)
    assert [h.data["names"] for h in case.outcome.happened if h.kind == "DATA_AWAITED"] == [["Sag"]]
    case.take(engine.set_variables(case.definition, case.snapshot, {"Sag": 7}, case.env()))
    assert (case.waits_at(), opened(case)["In navn"]) == (["T"], 7)


def test_element_waits_for_data_that_a_branch_beside_it_writes():
    task = node("userTask", "T", data(["In"]) + into("R1", "In"))
    writes = node("userTask", "S", data([], ["Ud"]) + out("Ud", "R1"))
    fork = node("parallelGateway", "Split") + node("parallelGateway", "Join")
    drawn = start() + fork + task + writes + end() + chain("Begin", "Split", "T", "Join", "Done")
    case = Case(compiled(CASE + drawn + chain("Split", "S", "Join")))
    assert case.waits_at() == ["S"]
    case.complete("S", Ud=3)
    assert (case.waits_at(), opened(case)["In navn"]) == (["T"], 3)


def test_element_that_waits_for_data_begins_in_a_version_that_asks_for_none():
    asks = line(node("userTask", "T", data(["In"]) + into("R1", "In")))
    case = Case(asks)
    plain = line(node("userTask", "T"))
    outcome, _ = engine.migrate(asks, plain, case.snapshot, {}, case.env())
    case.take(outcome)
    assert opened(case) == {}


def test_optional_input_is_not_waited_for():
    task = node("userTask", "T", data(["In"], optional=["In"]) + into("R1", "In"))
    assert "In navn" not in opened(Case(line(task)))


def test_output_that_is_missing_is_an_incident_unless_it_is_optional():
    lacking = node("userTask", "T", data([], ["Ud"]) + out("Ud", "R2"))
    case = Case(line(lacking)).complete("T")
    assert [(o.kind, o.element_id) for o in case.outcome.opened] == [("DATA_UNAVAILABLE", "T")]
    case.take(engine.set_variables(case.definition, case.snapshot, {"Ud": 1}, case.env())).do(engine.retry, "T")
    assert case.variables["Notat"] == 1
    optional = node("userTask", "T", data([], ["Ud"], optional=["Ud"]) + out("Ud", "R2"))
    assert Case(line(optional)).complete("T").outcome.variables == {}


def test_script_reads_its_property_and_gives_its_output():
    computes = extended('<zeebe:script expression="=Egen * 2" resultVariable="Ud"/>')
    own = computes + data([], ["Ud"]) + node("property", "Egen") + into("R1", "Egen") + out("Ud", "R2")
    case = Case(line(node("scriptTask", "T", own)), {"Sag": 21})
    assert case.outcome.variables == {"Sag": 21, "Notat": 42}


MESSAGE = '<bpmn:message id="M" name="kom"/>'
COMES = '<bpmn:messageEventDefinition messageRef="M"/>'


@pytest.mark.parametrize(
    ("brought", "got"), [({"Ud": 1, "b": 2}, 1), ({"a": 5}, 5), ({"a": 5, "b": 6}, {"a": 5, "b": 6})]
)
def test_event_pushes_what_it_brought_into_a_data_object(brought, got):
    catch = node("intermediateCatchEvent", "T", node("dataOutput", "Ud") + out("Ud", "R1") + COMES)
    case = Case(line(catch, before=MESSAGE)).do(engine.deliver_message, "T", brought)
    assert case.variables["Sag"] == got


def test_event_that_throws_takes_its_message_from_a_data_object():
    throw = node("intermediateThrowEvent", "T", node("dataInput", "In") + into("R1", "In") + COMES)
    case = Case(line(throw, before=MESSAGE), {"Sag": {"nr": 1}})
    assert case.outcome.thrown == (Thrown("MESSAGE", "T", "kom", None, {"In": {"nr": 1}}),)


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_multi_instance_goes_through_the_list_of_its_input_and_gives_one_as_its_output(sequential):
    refs = "<bpmn:loopDataInputRef>In</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>Ud</bpmn:loopDataOutputRef>"
    items = node("inputDataItem", "Et", name="en") + node("outputDataItem", "Svar", name="svar")
    loop = node("multiInstanceLoopCharacteristics", "L", refs + items, isSequential=sequential)
    computes = extended('<zeebe:script expression="=en * 2" resultVariable="svar"/>')
    drawn = computes + data(["In"], ["Ud"]) + into("R1", "In") + out("Ud", "R2") + loop
    case = Case(line(node("scriptTask", "T", drawn)), {"Sag": [1, 2, 3]})
    assert case.outcome.variables == {"Sag": [1, 2, 3], "Notat": [2, 4, 6]}


def test_data_object_of_a_subprocess_ends_with_it():
    task = node("userTask", "T", data([], ["Ud"]) + out("Ud", "R3"))
    own = node("dataObject", "D3", name="Kladde") + node("dataObjectReference", "R3", dataObjectRef="D3")
    reads = script("S", "=Kladde + 1", "læst")
    inner = own + start("In") + task + reads + end("Ud2") + chain("In", "T", "S", "Ud2")
    case = Case(line(node("subProcess", "Sub", inner), names=("Sub",))).complete("T", Ud=1)
    assert case.outcome.variables == {"læst": 2}


def test_data_object_goes_by_its_name_or_that_of_its_references_or_its_id():
    def taken(name, *references):
        drawn = "".join(
            node("dataObjectReference", f"R{n}", dataObjectRef="D", **named) for n, named in enumerate(references)
        )
        task = node("userTask", "T", data(["In"]) + into("R0", "In"))
        body = node("dataObject", "D", **name) + drawn + start() + task + end() + chain("Begin", "T", "Done")
        return opened(Case(compiled(body), {"A": "navn", "B": "reference", "D": "id"}))["In navn"]

    assert taken({"name": "A"}, {"name": "B"}) == "navn"
    assert taken({}, {"name": "B"}, {"name": "B"}) == "reference"
    assert taken({}, {"name": "B"}, {"name": "A"}) == "id"


STORE = node("dataStore", "Reg")
HELD = node("dataStoreReference", "RS", dataStoreRef="Reg")
PLACE = node("property", "Pl", name="__targetRef_placeholder")


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        (data(["In"]) + into("RS", "In"), "no data stores"),
        (PLACE + into("R1", "Pl"), "both a source and a target"),
        ('<bpmn:dataOutputAssociation id="O"><bpmn:targetRef>R1</bpmn:targetRef></bpmn:dataOutputAssociation>', "both"),
        (data(["In"]) + into("R1", "In", transformation("/a/b", language="http://www.w3.org/1999/XPath")), "not FEEL"),
        (data(["In"]) + into("R1", "In", assignment("Sag", "In/a")), "not FEEL"),
        (data(["In"]) + into("In", "R1"), "own data"),
    ],
)
def test_association_that_kfflow_cannot_run_is_named_and_moves_nothing(inside, why):
    body = CASE + HELD + start() + node("userTask", "T", inside) + end() + chain("Begin", "T", "Done")
    (found,) = [f for f in engine.lint(diagram(body, STORE), "x.bpmn") if f.rule == "data-association"]
    assert (found.severity, why in found.message_en) == ("warning", True)
    assert Case(compiled(body, STORE)).waits_at() == ["T"]


def test_association_in_feel_is_run_and_not_warned_of():
    task = node("userTask", "T", data(["In"]) + into("R1", "In", transformation("Sag", language=FORM)))
    body = CASE + start() + task + end() + chain("Begin", "T", "Done")
    assert [f for f in engine.lint(diagram(body), "x.bpmn") if f.rule == "data-association"] == []


def test_output_of_a_task_that_nobody_does_is_named():
    body = CASE + start() + node("task", "T", data([], ["Ud"]) + out("Ud", "R1")) + end() + chain("Begin", "T", "Done")
    (found,) = [f for f in engine.lint(diagram(body), "x.bpmn") if f.rule == "data-association"]
    assert (found.element_id, "makes no data" in found.message_en) == ("Ud_R1", True)
    assert Case(compiled(body)).snapshot is None
