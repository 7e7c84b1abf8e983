"""Small diagrams for the tests of the commands, written as lists of elements."""

import itertools

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:kf="urn:kfflow:bpmn:1"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"
  id="defs" targetNamespace="urn:test">
"""


def user_task(element_id: str, *, groups: str = "sagsbehandler", extra: str = "", flows: str = "") -> str:
    return f"""<bpmn:userTask id="{element_id}" name="{element_id}"><bpmn:extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="{groups}"/>{extra}</bpmn:extensionElements>{flows}</bpmn:userTask>"""


def service_task(element_id: str, job_type: str, *, retries: int = 3) -> str:
    return f"""<bpmn:serviceTask id="{element_id}" name="{element_id}"><bpmn:extensionElements>
      <zeebe:taskDefinition type="{job_type}" retries="{retries}"/></bpmn:extensionElements></bpmn:serviceTask>"""


def script_task(element_id: str, expression: str, result: str) -> str:
    return f"""<bpmn:scriptTask id="{element_id}" name="{element_id}"><bpmn:extensionElements>
      <zeebe:script expression="{expression}" resultVariable="{result}"/></bpmn:extensionElements></bpmn:scriptTask>"""


def timer_catch(element_id: str, duration: str) -> str:
    return f"""<bpmn:intermediateCatchEvent id="{element_id}"><bpmn:timerEventDefinition id="{element_id}_def">
      <bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"""


def message_catch(element_id: str, message_id: str) -> str:
    return f"""<bpmn:intermediateCatchEvent id="{element_id}">
      <bpmn:messageEventDefinition id="{element_id}_def" messageRef="{message_id}"/></bpmn:intermediateCatchEvent>"""


def signal_catch(element_id: str, signal_id: str) -> str:
    return f"""<bpmn:intermediateCatchEvent id="{element_id}">
      <bpmn:signalEventDefinition id="{element_id}_def" signalRef="{signal_id}"/></bpmn:intermediateCatchEvent>"""


def message(message_id: str, name: str, key: str) -> str:
    return f"""<bpmn:message id="{message_id}" name="{name}"><bpmn:extensionElements>
      <zeebe:subscription correlationKey="{key}"/></bpmn:extensionElements></bpmn:message>"""


def call_activity(element_id: str, process_id: str, *, binding: str = "") -> str:
    return f"""<bpmn:callActivity id="{element_id}" name="{element_id}"><bpmn:extensionElements>
      <zeebe:calledElement processId="{process_id}" {binding}/></bpmn:extensionElements></bpmn:callActivity>"""


def sequence(process_id: str, *elements: str, ids: list[str], name: str = "", root: str = "") -> bytes:
    """A process that runs the elements, whose ids are given, one after the other."""
    chain = ["Begynd", *ids, "Slut"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(itertools.pairwise(chain))
    )
    body = f'<bpmn:startEvent id="Begynd"/>{"".join(elements)}<bpmn:endEvent id="Slut"/>{flows}'
    process = f'<bpmn:process id="{process_id}" name="{name or process_id}" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{root}{process}</bpmn:definitions>".encode()


def part_of_a_case(process_id: str) -> bytes:
    """A process under law that opens no case of its own: others call it."""
    basis = '<bpmn:extensionElements><kf:hjemmel text="forvaltningsloven § 19"/></bpmn:extensionElements>'
    drawn = sequence(process_id, script_task("Regn", "=1", "en"), ids=["Regn"])
    return drawn.replace(b'isExecutable="true">', f'isExecutable="true">{basis}'.encode())
