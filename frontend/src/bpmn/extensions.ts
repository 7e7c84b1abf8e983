// Reads and writes one attribute of one extension element (kf:deadline rule="…"), as a single step to undo.
// An element may carry several of one type (deadlines by date): `index` says which.
import type { BpmnFactory, BusinessObject, CommandStack, DiagramElement } from "./services";

type ExtensionElements = NonNullable<BusinessObject["extensionElements"]>;

interface Command {
  cmd: "element.updateModdleProperties";
  context: { element: DiagramElement; moddleElement: BusinessObject; properties: Record<string, unknown> };
}

// A pool shows its process: what is written on the pool belongs to the process behind it.
export function ownerOf(element: DiagramElement): BusinessObject {
  const object = element.businessObject;
  return (object.$type === "bpmn:Participant" && (object.processRef as BusinessObject)) || object;
}

export function findExtension(object: BusinessObject, type: string): BusinessObject | undefined {
  return object.extensionElements?.values?.find((value) => value.$type === type);
}

export function findExtensions(object: BusinessObject, type: string): BusinessObject[] {
  return object.extensionElements?.values?.filter((value) => value.$type === type) ?? [];
}

export function readAttribute(element: DiagramElement, type: string, attribute: string, index = 0): string {
  const value = findExtensions(ownerOf(element), type)[index]?.get<string | undefined>(attribute);
  return value ?? "";
}

export function addAnother(
  element: DiagramElement,
  type: string,
  factory: BpmnFactory,
  stack: CommandStack,
): void {
  execute(stack, addExtension(element, ownerOf(element), type, {}, factory));
}

export function removeOne(element: DiagramElement, type: string, index: number, stack: CommandStack): void {
  const owner = ownerOf(element);
  const extension = findExtensions(owner, type)[index];
  if (extension) execute(stack, [removeExtension(element, owner, extension)]);
}

export function writeAttribute(
  element: DiagramElement,
  type: string,
  attribute: string,
  value: string | undefined,
  factory: BpmnFactory,
  stack: CommandStack,
  index = 0,
): void {
  const extension = findExtensions(ownerOf(element), type)[index];
  execute(stack, commandsFor(element, extension, type, attribute, value || undefined, factory));
}

function execute(stack: CommandStack, commands: Command[]): void {
  if (commands.length > 0) stack.execute("properties-panel.multi-command-executor", commands);
}

function commandsFor(
  element: DiagramElement,
  extension: BusinessObject | undefined,
  type: string,
  attribute: string,
  value: string | undefined,
  factory: BpmnFactory,
): Command[] {
  const owner = ownerOf(element);
  if (!extension) return value ? addExtension(element, owner, type, { [attribute]: value }, factory) : [];
  if (!value && isAlone(extension, attribute)) return [removeExtension(element, owner, extension)];
  return [update(element, extension, { [attribute]: value })];
}

function addExtension(
  element: DiagramElement,
  owner: BusinessObject,
  type: string,
  attributes: Record<string, string>,
  factory: BpmnFactory,
): Command[] {
  const commands: Command[] = [];
  const elements =
    owner.extensionElements ??
    (factory.create("bpmn:ExtensionElements", { values: [] }) as ExtensionElements);
  if (!owner.extensionElements) {
    elements.$parent = owner;
    commands.push(update(element, owner, { extensionElements: elements }));
  }
  const extension = factory.create(type, attributes);
  extension.$parent = elements;
  commands.push(update(element, elements, { values: [...(elements.values ?? []), extension] }));
  return commands;
}

function removeExtension(element: DiagramElement, owner: BusinessObject, extension: BusinessObject): Command {
  const elements = owner.extensionElements as ExtensionElements;
  return update(element, elements, { values: elements.values.filter((value) => value !== extension) });
}

function isAlone(extension: BusinessObject, attribute: string): boolean {
  const descriptor = extension.$descriptor as { properties: { name: string }[] };
  return descriptor.properties
    .map((property) => property.name.split(":").pop() ?? "")
    .filter((name) => name !== attribute)
    .every((name) => !extension.get(name));
}

function update(
  element: DiagramElement,
  moddleElement: BusinessObject,
  properties: Record<string, unknown>,
): Command {
  return { cmd: "element.updateModdleProperties", context: { element, moddleElement, properties } };
}
