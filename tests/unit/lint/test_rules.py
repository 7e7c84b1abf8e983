"""Each rule once broken; all findings at once, with the element they are about."""

import pytest

from kfflow import engine
from kfflow.engine.findings import DeploymentRefused
from tests.unit.engine.drawing import chain, diagram, end, extended, flow, node, script, start, timer, user

WORK = start() + user("Work") + end() + chain("Begin", "Work", "Done")


def found(body, before=""):
    return [(f.rule, f.element_id, f.severity.value) for f in engine.lint(diagram(body, before), "x.bpmn")]


def errors(body, before=""):
    return [(rule, element) for rule, element, severity in found(body, before) if severity == "error"]


def behind_gateway(kind):
    return start() + node("eventBasedGateway", "First") + node(kind, "T") + end() + chain("Begin", "First", "T", "Done")


def waits(inner):
    return start() + node("intermediateCatchEvent", "W", inner) + end() + chain("Begin", "W", "Done")


BROKEN = [
    (WORK + user("Work"), ("id-duplicate", "Work")),
    (WORK + node("userTask", "1a"), ("id-malformed", "1a")),
    (WORK + flow("Work", "Gone"), ("reference", "Work_Gone")),
    (WORK.replace('id="Work"', 'id="Work" default="Begin_Work"'), ("default-flow", "Work")),
    (WORK.replace('id="Work"', 'id="Work" default="Nowhere"'), ("reference", "Work")),
    (WORK + node("boundaryEvent", "B", timer("timeDuration", "P1D")) + chain("B", "Done"), ("reference", "B")),
    (user("Work") + end() + chain("Work", "Done"), ("no-start", "P")),
    (start() + user("Work") + chain("Begin", "Work"), ("no-end", "P")),
    ("", ("no-start", "P")),
    (
        start()
        + node("subProcess", "Sub", user("A") + user("B") + chain("A", "B", "A"))
        + end()
        + chain("Begin", "Sub", "Done"),
        ("no-way-in", "Sub"),
    ),
    (WORK.replace('id="Work"', 'id="Work" startQuantity="many"'), ("quantity", "Work")),
    (WORK + start("Other"), ("start-leads-nowhere", "Other")),
    (WORK + end("Other"), ("end-not-entered", "Other")),
    (
        start() + node("intermediateCatchEvent", "W", timer("timeDate", "soon")) + end() + chain("Begin", "W", "Done"),
        ("timer-invalid", "W"),
    ),
    (waits(timer("timeCycle", "0 0 30 2 *")), ("timer-invalid", "W")),
    (waits(extended('<kf:timer catchUp="twice"/>') + timer("timeDuration", "PT1H")), ("catch-up-invalid", "W")),
    (waits(extended('<kf:timer lateAfter="P1M"/>') + timer("timeDuration", "PT1H")), ("catch-up-invalid", "W")),
    (waits(extended('<kf:timer catchup="all"/>') + timer("timeDuration", "PT1H")), ("catch-up-invalid", "W")),
    (waits(extended('<kf:timer catchUp="skip"/>') + timer("timeDuration", "PT1H")), ("catch-up-strands", "W")),
    (
        start()
        + node("intermediateCatchEvent", "W", "<bpmn:timerEventDefinition/>")
        + end()
        + chain("Begin", "W", "Done"),
        ("timer-missing", "W"),
    ),
    (
        start()
        + node("intermediateCatchEvent", "W", '<bpmn:messageEventDefinition messageRef="No"/>')
        + end()
        + chain("Begin", "W", "Done"),
        ("reference", None),
    ),
    (
        start()
        + node("intermediateCatchEvent", "W", "<bpmn:messageEventDefinition/>")
        + end()
        + chain("Begin", "W", "Done"),
        ("message-missing", "W"),
    ),
    (start() + node("serviceTask", "S") + end() + chain("Begin", "S", "Done"), ("task-incomplete", "S")),
    (start() + node("callActivity", "C") + end() + chain("Begin", "C", "Done"), ("task-incomplete", "C")),
    (
        start() + node("receiveTask", "G", instantiate="true", messageRef="M") + end() + chain("Begin", "G", "Done"),
        ("instantiate-entered", "G"),
    ),
    (behind_gateway("userTask"), ("event-gateway-target", "T")),
    (start() + script("S", "=1 +", "x") + end() + chain("Begin", "S", "Done"), ("expression", "S")),
    (WORK + node("userTask", "Q", startQuantity="0"), ("quantity", "Q")),
    (
        start()
        + node("userTask", "M", "<bpmn:multiInstanceLoopCharacteristics/>")
        + end()
        + chain("Begin", "M", "Done"),
        ("loop-without-items", "M"),
    ),
    (WORK + node("subProcess", "E", start("S"), triggeredByEvent="true"), ("event-subprocess-none", "S")),
    (WORK + node("subProcess", "E", "", triggeredByEvent="true"), ("event-subprocess-start", "E")),
    (WORK + node("endEvent", "X", "<bpmn:cancelEventDefinition/>") + chain("Work", "X"), ("event-kind", "X")),
    (
        start()
        + node("intermediateThrowEvent", "L", '<bpmn:linkEventDefinition name="x"/>')
        + end()
        + chain("Begin", "L"),
        ("link-alone", "L"),
    ),
]


@pytest.mark.parametrize(("body", "expected"), BROKEN, ids=[f"{i}-{rule}" for i, (_, (rule, _)) in enumerate(BROKEN)])
def test_broken_rule_is_an_error_at_its_element(body, expected):
    assert expected in errors(body)
    with pytest.raises(DeploymentRefused):
        engine.compile_process(diagram(body), "x.bpmn")


def test_choice_without_condition_is_an_error_at_the_flow():
    body = start() + node("exclusiveGateway", "G") + user("A") + user("B") + end()
    body += chain("Begin", "G", "A", "Done") + flow("G", "B", "=x > 1") + chain("B", "Done")
    assert ("no-condition", "G_A") in errors(body)


def test_parallel_gateways_that_feed_themselves_are_refused():
    body = start() + node("parallelGateway", "Join") + node("parallelGateway", "Split") + end()
    body += chain("Begin", "Join", "Split", "Done") + flow("Split", "Join")
    assert ("parallel-cycle", "Split") in errors(body)


def test_unreachable_element_is_a_remark():
    assert ("unreachable", "Alone", "warning") in found(WORK + user("Alone"))


def test_missing_basis_is_a_remark_in_our_dialect_and_nothing_without_it():
    assert ("hjemmel-missing", "Work", "warning") in found(WORK)
    plain = diagram(WORK).replace(b' xmlns:kf="urn:kfflow:bpmn:1"', b"")
    assert not [f for f in engine.lint(plain, "x.bpmn") if f.rule == "hjemmel-missing"]


def test_person_without_role_and_form_is_information():
    kinds = {(rule, severity) for rule, element, severity in found(WORK) if element == "Work"}
    assert {("assignment-missing", "info"), ("form-missing", "info")} <= kinds


def test_all_faults_come_at_once_in_both_languages_with_lines():
    body = (
        start()
        + node("serviceTask", "S")
        + script("T", "=(", "x")
        + user("S")
        + end()
        + chain("Begin", "S", "T", "Done")
    )
    with pytest.raises(DeploymentRefused) as refused:
        engine.compile_process(diagram(body), "x.bpmn")
    wrong = [f for f in refused.value.findings if f.severity.value == "error"]
    assert {f.rule for f in wrong} == {"id-duplicate", "task-incomplete", "expression"}
    assert all(f.message_da and f.message_en and f.message_da != f.message_en and f.line for f in wrong)


def test_process_that_is_not_executable_may_be_drawn_but_not_deployed():
    source = diagram(start() + node("serviceTask", "S") + end() + chain("Begin", "S", "Done")).replace(
        b' isExecutable="true"', b""
    )
    assert {f.severity.value for f in engine.lint(source, "x.bpmn")} <= {"warning", "info"}
    with pytest.raises(DeploymentRefused):
        engine.compile_process(source, "x.bpmn")


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ('rule="banan"', "deadline-rule"),
        ('rule="10 dage"', "deadline-rule"),
        ('rule="1 AD" roll="sideways"', "deadline-roll"),
        ('rule="1 AD" cutoff="25:00"', "deadline-cutoff"),
        ('rule="P1X"', "deadline-rule"),
        ('rule="1 AD" calendar="moon"', "deadline-calendar"),
        ('rule="1 AD" warnShare="2"', "deadline-warn-share"),
        ('rule="=svarfrist" cutoff="sent"', "deadline-cutoff"),
        ('rule="1 AD" kind="lov"', "deadline-kind"),
        ('rule="1 AD" until="2026-12-01"', "deadline-rule"),
        ('start="=dag"', "deadline-rule"),
        ('rule="1 AD" rol="next"', "deadline-attribute"),
    ],
)
def test_a_deadline_that_cannot_be_worked_out_is_refused(attributes, rule):
    work = user("Work", f"<kf:deadline {attributes}/>")
    assert errors(start() + work + end() + chain("Begin", "Work", "Done")) == [(rule, "Work")]


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        ('gyldigTil="2027-01-01"', 'gyldigFra="2027-01-01"', None),
        ('gyldigTil="2027-01-02"', 'gyldigFra="2027-01-01"', "Two deadlines of A are in force from 2027-01-01 until"),
        ("", 'gyldigFra="2027-01-01"', "Two deadlines of A are in force from 2027-01-01 on."),
        ('gyldigTil="2027-01-01"', 'gyldigTil="2028-01-01"', "Two deadlines of A are in force until 2026-12-31."),
        ("", "", "Two deadlines of A are in force always."),
        ('gyldigTil="2026-12-30"', 'gyldigFra="2027-01-01"', "No deadline of A is in force from 2026-12-30 until"),
        ('gyldigTil="2027-01-01" overgang="SOME"', 'gyldigFra="2027-01-01"', "A, overgang: Not known. Choose"),
        ('gyldigTil="1.1.2027"', 'gyldigFra="2027-01-01"', "A, gyldigTil: Write the date as YYYY-MM-DD."),
        (
            'gyldigTil="2027-01-01" overgang="NEW_CASES"',
            'gyldigFra="2027-01-01" overgang="ALL_RUNNING"',
            "The deadlines of A differ about overgang: NEW_CASES, ALL_RUNNING.",
        ),
    ],
)
def test_rules_by_date_must_follow_each_other_without_a_break(earlier, later, told):
    rules = f'<kf:deadline rule="1 AD" hjemmel="§ 1" {earlier}/>\n<kf:deadline rule="2 AD" hjemmel="§ 2" {later}/>'
    source = diagram(start() + user("A", rules) + end() + chain("Begin", "A", "Done"))
    found = [f for f in engine.lint(source, "x.bpmn") if f.rule.startswith("deadline-period")]
    assert len(found) == (0 if told is None else 1)
    assert all(f.message_en.startswith(told) for f in found)
    assert {(f.element_id, f.severity.value) for f in found} <= {("A", "error")}


def test_break_between_rules_is_told_at_the_line_of_the_later():
    rules = (
        '\n<kf:deadline rule="1 AD" hjemmel="§ 1"/>\n<kf:deadline rule="2 AD" hjemmel="§ 2" gyldigFra="2027-01-01"/>'
    )
    source = diagram(start() + user("A", rules) + end() + chain("Begin", "A", "Done"))
    assert [f.line for f in engine.lint(source, "x.bpmn") if f.rule == "deadline-periods"] == [3]


def test_days_without_a_rule_are_warned_of():
    rules = '<kf:deadline rule="1 AD" hjemmel="§ 1" gyldigFra="2027-01-01" gyldigTil="2028-01-01"/>'
    source = diagram(start() + user("A", rules) + end() + chain("Begin", "A", "Done"))
    found = [(f.severity.value, f.message_en) for f in engine.lint(source, "x.bpmn") if f.rule == "deadline-uncovered"]
    assert found == [
        ("warning", "Before 2027-01-01 A has no deadline."),
        ("warning", "From 2028-01-01 on A has no deadline."),
    ]


def test_rule_by_date_says_its_legal_basis():
    work = user("A", '<kf:deadline rule="1 AD" gyldigTil="2027-01-01"/>', "<kf:hjemmel text='§ 1'/>")
    found = errors(start() + work + end() + chain("Begin", "A", "Done"))
    assert [one for one in found if one[0].startswith("deadline-period")] == [("deadline-period-hjemmel", "A")]


def test_a_deadline_that_is_worked_out_when_it_begins_is_not_judged_before():
    work = user("Work", '<kf:deadline rule="=svarfrist" calendar="dk" roll="next" cutoff="13:00"/>')
    assert errors(start() + work + end() + chain("Begin", "Work", "Done")) == []
