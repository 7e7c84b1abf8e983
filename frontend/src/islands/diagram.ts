// <kf-diagram src="…xml">: a diagram to read. Shows where the case is, the way it took and what is stuck.
//
// A child <script type="application/json"> says {active: [{element_id, count}], visited: [ids],
// flows: [ids], incidents: [{element_id, count} | id]}. label="…" names it for a screen reader.
// Sends kf-diagram-select {element_id} when an element is clicked, and listens to the attribute `focus-element`.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "../styles/diagram.css";
import { fitInto } from "../bpmn/fit-into";
import { FONT, loadFont } from "../bpmn/font";
import { type Canvas, service } from "../bpmn/services";
import type { DiagramState } from "../bpmn/state";
import { asCounts, readState } from "../bpmn/state";

const WORDS = {
  da: {
    label: "Procesdiagram",
    bigger: "Zoom ind",
    smaller: "Zoom ud",
    fit: "Vis hele diagrammet",
    here: "Vis hvor sagen er",
    failed: "Diagrammet kunne ikke hentes. Trinene står som liste.",
    active: (count: number) => (count === 1 ? "Sagen er her" : `${count} sager er her`),
    incident: "Standset af en fejl",
  },
  en: {
    label: "Process diagram",
    bigger: "Zoom in",
    smaller: "Zoom out",
    fit: "Show the whole diagram",
    here: "Show where the case is",
    failed: "The diagram could not be fetched. The steps are listed in words.",
    active: (count: number) => (count === 1 ? "The case is here" : `${count} cases are here`),
    incident: "Stopped by an error",
  },
};

// The bottom keeps the corner of the bpmn.io mark free.
const ROOM = { top: 24, right: 24, bottom: 60, left: 24 };
const MIN_HEIGHT = 280;
const MAX_HEIGHT = 640;
const TOOLS_HEIGHT = 44;
const ZOOM_STEP = 1.25;
const PAN_STEP = 80;
const READABLE = 0.8;

class KfDiagram extends HTMLElement {
  static readonly observedAttributes = ["focus-element"];
  private viewer: NavigatedViewer | null = null;
  private words = WORDS.da;
  private fitted = 1;

  connectedCallback(): void {
    if (this.viewer) return;
    this.setAttribute("hx-morph-skip", "");
    this.words = document.documentElement.lang === "en" ? WORDS.en : WORDS.da;
    const canvas = this.build();
    this.viewer = new NavigatedViewer({ container: canvas, ...FONT });
    void this.show(readState(this));
  }

  disconnectedCallback(): void {
    this.viewer?.destroy();
    this.viewer = null;
  }

  attributeChangedCallback(_name: string, _old: string | null, id: string | null): void {
    if (id) this.lookAt(id);
  }

  private build(): HTMLElement {
    for (const old of this.querySelectorAll(":scope > .kf-diagram__canvas, :scope > .kf-diagram__tools"))
      old.remove();
    const canvas = document.createElement("div");
    canvas.className = "kf-diagram__canvas";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-label", this.getAttribute("label") ?? this.words.label);
    canvas.addEventListener("keydown", (event) => this.key(event));
    this.append(this.tools(), canvas);
    return canvas;
  }

  private tools(): HTMLElement {
    const tools = document.createElement("div");
    tools.className = "kf-diagram__tools";
    tools.append(
      this.tool("+", this.words.bigger, () => this.zoomBy(ZOOM_STEP)),
      this.tool("−", this.words.smaller, () => this.zoomBy(1 / ZOOM_STEP)),
      this.tool(this.words.fit, "", () => this.fit()),
      this.tool(this.words.here, "", () => this.lookAtActive()),
    );
    return tools;
  }

  private tool(text: string, label: string, act: () => void): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kf-button kf-button--quiet kf-diagram__tool";
    button.textContent = text;
    if (label) button.setAttribute("aria-label", label);
    if (label) button.title = label;
    button.addEventListener("click", act);
    return button;
  }

  private async show(state: DiagramState): Promise<void> {
    try {
      const response = await fetch(this.getAttribute("src") ?? "", { credentials: "same-origin" });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const xml = await response.text();
      await loadFont();
      await this.viewer?.importXML(xml);
    } catch {
      this.fail();
      return;
    }
    if (!this.viewer) return;
    this.paint(state);
    this.takeHeight();
    this.fit();
    if (this.fitted < READABLE && state.active.length > 0) this.openWhereTheCaseIs();
    service(this.shown, "eventBus").on("element.click", (event: { element: { id: string } }) =>
      this.clicked(event.element.id),
    );
    this.dispatchEvent(new CustomEvent("kf-diagram-ready", { bubbles: true }));
  }

  private fail(): void {
    const note = document.createElement("p");
    note.className = "kf-flash kf-flash--warn";
    note.setAttribute("role", "status");
    note.textContent = this.words.failed;
    this.replaceChildren(note);
  }

  private paint(state: DiagramState): void {
    for (const id of state.visited) this.mark(id, "kf-visited");
    for (const id of state.flows) this.mark(id, "kf-taken");
    for (const { element_id, count } of state.active) {
      this.mark(element_id, "kf-active");
      this.badge(element_id, "kf-token", String(count), this.words.active(count));
    }
    for (const { element_id } of asCounts(state.incidents)) {
      this.mark(element_id, "kf-incident");
      this.badge(element_id, "kf-token kf-token--incident", "!", this.words.incident);
    }
  }

  private mark(id: string, marker: string): void {
    if (this.has(id)) this.canvas.addMarker(id, marker);
  }

  private badge(id: string, className: string, text: string, title: string): void {
    if (!this.has(id)) return;
    const badge = document.createElement("div");
    badge.className = className;
    badge.textContent = text;
    badge.title = title;
    const isIncident = className.includes("incident");
    service(this.shown, "overlays").add(id, {
      position: { top: -12, [isIncident ? "right" : "left"]: 12 - (isIncident ? 0 : 24) },
      html: badge,
    });
  }

  private clicked(id: string): void {
    this.dispatchEvent(new CustomEvent("kf-diagram-select", { bubbles: true, detail: { element_id: id } }));
  }

  private key(event: KeyboardEvent): void {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act(this);
  }

  zoomBy(factor: number): void {
    const { canvas } = this;
    const level = canvas.zoom() * factor;
    canvas.zoom(Math.min(4, Math.max(this.fitted / 2, level)));
  }

  pan(dx: number, dy: number): void {
    this.canvas.scroll({ dx, dy });
  }

  // A diagram too wide to be read whole opens at a readable size; the whole of it is one click away.
  private openWhereTheCaseIs(): void {
    this.takeHeight(READABLE);
    this.canvas.resized();
    this.lookAtActive();
  }

  // Wide diagrams need less height than tall ones: as much as the drawing fills at full width, or at `least` scale.
  private takeHeight(least = 0): void {
    const { inner, outer } = this.canvas.viewbox();
    const scale = Math.max(least, Math.min(1, (outer.width - ROOM.left - ROOM.right) / inner.width));
    const wanted = inner.height * scale + ROOM.top + ROOM.bottom + TOOLS_HEIGHT;
    this.style.height = `${Math.round(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, wanted)))}px`;
  }

  fit(): void {
    this.fitted = fitInto(this.canvas, ROOM);
  }

  private lookAtActive(): void {
    const first = readState(this).active[0];
    if (first) this.lookAt(first.element_id);
  }

  private lookAt(id: string): void {
    const element = this.viewer && service(this.viewer, "elementRegistry").get(id);
    if (!element) return;
    const { outer, inner } = this.canvas.viewbox();
    const width = outer.width / READABLE;
    const height = outer.height / READABLE;
    const x = within(element.x + element.width / 2 - width / 2, inner.x, inner.width, width);
    const y = within(element.y + element.height / 2 - height / 2, inner.y, inner.height, height);
    this.canvas.viewbox({ x, y, width, height });
  }

  private has(id: string): boolean {
    return this.viewer !== null && service(this.viewer, "elementRegistry").get(id) !== undefined;
  }

  private get canvas(): Canvas {
    return service(this.shown, "canvas");
  }

  private get shown(): NavigatedViewer {
    if (!this.viewer) throw new Error("the diagram is not on the page");
    return this.viewer;
  }
}

// Where a window of `size` begins that is wanted at `wanted`, so that it shows no more empty paper than it must.
function within(wanted: number, begin: number, length: number, size: number): number {
  const margin = ROOM.left;
  if (length + 2 * margin <= size) return begin + length / 2 - size / 2;
  return Math.min(Math.max(wanted, begin - margin), begin + length + margin - size);
}

const KEYS: Record<string, (diagram: KfDiagram) => void> = {
  "+": (diagram) => diagram.zoomBy(ZOOM_STEP),
  "-": (diagram) => diagram.zoomBy(1 / ZOOM_STEP),
  "0": (diagram) => diagram.fit(),
  ArrowLeft: (diagram) => diagram.pan(PAN_STEP, 0),
  ArrowRight: (diagram) => diagram.pan(-PAN_STEP, 0),
  ArrowUp: (diagram) => diagram.pan(0, PAN_STEP),
  ArrowDown: (diagram) => diagram.pan(0, -PAN_STEP),
};

customElements.define("kf-diagram", KfDiagram);
