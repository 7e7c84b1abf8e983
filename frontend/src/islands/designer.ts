// <kf-designer>: draws a process, a decision table or a form, and talks to the server about its draft.
// Reads <script type="application/json" id="kf-designer-data">; needs style-src 'unsafe-inline'.
import "../styles/designer.css";
import { askAboutConflict, askToDeploy, sayDeployed, sayRefused, showChanges } from "../designer/dialogs";
import { button, element } from "../designer/dom";
import type { DesignerData, Editor, Places } from "../designer/model";
import { Problems } from "../designer/problems";
import { type Publication, type SaveState, Session } from "../designer/session";
import { type Words, wordsFor } from "../designer/words";
import { clock } from "../drafts";
import { postJson } from "../requests";

const EDITORS = {
  bpmn: async () => (await import("../designer/bpmn-editor")).createBpmnEditor,
  dmn: async () => (await import("../designer/dmn-editor")).createDmnEditor,
  form: async () => (await import("../designer/form-editor")).createFormEditor,
};

const UNSAVEABLE = new Set<SaveState>(["failed", "refused", "signedOut", "conflict"]);

class KfDesigner extends HTMLElement {
  private data!: DesignerData;
  private words!: Words;
  private editor: Editor | null = null;
  private session!: Session;
  private problems!: Problems;
  private status!: HTMLElement;
  private draft!: HTMLElement;

  connectedCallback(): void {
    if (this.editor) return;
    this.setAttribute("hx-morph-skip", "");
    this.data = JSON.parse(document.getElementById("kf-designer-data")?.textContent ?? "") as DesignerData;
    this.words = wordsFor(this.data.language);
    this.problems = new Problems(this.words, this.data.language, (id) => this.editor?.show(id));
    this.session = new Session(this.data, {
      source: () => this.opened.source(),
      post: postJson,
      changed: (state, detail) => this.say(state, detail),
      findings: (findings) => this.problems.serverSays(findings),
    });
    const places = this.build();
    this.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("beforeunload", this.guard);
    void this.open(places);
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.guard);
    this.editor?.destroy();
    this.editor = null;
  }

  private get opened(): Editor {
    if (!this.editor) throw new Error("the editor is not open yet");
    return this.editor;
  }

  private readonly guard = (event: BeforeUnloadEvent): void => {
    if (this.session.isUnsaved) event.preventDefault();
  };

  private async open(places: Places): Promise<void> {
    try {
      const create = await EDITORS[this.data.kind]();
      this.editor = await create(places, this.words, this.data.language, this.problems);
      await this.editor.load(this.data.xml);
    } catch (problem) {
      this.fail(places, problem);
      return;
    }
    this.editor.onChange(() => this.session.touched());
    this.editor.onFindings((findings) => this.problems.browserSays(findings));
    this.dispatchEvent(new CustomEvent("kf-designer-ready", { bubbles: true }));
    await this.session.check().catch(() => undefined);
  }

  private fail(places: Places, problem: unknown): void {
    const text = `${this.words.loadFailed}: ${problem instanceof Error ? problem.message : String(problem)}`;
    places.canvas.replaceChildren(element("p", { class: "kf-flash kf-flash--error", role: "alert" }, [text]));
  }

  private build(): Places {
    const { words } = this;
    const outline = element("aside", { class: "kf-designer__outline", "aria-label": words.outline });
    const canvas = element("div", {
      class: "kf-designer__canvas",
      role: "region",
      "aria-label": words.diagram,
    });
    const properties = element("aside", { class: "kf-designer__properties", "aria-label": words.properties });
    this.replaceChildren(this.bar(), outline, canvas, properties, this.problems.panel);
    return { outline, canvas, properties };
  }

  private bar(): HTMLElement {
    const { words, data } = this;
    this.status = element("span", { class: "kf-draft", role: "status" }, [words.clean]);
    this.draft = element("span", { class: "kf-badge kf-badge--warn" }, [words.draft(data.revision)]);
    return element("div", { class: "kf-designer__bar", role: "toolbar", "aria-label": data.resourceName }, [
      element("a", { href: data.urls.back, title: words.back }, [words.back]),
      element("strong", {}, [data.resourceName]),
      this.draft,
      element("span", { class: "kf-badge" }, [words.running(data.runningVersion)]),
      this.status,
      element("span", { class: "kf-designer__space" }),
      button(words.undo, "kf-button--small kf-button--quiet", () => this.editor?.undo()),
      button(words.redo, "kf-button--small kf-button--quiet", () => this.editor?.redo()),
      button(words.save, "kf-button--small", () => void this.session.save()),
      button(words.check, "kf-button--small", () => void this.session.check()),
      button(words.compare, "kf-button--small", () => void this.compare()),
      button(words.deploy, "kf-button--small kf-button--primary", () => void this.deploy()),
    ]);
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    void this.session.save();
  }

  private say(state: SaveState, detail?: string): void {
    const { words } = this;
    this.status.dataset.state = UNSAVEABLE.has(state) ? "failed" : state;
    this.status.textContent = state === "saved" ? words.saved(clock(new Date())) : (words[state] as string);
    if (state === "refused" && detail) this.status.textContent = detail;
    if (state === "saved") this.draft.textContent = words.draft(this.session.revision);
    if (state === "conflict") askAboutConflict(detail ?? "", words, () => void this.session.overwrite());
  }

  private async compare(): Promise<void> {
    showChanges((await this.session.compare()).changes, this.words, (id) => this.editor?.show(id));
  }

  private async deploy(): Promise<void> {
    if (!(await this.session.settled())) return;
    const comparison = await this.session.compare();
    askToDeploy(comparison, this.words, (publication) => this.deployNow(publication));
  }

  private async deployNow(publication: Publication): Promise<void> {
    const { ok, body } = await this.session.deploy(publication);
    if (ok) sayDeployed(body.message ?? "", this.words, this.data.urls.back);
    else
      sayRefused(
        body.detail ?? body.message ?? this.words.deployRefused,
        body.findings ?? [],
        body.errors ?? [],
        this.words,
        this.data.language,
      );
  }
}

customElements.define("kf-designer", KfDesigner);
