// The parts of diagram-js and bpmn-js that kfflow calls, typed: those packages describe them only in part.

export interface BusinessObject {
  id: string;
  name?: string;
  $type: string;
  $parent?: BusinessObject;
  $instanceOf(type: string): boolean;
  get<T = unknown>(property: string): T;
  extensionElements?: BusinessObject & { values: BusinessObject[] };
  [property: string]: unknown;
}

export interface DiagramElement {
  id: string;
  type: string;
  businessObject: BusinessObject;
  parent?: DiagramElement | null;
  children?: DiagramElement[];
  incoming?: DiagramElement[];
  outgoing?: DiagramElement[];
  source?: DiagramElement;
  target?: DiagramElement;
  host?: DiagramElement;
  labelTarget?: DiagramElement;
  waypoints?: unknown[];
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Viewbox {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
  inner: { x: number; y: number; width: number; height: number };
  outer: { width: number; height: number };
}

export interface Canvas {
  zoom(level?: number | "fit-viewport", center?: "auto"): number;
  scroll(by: { dx: number; dy: number }): void;
  viewbox(box?: { x: number; y: number; width: number; height: number }): Viewbox;
  resized(): void;
  addMarker(id: string, marker: string): void;
  scrollToElement(id: string | DiagramElement, padding?: Record<string, number>): void;
  getRootElement(): DiagramElement;
  focus(): void;
}

export interface ElementRegistry {
  get(id: string): DiagramElement | undefined;
  getAll(): DiagramElement[];
}

export interface Overlays {
  add(id: string, overlay: { position: Record<string, number>; html: HTMLElement }): string;
}

export interface EventBus {
  on<E>(event: string | string[], callback: (event: E) => void): void;
  on<E>(event: string | string[], priority: number, callback: (event: E) => void): void;
  fire(event: string, detail?: unknown): void;
}

export interface Selection {
  get(): DiagramElement[];
  select(element: DiagramElement | DiagramElement[]): void;
}

export interface Modeling {
  updateProperties(element: DiagramElement, properties: Record<string, unknown>): void;
  updateModdleProperties(
    element: DiagramElement,
    target: BusinessObject,
    properties: Record<string, unknown>,
  ): void;
  removeElements(elements: DiagramElement[]): void;
}

export interface BpmnFactory {
  create(type: string, properties?: Record<string, unknown>): BusinessObject;
}

export interface CommandStack {
  execute(command: string, context: unknown): void;
  undo(): void;
  redo(): void;
  canUndo(): boolean;
  canRedo(): boolean;
}

interface Services {
  canvas: Canvas;
  elementRegistry: ElementRegistry;
  overlays: Overlays;
  eventBus: EventBus;
  selection: Selection;
  modeling: Modeling;
  bpmnFactory: BpmnFactory;
  commandStack: CommandStack;
}

export function service<Name extends keyof Services>(
  host: { get(name: string): unknown },
  name: Name,
): Services[Name] {
  return host.get(name) as Services[Name];
}
