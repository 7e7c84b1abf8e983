"""What a new file begins as: a process, table, form, letter or scenario with all in it but what its author knows.

Each passes the check but for what must be filled in: legal bases, and the form and the deadline of a process's task.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:kf="urn:kfflow:bpmn:1"
 xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"
 modeler:executionPlatformVersion="8.8.0" id="Definitioner" targetNamespace="urn:kfflow">
 <bpmn:process id="{key}" name="{name}" isExecutable="true">
  <bpmn:extensionElements><kf:hjemmel text=""/></bpmn:extensionElements>
  <bpmn:startEvent id="SagenBegynder" name="Sagen begynder"><bpmn:outgoing>Vej_1</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="Vej_1" sourceRef="SagenBegynder" targetRef="Opgave_1"/>
  <bpmn:userTask id="Opgave_1" name="Behandl sagen">
   <bpmn:extensionElements>
    <zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="sagsbehandler"/>
    <zeebe:priorityDefinition priority="50"/>
    <kf:hjemmel text=""/>
   </bpmn:extensionElements>
   <bpmn:incoming>Vej_1</bpmn:incoming><bpmn:outgoing>Vej_2</bpmn:outgoing>
  </bpmn:userTask>
  <bpmn:sequenceFlow id="Vej_2" sourceRef="Opgave_1" targetRef="SagenSlutter"/>
  <bpmn:endEvent id="SagenSlutter" name="Sagen slutter"><bpmn:incoming>Vej_2</bpmn:incoming></bpmn:endEvent>
 </bpmn:process>
 <bpmndi:BPMNDiagram id="Diagram"><bpmndi:BPMNPlane id="Flade" bpmnElement="{key}">
  <bpmndi:BPMNShape id="SagenBegynder_di" bpmnElement="SagenBegynder">
   <dc:Bounds x="160" y="122" width="36" height="36"/>
   <bpmndi:BPMNLabel><dc:Bounds x="139" y="165" width="78" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="Opgave_1_di" bpmnElement="Opgave_1">
   <dc:Bounds x="260" y="100" width="100" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="SagenSlutter_di" bpmnElement="SagenSlutter">
   <dc:Bounds x="424" y="122" width="36" height="36"/>
   <bpmndi:BPMNLabel><dc:Bounds x="407" y="165" width="70" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
  <bpmndi:BPMNEdge id="Vej_1_di" bpmnElement="Vej_1">
   <di:waypoint x="196" y="140"/><di:waypoint x="260" y="140"/></bpmndi:BPMNEdge>
  <bpmndi:BPMNEdge id="Vej_2_di" bpmnElement="Vej_2">
   <di:waypoint x="360" y="140"/><di:waypoint x="424" y="140"/></bpmndi:BPMNEdge>
 </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
 xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
 xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"
 modeler:executionPlatformVersion="8.8.0" id="Definitioner_{key}" name="{name}" namespace="urn:kfflow:dmn">
 <decision id="{key}" name="{name}">
  <decisionTable id="Tabel_{key}" hitPolicy="UNIQUE">
   <input id="Ind_1" label="Sagstype"><inputExpression id="Udtryk_1" typeRef="string">
    <text>sagstype</text></inputExpression></input>
   <output id="Ud_1" label="Resultat" name="resultat" typeRef="string"/>
   <annotation name="hjemmel"/>
   <rule id="Regel_1">
    <inputEntry id="Regel_1_ind_1"><text>-</text></inputEntry>
    <outputEntry id="Regel_1_ud_1"><text>"udfyld"</text></outputEntry>
    <annotationEntry><text></text></annotationEntry>
   </rule>
  </decisionTable>
 </decision>
 <dmndi:DMNDI><dmndi:DMNDiagram id="Diagram"><dmndi:DMNShape id="{key}_di" dmnElementRef="{key}">
  <dc:Bounds x="160" y="100" width="180" height="80"/></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""
LETTER = """/* kfflow
{head}
*/
#import "brevhoved.typ": brev, data, tekst

#show: brev.with(til: "person")

#tekst(data.tekst)
"""
SCENARIO = """# Skriv her, hvilken bestemmelse scenariet viser.
name: Nyt scenarie
process: {process}
at: {at}
start:
  variables: {{}}
steps: []
expect:
  state: ACTIVE
"""


@dataclass(frozen=True, slots=True)
class Blank:
    """A kind of file that can be begun: its ending, what it is called, and what it begins as for a key and a name."""

    ending: str
    danish: str
    english: str
    make: Callable[[str, str], str]


def _process(key: str, name: str) -> str:
    return PROCESS.format(key=key, name=_attribute(name))


def _table(key: str, name: str) -> str:
    return TABLE.format(key=key, name=_attribute(name))


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": " "})


def _form(key: str, name: str) -> str:
    heading = {"type": "text", "id": "Tekst_1", "text": f"### {name}", "properties": {"text_en": f"### {name}"}}
    form = {"type": "default", "id": key, "schemaVersion": 19, "components": [heading]}
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


def _letter(_key: str, name: str) -> str:
    return LETTER.format(head=json.dumps({"titel": name.replace("*/", "* /"), "felter": {}}, ensure_ascii=False))


def scenario(process_id: str, at: datetime) -> str:
    """Give what a scenario of a process begins as: a case that starts at the instant, and is expected to run."""
    return SCENARIO.format(process=process_id, at=at.isoformat(timespec="minutes"))


BLANKS: Mapping[str, Blank] = {
    "proces": Blank(".bpmn", "Ny proces", "New process", _process),
    "tabel": Blank(".dmn", "Ny tabel", "New table", _table),
    "formular": Blank(".form", "Ny formular", "New form", _form),
    "brev": Blank(".typ", "Nyt brev", "New letter", _letter),
}


def of_file(ending: str, key: str, name: str) -> str:
    """Give what a file with this ending begins as."""
    return next(blank.make(key, name) for blank in BLANKS.values() if blank.ending == ending)
