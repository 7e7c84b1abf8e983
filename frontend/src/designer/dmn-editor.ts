// The decision editor: dmn-js. The outline lists the decisions of the file; choosing one opens its table.
import DmnModeler from "dmn-js/lib/Modeler";
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn-embedded.css";
import type { Language } from "../bpmn/provider/fields";
import { DanishModule } from "../bpmn/translate";
import { element } from "./dom";
import type { Editor, Places } from "./model";
import type { Words } from "./words";

interface View {
  type: string;
  id: string;
  name?: string;
  element: { id: string };
}

interface Stack {
  undo(): void;
  redo(): void;
}

export function createDmnEditor(places: Places, words: Words, language: Language): Editor {
  return new DmnEditor(places, words, language);
}

class DmnEditor implements Editor {
  private readonly modeler: DmnModeler;
  private changed: () => void = () => undefined;
  private isLoaded = false;

  constructor(
    private readonly places: Places,
    private readonly words: Words,
    language: Language,
  ) {
    const additionalModules = language === "da" ? [DanishModule] : [];
    const views = Object.fromEntries(
      ["drd", "decisionTable", "literalExpression", "boxedExpression"].map((view) => [
        view,
        { additionalModules },
      ]),
    );
    this.modeler = new DmnModeler({ container: places.canvas, ...views });
    this.modeler.on(
      "viewer.created",
      ({ viewer }: { viewer: { on(event: string, call: () => void): void } }) =>
        viewer.on("commandStack.changed", () => this.isLoaded && this.changed()),
    );
    this.modeler.on("views.changed", () => this.drawViews());
  }

  async load(source: string): Promise<void> {
    await this.modeler.importXML(source);
    const tables = this.modeler.getViews().filter((view) => view.type !== "drd");
    if (tables.length === 1) await this.modeler.open(tables[0]);
    this.isLoaded = true;
    this.drawViews();
  }

  async source(): Promise<string> {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  onChange(callback: () => void): void {
    this.changed = callback;
  }

  onFindings(): void {}

  show(elementId: string): void {
    const view = this.modeler.getViews().find(({ element }) => element.id === elementId);
    if (view) void this.modeler.open(view);
  }

  undo(): void {
    this.stack?.undo();
  }

  redo(): void {
    this.stack?.redo();
  }

  destroy(): void {
    this.modeler.destroy();
  }

  private get stack(): Stack | undefined {
    return this.modeler.getActiveViewer()?.get("commandStack") as Stack | undefined;
  }

  private drawViews(): void {
    const active = this.modeler.getActiveView()?.element.id;
    const list = element("ul", { class: "kf-outline" });
    for (const view of this.modeler.getViews()) list.append(this.viewLine(view, view.element.id === active));
    this.places.outline.replaceChildren(
      element("h2", { class: "kf-outline__title" }, [this.words.outline]),
      list,
    );
  }

  private viewLine(view: View, isActive: boolean): HTMLElement {
    const go = element("button", { type: "button", class: "kf-outline__item" }, [view.name || view.id]);
    if (isActive) go.setAttribute("aria-current", "true");
    go.addEventListener("click", () => void this.modeler.open(view));
    return element("li", {}, [go]);
  }
}
