// The problems panel: what the browser's lint and the server found, once each, errors first.
import type { Language } from "../bpmn/provider/fields";
import { element } from "./dom";
import { type Finding, messageOf, type Severity } from "./model";
import type { Words } from "./words";

const ORDER: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

export function merged(fromBrowser: Finding[], fromServer: Finding[]): Finding[] {
  const seen = new Set<string>();
  const unique = [...fromServer, ...fromBrowser].filter((finding) => {
    const key = `${shortRule(finding.rule)} ${finding.element_id ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort((one, other) => ORDER[one.severity] - ORDER[other.severity]);
}

// Rules of bpmnlint that the server has under a name of its own.
const SERVER_NAMES: Record<string, string> = {
  "conditional-flows": "no-condition",
  "end-event-required": "no-end",
  "no-implicit-end": "path-ends",
  "start-event-required": "no-start",
};

function shortRule(rule: string): string {
  const name = rule.split("/").pop() ?? rule;
  return SERVER_NAMES[name] ?? name;
}

export class Problems {
  readonly panel: HTMLElement;
  private readonly list: HTMLElement;
  private readonly summary: HTMLElement;
  private fromBrowser: Finding[] = [];
  private fromServer: Finding[] = [];

  constructor(
    private readonly words: Words,
    private readonly language: Language,
    private readonly show: (elementId: string) => void,
  ) {
    this.summary = element("span", { class: "kf-meta", role: "status" });
    this.list = element("ul", { class: "kf-problems__list" });
    this.panel = element("section", { class: "kf-problems", "aria-label": words.problems }, [
      element("h2", { class: "kf-problems__title" }, [words.problems, " ", this.summary]),
      this.list,
    ]);
    this.draw();
  }

  browserSays(findings: Finding[]): void {
    this.fromBrowser = findings;
    this.draw();
  }

  serverSays(findings: Finding[]): void {
    this.fromServer = findings;
    this.draw();
  }

  countFor(elementId: string): number {
    return this.all().filter((finding) => finding.element_id === elementId).length;
  }

  private all(): Finding[] {
    return merged(this.fromBrowser, this.fromServer);
  }

  private draw(): void {
    const findings = this.all();
    this.summary.textContent = this.summarise(findings);
    this.list.replaceChildren(...findings.map((finding) => this.line(finding)));
  }

  private summarise(findings: Finding[]): string {
    if (findings.length === 0) return this.words.noProblems;
    const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
    return `${this.words.errors(count("error"))} · ${this.words.warnings(count("warning"))}`;
  }

  private line(finding: Finding): HTMLElement {
    const id = finding.element_id;
    const where = finding.name || id || "";
    const parts = [
      element("span", { class: `kf-severity kf-severity--${finding.severity}` }, [
        this.words[finding.severity],
      ]),
      element("span", {}, [messageOf(finding, this.language)]),
      element("span", { class: "kf-meta" }, [where, finding.fix ? ` · ${finding.fix}` : ""]),
    ];
    if (!id) return element("li", { class: "kf-problem" }, parts);
    const button = element("button", { type: "button", class: "kf-problem__go" }, parts);
    button.addEventListener("click", () => this.show(id));
    return element("li", { class: "kf-problem" }, [button]);
  }
}
