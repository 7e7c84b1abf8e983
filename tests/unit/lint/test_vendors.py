"""Diagrams as other tools write them: each gets a verdict, and its findings are at its elements."""

import pytest
from lxml import etree

from kfflow import engine
from kfflow.engine import Verdict
from tests.unit.engine.drawing import chain, diagram, end, node, start, user

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PLAIN = diagram(start() + user("Work") + end() + chain("Begin", "Work", "Done")).decode()
DRAWN = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="Di">'
    '<bpmndi:BPMNPlane id="Plane" bpmnElement="P"><bpmndi:BPMNShape id="S1" bpmnElement="Work" isExpanded="true">'
    '<dc:Bounds x="1.5" y="-2" width="100" height="80"/><bpmndi:BPMNLabel labelStyle="L"><dc:Bounds x="1" y="1" '
    'width="0" height="0"/></bpmndi:BPMNLabel></bpmndi:BPMNShape><bpmndi:BPMNEdge id="E1" bpmnElement="Begin_Work">'
    '<di:waypoint x="1" y="1"/><di:waypoint x="9" y="1"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane>'
    '<bpmndi:BPMNLabelStyle id="L"><dc:Font name="Arial" size="11"/></bpmndi:BPMNLabelStyle></bpmndi:BPMNDiagram>'
)
SIGNAVIO = (
    '<bpmn:extensionElements><s:signavioDiagramMetaData xmlns:s="http://www.signavio.com" metaKey="prozessziele" '
    'metaValue=""/><s:signavioLabel xmlns:s="http://www.signavio.com" align="center" ref="text_name"/>'
    "</bpmn:extensionElements>"
)
BIZAGI = (
    '<bpmn:extensionElements><b:BizagiExtensions xmlns:b="http://www.bizagi.com/bpmn20"><b:BizagiProperties>'
    '<b:BizagiProperty name="bgColor" value="#ECEFFF"/></b:BizagiProperties></b:BizagiExtensions>'
    "</bpmn:extensionElements>"
)
COLLABORATION = (
    '<bpmn:collaboration id="C"><bpmn:participant id="Ours" processRef="P"/>'
    '<bpmn:participant id="Theirs" name="Court"/><bpmn:participant id="Third" processRef="Other"/>'
    '<bpmn:messageFlow id="F" sourceRef="Theirs" targetRef="Work"/></bpmn:collaboration>'
)
OTHER = '<bpmn:process id="Other" isExecutable="false"><bpmn:task id="Alone"/></bpmn:process>'
LANES = (
    '<bpmn:laneSet id="Ls"><bpmn:lane id="L1" name="Unit"><bpmn:flowNodeRef>Work</bpmn:flowNodeRef>'
    '<bpmn:childLaneSet id="Cl"><bpmn:lane id="L2"><bpmn:flowNodeRef>Gone</bpmn:flowNodeRef></bpmn:lane>'
    "</bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
)
CHOREOGRAPHY = (
    f'<definitions xmlns="{MODEL}" targetNamespace="x"><choreography id="H"><participant id="A"/><participant id="B"/>'
    '<startEvent id="S"/><choreographyTask id="T" initiatingParticipantRef="A"><participantRef>A</participantRef>'
    '<participantRef>B</participantRef></choreographyTask><sequenceFlow id="f" sourceRef="S" targetRef="T"/>'
    "</choreography></definitions>"
)


def first(text, addition, before="<bpmn:startEvent"):
    return text.replace(before, addition + before, 1)


def renamed(prefix):
    declared = f"xmlns:{prefix}=" if prefix else "xmlns="
    tag = f"{prefix}:" if prefix else ""
    return PLAIN.replace("xmlns:bpmn=", declared).replace("<bpmn:", f"<{tag}").replace("</bpmn:", f"</{tag}")


STYLES = {
    "bpmn.io": (PLAIN.replace("</bpmn:definitions>", f"{DRAWN}</bpmn:definitions>"), Verdict.RUNS),
    "without a drawing": (PLAIN, Verdict.RUNS),
    "bpmn2 prefix": (renamed("bpmn2"), Verdict.RUNS),
    "semantic prefix": (renamed("semantic"), Verdict.RUNS),
    "default namespace": (renamed(""), Verdict.RUNS),
    "Signavio": (first(PLAIN, SIGNAVIO).replace('id="Work"', 'id="sid-1A2B-3C"').replace('"Work"', '"sid-1A2B-3C"'),
                 Verdict.RUNS),
    "Bizagi": (first(PLAIN, BIZAGI), Verdict.RUNS),
    "attributes of a vendor": (PLAIN.replace('id="Work"', 'id="Work" xmlns:x="urn:x" x:color="red"'), Verdict.RUNS),
    "exporter": (PLAIN.replace(' id="Defs"', ' id="Defs" exporter="Signavio Process Editor" exporterVersion="x" '
                 'expressionLanguage="http://www.w3.org/1999/XPath" typeLanguage="x"'), Verdict.RUNS),
    "pools": (PLAIN.replace("<bpmn:process", COLLABORATION + OTHER + "<bpmn:process", 1), Verdict.RUNS),
    "lanes that point at nothing": (first(PLAIN, LANES), Verdict.RUNS),
    "UTF-8 with a mark": ("\ufeff" + PLAIN, Verdict.RUNS),
    "not marked as executable": (PLAIN.replace(' isExecutable="true"', ""), Verdict.DRAFT),
    "isExecutable false": (PLAIN.replace('"true"', '"false"'), Verdict.DRAFT),
    "ids with spaces": (PLAIN.replace('"Work"', '"The work"'), Verdict.DRAFT),
    "ids of digits": (PLAIN.replace('"Work"', '"1"'), Verdict.DRAFT),
    "task without a job": (PLAIN.replace("userTask", "serviceTask"), Verdict.DRAFT),
    "task of no kind": (PLAIN.replace("userTask", "task"), Verdict.RUNS),
    "unknown element": (PLAIN.replace("userTask", "magicTask"), Verdict.DRAFT),
    "flow to nowhere": (PLAIN.replace('targetRef="Done"', 'targetRef="Gone"'), Verdict.DRAFT),
    "flow without ends": (first(PLAIN, '<bpmn:sequenceFlow id="Loose"/>'), Verdict.DRAFT),
    "start alone": (diagram(start()).decode(), Verdict.DRAFT),
    "empty process": (diagram("").decode(), Verdict.DRAFT),
    "no process": (f'<definitions xmlns="{MODEL}" targetNamespace="x"/>', Verdict.DRAFT),
    "choreography": (CHOREOGRAPHY, Verdict.DRAFT),
    "collaboration alone": (f'<definitions xmlns="{MODEL}"><collaboration id="C"/></definitions>', Verdict.DRAFT),
    "BPMN 1": ('<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', Verdict.REFUSED),
    "a drawing": ('<svg xmlns="http://www.w3.org/2000/svg"/>', Verdict.REFUSED),
    "another namespace": (PLAIN.replace(MODEL, "http://schema.omg.org/spec/BPMN/2.0"), Verdict.REFUSED),
    "document type": (f"<!DOCTYPE a>{PLAIN}", Verdict.REFUSED),
    "cut off": (PLAIN[:-30], Verdict.REFUSED),
    "empty file": ("", Verdict.REFUSED),
}  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), STYLES.values(), ids=STYLES)
def test_diagram_of_another_tool_gets_its_verdict(text, verdict):
    judged = engine.judge(text.encode(), "theirs.bpmn")
    assert judged.verdict == verdict
    assert "internal" not in {f.rule for f in judged.findings}
    assert judged.findings or verdict is Verdict.RUNS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encoding_changes_nothing(encoding):
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>{PLAIN}'.replace('id="Work"', 'id="Work" name="Afgørelse"')
    judged = engine.judge(text.encode(encoding), "theirs.bpmn")
    assert judged.verdict is Verdict.RUNS


def rich():
    """Draw a diagram with something of everything."""
    inner = start("S2") + node("task", "T2") + end("E2") + chain("S2", "T2", "E2")
    attached = node("boundaryEvent", "B", '<bpmn:signalEventDefinition signalRef="G"/>', attachedToRef="Work")
    body = LANES.replace("Gone", "Sub") + start() + user("Work") + node("subProcess", "Sub", inner) + attached + end()
    body += node("exclusiveGateway", "X", default="X_Done") + node("textAnnotation", "Note", "<bpmn:text>n</bpmn:text>")
    body += node("association", "As", sourceRef="Note", targetRef="Work")
    signal = '<bpmn:signal id="G" name="g"/>'
    return diagram(body + chain("Begin", "Work", "X", "Done") + chain("B", "Sub", "Done"), signal)


def test_any_part_may_be_missing_and_there_is_still_a_verdict():
    root = etree.fromstring(rich())
    places = [e for e in root.iter() if e is not root]
    verdicts = set()
    for number, place in enumerate(places):
        copy = etree.fromstring(rich())
        gone = [e for e in copy.iter() if e is not copy][number]
        for name in place.attrib:
            less = etree.fromstring(rich())
            del [e for e in less.iter() if e is not less][number].attrib[name]
            verdicts |= judged(less)
        gone.getparent().remove(gone)
        verdicts |= judged(copy)
    assert verdicts == {Verdict.RUNS, Verdict.DRAFT}


def judged(root):
    judgement = engine.judge(etree.tostring(root), "less.bpmn")
    assert "internal" not in {f.rule for f in judgement.findings}
    return {judgement.verdict}


ENGINES = {
    "drools:onEntry-script": "http://www.jboss.org/drools",
    "spiffworkflow:preScript": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "zeebe:executionListeners": "http://camunda.org/schema/zeebe/1.0",
}


@pytest.mark.parametrize("name", ENGINES)
def test_what_another_engine_would_do_is_named_at_its_element(name):
    prefix = name.partition(":")[0]
    task = node(
        "userTask",
        "Work",
        f'<bpmn:extensionElements><{name} xmlns:{prefix}="{ENGINES[name]}"/></bpmn:extensionElements>',
    )
    findings = engine.lint(diagram(start() + task + end() + chain("Begin", "Work", "Done")), "theirs.bpmn")
    ignored = [(f.element_id, f.message_en) for f in findings if f.rule == "extension-ignored"]
    assert ignored == [("Work", f"{name} of Work is not used by kfflow.")]


@pytest.mark.parametrize(("text", "severity"), [("total = a + 1", "error"), ("a = 1\nb = 2", "error"), ("a + 1", None)])
def test_script_that_assigns_is_no_feel_and_refused(text, severity):
    task = node("scriptTask", "Work", f"<bpmn:script>{text}</bpmn:script>")
    findings = engine.lint(diagram(start() + task + end() + chain("Begin", "Work", "Done")), "theirs.bpmn")
    refused = [f.severity.value for f in findings if f.rule == "script-language"]
    assert refused == ([severity] if severity else [])
