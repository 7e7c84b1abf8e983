// Our rules on real models, and kf: elements through a round trip.
import { BpmnModdle } from "bpmn-moddle";
import { Linter } from "bpmnlint";
import { expect, test } from "vitest";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import kf from "../kf-moddle.json";
import { lintConfig } from "./config";

const NAMESPACES =
  'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:kf="urn:kfflow:bpmn:1"';

async function read(process: string) {
  const moddle = new BpmnModdle({ zeebe, kf });
  const xml = `<bpmn:definitions ${NAMESPACES} id="d" targetNamespace="x"><bpmn:process id="p">${process}</bpmn:process></bpmn:definitions>`;
  return { moddle, ...(await moddle.fromXML(xml)) };
}

async function reports(process: string, rule: string): Promise<string[]> {
  const { rootElement } = await read(process);
  const linter = new Linter(lintConfig((message) => message));
  const results: Record<string, { id: string }[]> = await linter.lint(rootElement);
  return (results[rule] ?? []).map(({ id }) => id);
}

const HJEMMEL = '<bpmn:extensionElements><kf:hjemmel text="sfbl § 46" /></bpmn:extensionElements>';

test("kf elements survive reading and writing with their prefix", async () => {
  const { moddle, rootElement, warnings } = await read(
    '<bpmn:userTask id="T"><bpmn:extensionElements><kf:deadline rule="10 AD" kind="legal" /><kf:fourEyes differentFrom="A" /></bpmn:extensionElements></bpmn:userTask>',
  );
  const { xml } = await moddle.toXML(rootElement);
  expect(warnings).toEqual([]);
  expect(xml).toContain('<kf:deadline rule="10 AD" kind="legal" />');
  expect(xml).toContain('<kf:fourEyes differentFrom="A" />');
});

test("what an import says of other dialects survives the editor", async () => {
  const loop =
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><kf:loop countsFrom="0" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
  const { moddle, rootElement, warnings } = await read(
    `<bpmn:userTask id="T"><bpmn:extensionElements><kf:results keep="unmapped" /></bpmn:extensionElements>${loop}</bpmn:userTask>`,
  );
  const { xml } = await moddle.toXML(rootElement);
  expect(warnings).toEqual([]);
  expect(xml).toContain('<kf:results keep="unmapped" />');
  expect(xml).toContain('<kf:loop countsFrom="0" />');
});

test("a deadline may name the table that gives it", async () => {
  const task =
    '<bpmn:userTask id="A"><bpmn:extensionElements><kf:deadline table="sla_regel" cutoff="13:00" /><kf:hjemmel text="§ 26" /></bpmn:extensionElements></bpmn:userTask>';
  expect(await reports(task, "deadline-missing")).toEqual([]);
  expect(await reports(task, "deadline-periods")).toEqual([]);
});

test("hjemmel-missing: the basis of a deadline is not that of its task", async () => {
  const deadline =
    '<bpmn:extensionElements><kf:deadline rule="10 AD" hjemmel="Internt mål" /></bpmn:extensionElements>';
  const process = `${HJEMMEL}<bpmn:userTask id="A">${deadline}</bpmn:userTask>`;
  expect(await reports(process, "hjemmel-missing")).toEqual(["A"]);
});

test("deadline-periods: rules by date follow each other without a break", async () => {
  const task = (id: string, ...rules: string[]) =>
    `<bpmn:userTask id="${id}"><bpmn:extensionElements>${rules
      .map((rule) => `<kf:deadline rule="1 AD" hjemmel="§ 1" ${rule} />`)
      .join("")}</bpmn:extensionElements></bpmn:userTask>`;
  const process = [
    task("ok", 'gyldigTil="2027-01-01"', 'gyldigFra="2027-01-01"'),
    task("overlap", "", 'gyldigFra="2027-01-01"'),
    task("gap", 'gyldigTil="2026-12-31"', 'gyldigFra="2027-01-01"'),
    task("day", 'gyldigTil="1.1.2027"'),
    task("backwards", 'gyldigFra="2027-01-01" gyldigTil="2026-01-01"'),
  ].join("");
  expect(await reports(process, "deadline-periods")).toEqual(["overlap", "gap", "day", "backwards"]);
});

test("hjemmel-missing: what decides or waits needs a legal basis, a joining gateway does not", async () => {
  const waiting = ["timer", "conditional"].map(
    (kind) =>
      `<bpmn:intermediateCatchEvent id="${kind}"><bpmn:${kind}EventDefinition /></bpmn:intermediateCatchEvent>`,
  );
  const gateway =
    '<bpmn:eventBasedGateway id="G"><bpmn:outgoing>a</bpmn:outgoing><bpmn:outgoing>b</bpmn:outgoing>';
  const flows = ["timer", "conditional"].map(
    (target, n) => `<bpmn:sequenceFlow id="${"ab"[n]}" sourceRef="G" targetRef="${target}" />`,
  );
  const process = [
    `<bpmn:userTask id="B">${HJEMMEL}</bpmn:userTask>`,
    `${gateway}</bpmn:eventBasedGateway>`,
    '<bpmn:exclusiveGateway id="J" />',
    ...waiting,
    ...flows,
  ].join("");
  expect(await reports(process, "hjemmel-missing")).toEqual(["p", "G", "timer", "conditional"]);
});

test("a task under law has role, form, deadline and priority; of other diagrams nothing is asked", async () => {
  const said =
    '<kf:hjemmel text="§ 46" /><zeebe:assignmentDefinition candidateGroups="g" /><zeebe:formDefinition formId="f" /><kf:deadline rule="1 AD" /><zeebe:priorityDefinition priority="50" />';
  const whole = `<bpmn:userTask id="B"><bpmn:extensionElements>${said}</bpmn:extensionElements></bpmn:userTask>`;
  const rules = ["hjemmel", "assignment", "form", "deadline", "priority"].map((part) => `${part}-missing`);
  for (const rule of rules) {
    expect(await reports(`${HJEMMEL}<bpmn:userTask id="A" />${whole}`, rule)).toEqual(["A"]);
    expect(await reports('<bpmn:userTask id="A" />', rule)).toEqual([]);
  }
});

test("id-reserved: Start, End and Root belong to the engine", async () => {
  expect(await reports('<bpmn:startEvent id="Start" /><bpmn:endEvent id="Slut" />', "id-reserved")).toEqual([
    "Start",
  ]);
});

test("task-incomplete: what runs by itself says what it runs", async () => {
  const script = '<bpmn:extensionElements><zeebe:script expression="=1" /></bpmn:extensionElements>';
  const process = `<bpmn:serviceTask id="A" /><bpmn:callActivity id="B" /><bpmn:scriptTask id="C">${script}</bpmn:scriptTask>`;
  expect(await reports(process, "task-incomplete")).toEqual(["A", "B"]);
});

test("not-supported: the engine does not run complex gateways", async () => {
  const process = '<bpmn:complexGateway id="K" /><bpmn:inclusiveGateway id="G" />';
  expect(await reports(process, "not-supported")).toEqual(["K"]);
});
