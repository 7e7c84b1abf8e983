// Puts kfflow's groups into the properties panel and takes out what the engine does not run.
import {
  FeelEntry,
  Group,
  isFeelEntryEdited,
  isSelectEntryEdited,
  isTextFieldEntryEdited,
  ListGroup,
  SelectEntry,
  TextFieldEntry,
} from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { useService } from "bpmn-js-properties-panel";
import { addAnother, findExtensions, ownerOf, readAttribute, removeOne, writeAttribute } from "../extensions";
import type { BpmnFactory, BusinessObject, CommandStack, DiagramElement } from "../services";
import { choicesOf, withCurrent } from "./choices";
import { type Field, type FieldGroup, GROUPS, type Language } from "./fields";

interface PanelGroup {
  id: string;
  label: string;
  entries?: unknown[];
  items?: unknown[];
  add?: (event: Event) => void;
  component?: unknown;
}

// Listeners are not run; how a task is carried out is decided by its type.
const UNSUPPORTED = new Set([
  "businessRuleImplementation",
  "scriptImplementation",
  "userTaskImplementation",
  "Zeebe__ExecutionListeners",
  "Zeebe__TaskListeners",
]);

// Ours stand right after what an element is, and before its inputs and outputs.
const FIRST = new Set([
  "general",
  "documentation",
  "assignmentDefinition",
  "form",
  "calledDecision",
  "timer",
  "message",
]);

const COMPONENTS = { text: TextFieldEntry, feel: FeelEntry, select: SelectEntry };
const IS_EDITED = { text: isTextFieldEntryEdited, feel: isFeelEntryEdited, select: isSelectEntryEdited };

interface EntryProperties {
  id: string;
  element: DiagramElement;
  group: FieldGroup;
  field: Field;
  language: Language;
  index: number;
}

function AttributeEntry({ id, element, group, field, language, index }: EntryProperties): unknown {
  const factory = useService<BpmnFactory>("bpmnFactory");
  const stack = useService<CommandStack>("commandStack");
  const debounce = useService<unknown>("debounceInput");
  const current = () => readAttribute(element, group.type, field.attribute, index);
  return h(COMPONENTS[field.input], {
    id,
    element,
    debounce,
    feel: "optional",
    label: field.label[language],
    description: field.description?.[language],
    getValue: () => (field.expressionId && !current().startsWith("=") ? "" : current()),
    setValue: (value: string | undefined) =>
      writeAttribute(element, group.type, field.attribute, value, factory, stack, index),
    getOptions: () => optionsOf(element, field, language, current()),
  });
}

function optionsOf(element: DiagramElement, field: Field, language: Language, current: string): unknown {
  const fixed = field.options?.map(({ value, label }) => ({ value, label: label[language] })) ?? [];
  if (!field.choices) return fixed;
  return withCurrent([...fixed, ...choicesOf(ownerOf(element), field.choices)], current);
}

function applies(group: FieldGroup, owner: BusinessObject): boolean {
  const events = owner.get<BusinessObject[] | undefined>("eventDefinitions") ?? [];
  const waits = !group.waitsFor || events.some((event) => event.$type === group.waitsFor);
  return waits && group.appliesTo.some((type) => owner.$instanceOf(type));
}

export class KfPropertiesProvider {
  static readonly $inject = ["propertiesPanel", "config.kf", "bpmnFactory", "commandStack"];
  private readonly language: Language;

  constructor(
    panel: { registerProvider(priority: number, provider: unknown): void },
    config: { language: Language } | null,
    private readonly factory: BpmnFactory,
    private readonly stack: CommandStack,
  ) {
    this.language = config?.language ?? "da";
    panel.registerProvider(400, this);
  }

  getGroups(element: DiagramElement): (groups: PanelGroup[]) => PanelGroup[] {
    return (groups) => {
      const kept = groups.filter((group) => !UNSUPPORTED.has(group.id));
      const first = kept.filter((group) => FIRST.has(group.id));
      const rest = kept.filter((group) => !FIRST.has(group.id));
      return [...first, ...this.ownGroups(element), ...rest];
    };
  }

  private ownGroups(element: DiagramElement): PanelGroup[] {
    return GROUPS.filter((group) => applies(group, ownerOf(element))).flatMap((group) => [
      {
        id: group.id,
        label: group.label[this.language],
        component: Group,
        entries: this.entries(element, group, 0),
      },
      ...this.others(element, group),
    ]);
  }

  // The list of the second and later ones, once there is a first.
  private others(element: DiagramElement, group: FieldGroup): PanelGroup[] {
    const written = findExtensions(ownerOf(element), group.type);
    if (!group.others || written.length === 0) return [];
    const { label, item } = group.others;
    const items = written.slice(1).map((extension, at) => ({
      id: `${group.id}-${at + 2}`,
      label: [item[this.language], extension.get<string | undefined>("gyldigFra")].filter(Boolean).join(" "),
      entries: this.entries(element, group, at + 1),
      remove: (event: Event) => {
        event.stopPropagation();
        removeOne(element, group.type, at + 1, this.stack);
      },
    }));
    const add = (event: Event) => {
      event.stopPropagation();
      addAnother(element, group.type, this.factory, this.stack);
    };
    return [{ id: `${group.id}-others`, label: label[this.language], component: ListGroup, items, add }];
  }

  private entries(element: DiagramElement, group: FieldGroup, index: number): Record<string, unknown>[] {
    const fields = group.fields.filter((field) => !field.only || ownerOf(element).$instanceOf(field.only));
    return fields.map((field) => ({
      id: [group.id, ...(index > 0 ? [index + 1] : []), field.expressionId ?? field.attribute].join("-"),
      element,
      group,
      field,
      index,
      language: this.language,
      component: AttributeEntry,
      isEdited: IS_EDITED[field.input],
    }));
  }
}

export const KfPropertiesModule = {
  __init__: ["kfPropertiesProvider"],
  kfPropertiesProvider: ["type", KfPropertiesProvider],
};
