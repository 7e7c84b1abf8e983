import { expect, test } from "vitest";
import type { BusinessObject, DiagramElement } from "../bpmn/services";
import { outlineOf } from "./outline-model";

const FLOW_NODES = ["Event", "Task", "Gateway", "SubProcess", "CallActivity"];

function node(id: string, type: string, x: number, parent?: DiagramElement): DiagramElement {
  const businessObject = {
    id,
    name: id,
    $type: type,
    $instanceOf: () => FLOW_NODES.some((kind) => type.includes(kind)),
    get: () => undefined,
  } as unknown as BusinessObject;
  const made = {
    id,
    type,
    businessObject,
    parent,
    children: [],
    incoming: [],
    outgoing: [],
    x,
    y: 0,
    width: 1,
    height: 1,
  };
  parent?.children?.push(made as DiagramElement);
  return made as DiagramElement;
}

function flow(id: string, source: DiagramElement, target: DiagramElement): void {
  const made = node(id, "bpmn:SequenceFlow", 0);
  made.source = source;
  made.target = target;
  source.outgoing?.push(made);
  target.incoming?.push(made);
}

test("the outline follows the flow, not the order of drawing", () => {
  const root = node("p", "bpmn:Process", 0);
  const end = node("end", "bpmn:EndEvent", 5, root);
  const task = node("task", "bpmn:UserTask", 9, root);
  const start = node("start", "bpmn:StartEvent", 20, root);
  flow("f1", start, task);
  flow("f2", task, end);
  expect(outlineOf(root).map(({ id, level }) => [id, level])).toEqual([
    ["p", 1],
    ["start", 2],
    ["task", 2],
    ["end", 2],
  ]);
  expect(outlineOf(root)[1]?.next).toEqual(["task"]);
});

test("the ways out of a gateway and events on an edge stand under their element", () => {
  const root = node("p", "bpmn:Process", 0);
  const gateway = node("g", "bpmn:ExclusiveGateway", 1, root);
  const one = node("one", "bpmn:UserTask", 2, root);
  const two = node("two", "bpmn:UserTask", 3, root);
  const timer = node("timer", "bpmn:BoundaryEvent", 2, root);
  timer.host = one;
  flow("yes", gateway, one);
  flow("no", gateway, two);
  flow("late", timer, two);
  expect(outlineOf(root).map(({ id, level }) => `${level}${id}`)).toEqual([
    "1p",
    "2g",
    "3yes",
    "3no",
    "2one",
    "3timer",
    "2two",
  ]);
});

test("a loop is walked once", () => {
  const root = node("p", "bpmn:Process", 0);
  const one = node("one", "bpmn:UserTask", 1, root);
  const two = node("two", "bpmn:UserTask", 2, root);
  flow("on", one, two);
  flow("back", two, one);
  expect(outlineOf(root).map(({ id }) => id)).toEqual(["p", "one", "two"]);
});
