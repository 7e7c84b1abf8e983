// The diagram as an ordered list: what a reader without the drawing needs. Pure.
import type { DiagramElement } from "../bpmn/services";

export interface OutlineItem {
  id: string;
  level: number;
  type: string;
  name: string;
  next: string[];
}

const CONTAINERS = new Set(["bpmn:Participant", "bpmn:Process", "bpmn:Collaboration"]);

export function outlineOf(root: DiagramElement): OutlineItem[] {
  const items: OutlineItem[] = [];
  const isPool = root.type === "bpmn:Collaboration";
  const pools = isPool ? drawn(root).filter((child) => child.type === "bpmn:Participant") : [root];
  for (const pool of pools) {
    items.push(itemFor(pool, 1));
    addContents(pool, 2, items);
  }
  return items;
}

function drawn(parent: DiagramElement): DiagramElement[] {
  return (parent.children ?? []).filter((child) => !child.labelTarget);
}

function isNode(element: DiagramElement): boolean {
  return element.businessObject.$instanceOf("bpmn:FlowNode");
}

// Lanes only group: their nodes belong to the pool and are walked in the order of the flow.
function addContents(parent: DiagramElement, level: number, items: OutlineItem[]): void {
  const lanes = drawn(parent).filter((child) => child.type === "bpmn:Lane");
  const nodes = drawn(parent).filter((child) => isNode(child) && !child.host);
  const seen = new Set<string>();
  for (const start of inReadingOrder(nodes)) walk(start, level, items, seen);
  for (const lane of lanes) items.push(itemFor(lane, level));
}

function inReadingOrder(nodes: DiagramElement[]): DiagramElement[] {
  const withoutIncoming = (node: DiagramElement) => flowsOf(node.incoming).length === 0;
  return [...nodes].sort(
    (one, other) =>
      Number(withoutIncoming(other)) - Number(withoutIncoming(one)) || one.x - other.x || one.y - other.y,
  );
}

function flowsOf(connections: DiagramElement[] | undefined): DiagramElement[] {
  return (connections ?? []).filter((connection) => connection.type === "bpmn:SequenceFlow");
}

function walk(start: DiagramElement, level: number, items: OutlineItem[], seen: Set<string>): void {
  const waiting = [start];
  while (waiting.length > 0) {
    const node = waiting.shift() as DiagramElement;
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    const boundaries = addNode(node, level, items, seen);
    const flows = [
      ...flowsOf(node.outgoing),
      ...boundaries.flatMap((boundary) => flowsOf(boundary.outgoing)),
    ];
    waiting.unshift(...flows.map((flow) => flow.target).filter((target) => target !== undefined));
  }
}

function addNode(
  node: DiagramElement,
  level: number,
  items: OutlineItem[],
  seen: Set<string>,
): DiagramElement[] {
  items.push(itemFor(node, level));
  const outgoing = flowsOf(node.outgoing);
  if (outgoing.length > 1) for (const flow of outgoing) items.push(itemFor(flow, level + 1));
  const boundaries = (node.parent ? drawn(node.parent) : []).filter((child) => child.host === node);
  for (const boundary of boundaries) {
    seen.add(boundary.id);
    items.push(itemFor(boundary, level + 1));
  }
  addContents(node, level + 1, items);
  return boundaries;
}

function itemFor(element: DiagramElement, level: number): OutlineItem {
  const next =
    element.type === "bpmn:SequenceFlow"
      ? [element.target]
      : flowsOf(element.outgoing).map((flow) => flow.target);
  return {
    id: element.id,
    level,
    type: typeOf(element),
    name: nameOf(element),
    next: CONTAINERS.has(element.type) ? [] : next.filter((target) => target !== undefined).map(nameOf),
  };
}

function nameOf(element: DiagramElement): string {
  const name = element.businessObject.name;
  return (typeof name === "string" && name.trim()) || "";
}

function typeOf(element: DiagramElement): string {
  const definitions = element.businessObject.eventDefinitions as { $type: string }[] | undefined;
  const event = definitions?.[0]?.$type.replace(/^bpmn:|EventDefinition$/g, "");
  const type = element.type.replace("bpmn:", "");
  return event ? `${event}${type}` : type;
}
