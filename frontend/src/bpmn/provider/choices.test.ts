import { BpmnModdle } from "bpmn-moddle";
import { expect, test } from "vitest";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import type { BusinessObject } from "../services";
import { choicesOf, withCurrent } from "./choices";

const DIAGRAM = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:process id="p">
    <bpmn:userTask id="Traef" name="Træf afgørelse" />
    <bpmn:exclusiveGateway id="Uden" />
    <bpmn:subProcess id="Inde" name="Inde">
      <bpmn:serviceTask id="DanBrev" name="Dan brev">
        <bpmn:extensionElements>
          <zeebe:taskHeaders><zeebe:header key="skabelon" value="afgoerelse" /></zeebe:taskHeaders>
        </bpmn:extensionElements>
      </bpmn:serviceTask>
    </bpmn:subProcess>
    <bpmn:serviceTask id="Skriv" name="Skriv" />
    <bpmn:sequenceFlow id="F" name="ja" sourceRef="Traef" targetRef="Uden" />
  </bpmn:process>
</bpmn:definitions>`;

async function task(): Promise<BusinessObject> {
  const { elementsById } = await new BpmnModdle({ zeebe }).fromXML(DIAGRAM);
  return elementsById.Traef as BusinessObject;
}

test("the letters of a process are its service tasks with a template, also those in a subprocess", async () => {
  expect(choicesOf(await task(), "letters")).toEqual([{ value: "DanBrev", label: "Dan brev (afgoerelse)" }]);
});

test("the steps of a process are its nodes with a name", async () => {
  expect(choicesOf(await task(), "steps").map(({ value }) => value)).toEqual([
    "Traef",
    "Inde",
    "DanBrev",
    "Skriv",
  ]);
});

test("an expression is offered as it is, and nothing is offered twice", () => {
  const offered = [{ value: "DanBrev", label: "Dan brev" }];
  expect(withCurrent(offered, '=if x then "A" else "B"').at(-1)?.label).toBe('=if x then "A" else "B"');
  expect(withCurrent(offered, "DanBrev")).toEqual(offered);
  expect(withCurrent(offered, "")).toEqual(offered);
});
