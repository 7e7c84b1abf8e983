// Packages that ship no usable types: what we use of them, no more.
declare module "*.css";
declare module "htmx.org/dist/htmx.esm.js" {
  const htmx: { ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void> };
  export default htmx;
}
declare module "bpmn-js-properties-panel" {
  export const BpmnPropertiesPanelModule: unknown;
  export const BpmnPropertiesProviderModule: unknown;
  export const ZeebePropertiesProviderModule: unknown;
  export function useService<T = never>(name: string): T;
}
declare module "@bpmn-io/properties-panel" {
  type Component = (properties: never) => unknown;
  export const TextFieldEntry: Component;
  export const TextAreaEntry: Component;
  export const SelectEntry: Component;
  export const FeelEntry: Component;
  export const Group: Component;
  export const ListGroup: Component;
  export const isTextFieldEntryEdited: (node: unknown) => boolean;
  export const isTextAreaEntryEdited: (node: unknown) => boolean;
  export const isSelectEntryEdited: (node: unknown) => boolean;
  export const isFeelEntryEdited: (node: unknown) => boolean;
}
declare module "@bpmn-io/properties-panel/preact" {
  export function h(component: unknown, properties: Record<string, unknown>, ...children: unknown[]): unknown;
}
declare module "bpmn-js-create-append-anything" {
  export const CreateAppendAnythingModule: unknown;
}
declare module "@bpmn-io/variable-resolver" {
  export const ZeebeVariableResolverModule: unknown;
}
declare module "camunda-bpmn-js-behaviors/lib/camunda-cloud" {
  const module: unknown;
  export default module;
}
declare module "bpmn-js-bpmnlint" {
  const module: unknown;
  export default module;
}
declare module "bpmnlint/rules/*" {
  const create: import("./bpmn/lint/rule").RuleFactory;
  export default create;
}
declare module "dmn-js/lib/Modeler" {
  export default class DmnModeler {
    constructor(options: Record<string, unknown>);
    importXML(xml: string): Promise<unknown>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
    getViews(): { type: string; id: string; name?: string; element: { id: string } }[];
    getActiveView(): { type: string; element: { id: string } } | undefined;
    open(view: unknown): Promise<unknown>;
    getActiveViewer():
      | { on(event: string, callback: () => void): void; get(name: string): unknown }
      | undefined;
    on(event: string, callback: (event: never) => void): void;
    destroy(): void;
  }
}
declare module "bpmnlint" {
  export class Linter {
    constructor(config: Record<string, unknown>);
    lint(root: unknown): Promise<Record<string, { id: string; message: string }[]>>;
  }
}
declare module "bpmn-moddle" {
  export class BpmnModdle {
    constructor(packages: Record<string, unknown>);
    fromXML(
      xml: string,
    ): Promise<{ rootElement: unknown; elementsById: Record<string, unknown>; warnings: unknown[] }>;
    toXML(root: unknown): Promise<{ xml: string }>;
  }
}
