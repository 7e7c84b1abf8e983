// The diagram editor: bpmn-js with the panel, our groups, lint in the canvas, Danish words and the outline.
import { ZeebeVariableResolverModule } from "@bpmn-io/variable-resolver";
import Modeler from "bpmn-js/lib/Modeler";
import lintModule from "bpmn-js-bpmnlint";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  ZeebePropertiesProviderModule,
} from "bpmn-js-properties-panel";
import zeebeBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import zeebeModdle from "zeebe-bpmn-moddle/resources/zeebe.json";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css";

import { fitInto } from "../bpmn/fit-into";
import { FONT, loadFont } from "../bpmn/font";
import kfModdle from "../bpmn/kf-moddle.json";
import { lintConfig } from "../bpmn/lint/config";
import type { Language } from "../bpmn/provider/fields";
import { KfPropertiesModule } from "../bpmn/provider/kf-provider";
import { ReadableIdsModule } from "../bpmn/readable-ids";
import { type DiagramElement, service } from "../bpmn/services";
import { DanishModule, translateDanish } from "../bpmn/translate";
import danish from "../i18n/da.json";
import { chooseTarget } from "./dialogs";
import { speakIn, speakInAttributes } from "./dom-dictionary";
import { type LintIssue, toFindings } from "./lint-findings";
import type { Editor, Finding, Places } from "./model";
import { Outline } from "./outline";
import { outlineOf } from "./outline-model";
import type { Problems } from "./problems";
import type { Words } from "./words";

// The palette stands on the left, the bpmn.io mark in the bottom right corner.
const ROOM = { top: 40, right: 40, bottom: 70, left: 120 };
const FOUND = { result: "element", results: "elementer", found: "fundet" };
// The panel hears of selections only when it has been painted (milliseconds).
const PANEL_LISTENS_AFTER = 150;
const MENU = { width: 300, search: true };

export function createBpmnEditor(
  places: Places,
  words: Words,
  language: Language,
  problems: Problems,
): Editor {
  return new BpmnEditor(places, words, language, problems);
}

class BpmnEditor implements Editor {
  private readonly modeler: Modeler;
  private readonly outline: Outline;
  private loaded = false;
  private cameFromOutline = false;

  constructor(
    private readonly places: Places,
    private readonly words: Words,
    private readonly language: Language,
    problems: Problems,
  ) {
    this.modeler = new Modeler(this.options());
    this.outline = new Outline(places.outline, words, language, {
      select: (id) => this.select(id),
      append: (id) => this.openMenu("bpmn-append", id),
      replace: (id) => this.openMenu("bpmn-replace", id),
      connect: (id) => void this.connect(id),
      remove: (id) => this.remove(id),
      properties: (id) => this.focusProperties(id),
      problems: (id) => problems.countFor(id),
    });
    this.listen();
    if (language === "da") this.speakDanish();
  }

  async load(source: string): Promise<void> {
    await loadFont();
    await this.modeler.importXML(source);
    fitInto(service(this.modeler, "canvas"), ROOM);
    this.loaded = true;
    this.drawOutline();
    setTimeout(() => this.selectPool(), PANEL_LISTENS_AFTER);
  }

  async source(): Promise<string> {
    const { xml } = await this.modeler.saveXML({ format: true });
    return xml ?? "";
  }

  onChange(callback: () => void): void {
    service(this.modeler, "eventBus").on("commandStack.changed", callback);
  }

  onFindings(callback: (findings: Finding[]) => void): void {
    const registry = service(this.modeler, "elementRegistry");
    const nameOf = (id: string) => registry.get(id)?.businessObject.name ?? null;
    service(this.modeler, "eventBus").on(
      "linting.completed",
      (event: { issues: Record<string, LintIssue[]> }) => {
        callback(toFindings(event.issues, nameOf));
        this.drawOutline();
      },
    );
    this.lintAgain();
  }

  show(elementId: string): void {
    const element = this.find(elementId);
    if (!element) return;
    this.select(element.id);
    service(this.modeler, "canvas").scrollToElement(element, {
      top: 150,
      bottom: 150,
      left: 250,
      right: 250,
    });
  }

  undo(): void {
    service(this.modeler, "commandStack").undo();
  }

  redo(): void {
    service(this.modeler, "commandStack").redo();
  }

  destroy(): void {
    this.modeler.destroy();
  }

  private options(): Record<string, unknown> {
    const isDanish = this.language === "da";
    return {
      container: this.places.canvas,
      propertiesPanel: { parent: this.places.properties },
      moddleExtensions: { zeebe: zeebeModdle, kf: kfModdle },
      linting: { active: true, bpmnlint: lintConfig(isDanish ? translateDanish : (message) => message) },
      kf: { language: this.language },
      additionalModules: [
        BpmnPropertiesPanelModule,
        BpmnPropertiesProviderModule,
        ZeebePropertiesProviderModule,
        zeebeBehaviors,
        ZeebeVariableResolverModule,
        CreateAppendAnythingModule,
        lintModule,
        KfPropertiesModule,
        ReadableIdsModule,
        ...(isDanish ? [DanishModule] : []),
      ],
      ...FONT,
    };
  }

  private listen(): void {
    const bus = service(this.modeler, "eventBus");
    bus.on("selection.changed", (event: { newSelection: DiagramElement[] }) =>
      this.outline.mark(event.newSelection[0]?.id ?? ""),
    );
    bus.on("commandStack.changed", () => this.drawOutline());
    bus.on(["popupMenu.close", "directEditing.complete", "directEditing.cancel"], () => this.goBack());
  }

  // What the panel and the menus do not pass through translate().
  private speakDanish(): void {
    speakInAttributes(this.places.properties, danish);
    service(this.modeler, "eventBus").on("popupMenu.opened", () => {
      const popup = this.places.canvas.querySelector<HTMLElement>(".djs-popup");
      if (popup) speakIn(popup, FOUND);
    });
  }

  private drawOutline(): void {
    if (!this.loaded) return;
    this.outline.draw(service(this.modeler, "canvas").getRootElement());
    this.outline.mark(service(this.modeler, "selection").get()[0]?.id ?? "");
  }

  private lintAgain(): void {
    (this.modeler.get("linting") as { update(): void }).update();
  }

  // The panel opens with the process, not with the empty collaboration around it.
  private selectPool(): void {
    const pools = service(this.modeler, "canvas").getRootElement().children ?? [];
    const pool = pools.find((child) => child.type === "bpmn:Participant");
    if (pool) this.select(pool.id);
  }

  // A process behind a pool is found by its pool.
  private find(id: string): DiagramElement | undefined {
    const registry = service(this.modeler, "elementRegistry");
    const isBehind = (element: DiagramElement) =>
      (element.businessObject.processRef as { id?: string } | undefined)?.id === id;
    return registry.get(id) ?? registry.getAll().find(isBehind);
  }

  private select(id: string): void {
    const element = this.find(id);
    if (element) service(this.modeler, "selection").select(element);
  }

  private openMenu(menu: string, id: string): void {
    const element = this.find(id);
    if (!element) return;
    this.show(id);
    this.cameFromOutline = true;
    const popup = this.modeler.get("popupMenu") as {
      open(element: DiagramElement, menu: string, position: object, options: object): void;
    };
    const title = menu === "bpmn-append" ? this.words.append : this.words.replace;
    popup.open(element, menu, this.besideOutline(), { ...MENU, title });
  }

  // Who chose in a menu from the outline goes on there, once the new element has its name.
  private goBack(): void {
    setTimeout(() => {
      const naming = this.modeler.get("directEditing") as { isActive(): boolean };
      if (!this.cameFromOutline || naming.isActive()) return;
      this.cameFromOutline = false;
      this.outline.focus();
    }, 100);
  }

  private besideOutline(): { x: number; y: number } {
    const { right, top } = this.places.outline.getBoundingClientRect();
    return { x: right + 12, y: top + 48 };
  }

  private async connect(id: string): Promise<void> {
    const source = this.find(id);
    const root = service(this.modeler, "canvas").getRootElement();
    const nodes = outlineOf(root).filter((item) =>
      this.find(item.id)?.businessObject.$instanceOf("bpmn:FlowNode"),
    );
    const target = this.find((await chooseTarget(nodes, this.words)) ?? "");
    if (!source || !target) return;
    (this.modeler.get("modeling") as { connect(from: unknown, to: unknown): void }).connect(source, target);
    this.outline.focus();
  }

  private remove(id: string): void {
    const element = this.find(id);
    const isRoot = element && !element.parent;
    if (element && !isRoot) service(this.modeler, "modeling").removeElements([element]);
  }

  private focusProperties(id: string): void {
    this.select(id);
    requestAnimationFrame(() =>
      this.places.properties
        .querySelector<HTMLElement>("input, textarea, [contenteditable], button")
        ?.focus(),
    );
  }
}
