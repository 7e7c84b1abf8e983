// What a property may name in the same process, as options of a select: its value is the id of an element.
import type { BusinessObject } from "../services";

export type Choice = "letters" | "steps";

export interface Option {
  value: string;
  label: string;
}

const TEMPLATE = "skabelon";

// The letters of a process are its service tasks that name a template; its steps are all nodes with a name.
export function choicesOf(owner: BusinessObject, choice: Choice): Option[] {
  const nodes = nodesWithin(processOf(owner));
  return choice === "letters" ? nodes.flatMap(letterOption) : nodes.flatMap(stepOption);
}

// A value that the process does not offer, an expression for one, stays what it is.
export function withCurrent(options: Option[], value: string): Option[] {
  const isOffered = !value || options.some((option) => option.value === value);
  return isOffered ? options : [...options, { value, label: value }];
}

function processOf(object: BusinessObject): BusinessObject {
  return object.$type === "bpmn:Process" || !object.$parent ? object : processOf(object.$parent);
}

function nodesWithin(scope: BusinessObject): BusinessObject[] {
  const elements = scope.get<BusinessObject[] | undefined>("flowElements") ?? [];
  return elements
    .filter((one) => one.$instanceOf("bpmn:FlowNode"))
    .flatMap((one) => [one, ...nodesWithin(one)]);
}

function letterOption(node: BusinessObject): Option[] {
  const template = node.$instanceOf("bpmn:ServiceTask") ? templateOf(node) : undefined;
  return template ? [{ value: node.id, label: `${node.name ?? node.id} (${template})` }] : [];
}

function stepOption(node: BusinessObject): Option[] {
  return node.name ? [{ value: node.id, label: `${node.name} (${node.id})` }] : [];
}

function templateOf(node: BusinessObject): string | undefined {
  const written = node.extensionElements?.values?.find((one) => one.$type === "zeebe:TaskHeaders");
  const headers = written?.get<BusinessObject[] | undefined>("values") ?? [];
  return headers.find((header) => header.get("key") === TEMPLATE)?.get<string>("value");
}
