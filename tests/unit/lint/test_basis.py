"""What a case process under law must say, broken one by one; and of whom nothing is asked."""

import pytest

from kfflow import engine
from kfflow.engine.findings import DeploymentRefused
from tests.unit.engine.drawing import chain, diagram, end, extended, flow, node, start, timer, user

BASIS = '<kf:hjemmel text="straffuldbyrdelsesloven § 46"/>'
ROLE = '<zeebe:assignmentDefinition candidateGroups="sagsbehandler"/>'
FORM = '<zeebe:formDefinition formId="vurder"/>'
PRIORITY = '<zeebe:priorityDefinition priority="50"/>'
DEADLINE = '<kf:deadline rule="5 AD" kind="internal" hjemmel="Internt mål, kan indstilles"/>'
WHOLE = (BASIS, ROLE, FORM, PRIORITY, DEADLINE)


def process(*parts, basis=BASIS):
    return diagram(extended(basis) + "".join(parts))


def with_task(*said):
    return process(start(), user("Vurder", *said), end(), chain("Begin", "Vurder", "Done"))


def errors(source, **known):
    found = engine.judge(source, "x.bpmn", **known).findings
    return [(f.rule, f.element_id) for f in found if f.severity == "error"]


def test_task_that_says_everything_has_no_errors():
    assert errors(with_task(*WHOLE)) == []


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (BASIS, "hjemmel-missing"),
        (ROLE, "assignment-missing"),
        (FORM, "form-missing"),
        (PRIORITY, "priority-missing"),
        (DEADLINE, "deadline-missing"),
    ],
)
def test_task_under_law_that_lacks_a_part_is_refused_naming_it(part, rule):
    source = with_task(*(one for one in WHOLE if one != part))
    assert errors(source) == [(rule, "Vurder")]
    with pytest.raises(DeploymentRefused) as refused:
        engine.compile_new(source, "x.bpmn")
    assert [f.rule for f in refused.value.findings if f.severity == "error"] == [rule]


def test_lane_is_no_role():
    lanes = '<bpmn:laneSet id="L"><bpmn:lane id="sagsbehandler"><bpmn:flowNodeRef>Vurder</bpmn:flowNodeRef></bpmn:lane>'
    task = user("Vurder", BASIS, FORM, PRIORITY, DEADLINE)
    drawn = process(f"{lanes}</bpmn:laneSet>", start(), task, end(), chain("Begin", "Vurder", "Done"))
    assert errors(drawn) == [("assignment-missing", "Vurder")]


def waiting(definition, *said, identity="Vent"):
    return node("intermediateCatchEvent", identity, (extended(*said) if said else "") + definition)


CONDITION = '<bpmn:condition xsi:type="bpmn:tFormalExpression">=indstillet = true</bpmn:condition>'
CONDITIONAL = f"<bpmn:conditionalEventDefinition>{CONDITION}</bpmn:conditionalEventDefinition>"


@pytest.mark.parametrize("definition", [timer("timeDuration", "P1D"), CONDITIONAL])
def test_event_that_waits_needs_a_basis(definition):
    event = waiting(definition)
    assert errors(process(start(), event, end(), chain("Begin", "Vent", "Done"))) == [("hjemmel-missing", "Vent")]


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_gateway_that_decides_needs_a_basis(kind):
    ways = flow("Valg", "Done", "=sigtet = true") + flow("Valg", "Anden")
    body = start() + node(kind, "Valg", default="Valg_Anden") + end() + end("Anden") + chain("Begin", "Valg") + ways
    assert errors(process(body)) == [("hjemmel-missing", "Valg")]


def test_gateway_that_waits_for_the_first_event_needs_a_basis():
    events = waiting(timer("timeDuration", "P1D"), BASIS) + waiting(CONDITIONAL, BASIS, identity="Laenge")
    body = start() + node("eventBasedGateway", "Hvad") + events + end() + end("Sent")
    body += chain("Begin", "Hvad", "Vent", "Done") + chain("Hvad", "Laenge", "Sent")
    assert errors(process(body)) == [("hjemmel-missing", "Hvad")]


def test_parallel_gateway_chooses_nothing_and_needs_none():
    task = user("Vurder", *WHOLE)
    body = start() + node("parallelGateway", "Deler") + task + end() + end("Anden") + chain("Begin", "Deler")
    assert errors(process(body + chain("Deler", "Vurder", "Done") + flow("Deler", "Anden"))) == []


def test_process_with_an_empty_basis_is_asked_to_fill_it_in():
    source = process(start(), end(), chain("Begin", "Done"), basis='<kf:hjemmel text=""/>')
    assert errors(source) == [("hjemmel-missing", "P")]


def test_diagram_without_any_basis_is_held_only_when_it_is_known_to_be_under_law():
    source = diagram(start() + user("Vurder") + end() + chain("Begin", "Vurder", "Done"))
    rules = ["assignment-missing", "deadline-missing", "form-missing", "hjemmel-missing", "priority-missing"]
    assert errors(source) == []
    found = errors(source, under_law=True)
    assert sorted(rule for rule, element in found if element == "Vurder") == rules
    assert ("hjemmel-missing", "P") in found


def test_what_was_deployed_once_is_not_judged_anew():
    assert engine.compile_process(with_task(BASIS), "x.bpmn")[0].process_id == "P"


@pytest.mark.parametrize(
    "computed", ['rule="=n"', 'rule="5 AD" start="=fra"', 'until="=til"', 'table="t" start="=fra"']
)
def test_deadline_under_law_that_computes_something_is_asked_what_it_is_in_words(computed):
    def warnings(*words):
        written = f'<kf:deadline {computed} {" ".join(words)} hjemmel="Internt mål"/>'
        found = engine.judge(with_task(BASIS, ROLE, FORM, PRIORITY, written), "x.bpmn").findings
        return [(f.element_id, f.severity) for f in found if f.rule == "deadline-words"]

    assert warnings() == warnings('da="Fra ankomsten"') == [("Vurder", "warning")]
    assert warnings('da="Fra ankomsten"', 'en="From the arrival"') == []
