// The outline: the whole diagram as a tree that can be read, walked and edited with the keyboard alone.

import type { Language } from "../bpmn/provider/fields";
import type { DiagramElement } from "../bpmn/services";
import { element } from "./dom";
import { type OutlineItem, outlineOf } from "./outline-model";
import { typeName } from "./type-names";
import type { Words } from "./words";

export interface OutlineActions {
  select(id: string): void;
  append(id: string): void;
  connect(id: string): void;
  replace(id: string): void;
  remove(id: string): void;
  properties(id: string): void;
  problems(id: string): number;
}

export class Outline {
  private readonly tree: HTMLElement;
  private current = "";
  // Where the reader is: what is deleted leaves its place to the next one.
  private place = 0;

  constructor(
    host: HTMLElement,
    private readonly words: Words,
    private readonly language: Language,
    private readonly act: OutlineActions,
  ) {
    this.tree = element("ul", { role: "tree", class: "kf-outline", "aria-label": words.outline });
    this.tree.addEventListener("keydown", (event) => this.key(event));
    this.tree.addEventListener("click", (event) => this.click(event));
    const title = element("h2", { class: "kf-outline__title" }, [words.outline]);
    const help = element("p", { class: "kf-meta kf-outline__help" }, [words.outlineHelp]);
    host.append(title, this.buttons(), this.tree, help);
  }

  draw(root: DiagramElement): void {
    const hadFocus = this.tree.contains(document.activeElement);
    this.tree.replaceChildren(...outlineOf(root).map((item) => this.line(item)));
    this.mark(this.current);
    if (hadFocus) this.focusCurrent();
  }

  mark(id: string): void {
    const lines = this.lines();
    const at = lines.findIndex((line) => line.dataset.id === id);
    this.place = at === -1 ? Math.min(this.place, lines.length - 1) : at;
    this.current = lines[this.place]?.dataset.id ?? "";
    for (const line of lines) {
      const isCurrent = line.dataset.id === this.current;
      line.tabIndex = isCurrent ? 0 : -1;
      line.setAttribute("aria-selected", String(line.dataset.id === id));
    }
    this.tree.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  focus(): void {
    this.focusCurrent();
  }

  private buttons(): HTMLElement {
    const { words, act } = this;
    return element("div", { class: "kf-outline__buttons", role: "group", "aria-label": words.outline }, [
      this.button(words.append, () => act.append(this.current)),
      this.button(words.connect, () => act.connect(this.current)),
      this.button(words.replace, () => act.replace(this.current)),
      this.button(words.remove, () => act.remove(this.current)),
    ]);
  }

  private button(text: string, run: () => void): HTMLElement {
    const made = element("button", { type: "button", class: "kf-button kf-button--small kf-button--quiet" }, [
      text,
    ]);
    made.addEventListener("click", run);
    return made;
  }

  private line(item: OutlineItem): HTMLElement {
    const problems = this.act.problems(item.id);
    const line = element(
      "li",
      { role: "treeitem", class: "kf-outline__item", "aria-level": String(item.level) },
      [
        element("span", { class: "kf-outline__type" }, [typeName(item.type, this.language)]),
        element("span", { class: "kf-outline__name" }, [item.name || this.words.unnamed]),
      ],
    );
    if (problems > 0)
      line.append(element("span", { class: "kf-badge kf-badge--warn" }, [this.words.problemCount(problems)]));
    if (item.next.length > 0) line.append(this.following(item));
    line.dataset.id = item.id;
    return line;
  }

  private following(item: OutlineItem): HTMLElement {
    const names = item.next.map((name) => name || this.words.unnamed).join(", ");
    return element("span", { class: "kf-outline__next" }, [
      element("span", { class: "kf-visually-hidden" }, [this.words.afterwards]),
      ` → ${names}`,
    ]);
  }

  private lines(): HTMLElement[] {
    return [...this.tree.querySelectorAll<HTMLElement>(".kf-outline__item")];
  }

  private click(event: Event): void {
    const line = (event.target as Element).closest<HTMLElement>(".kf-outline__item");
    if (line?.dataset.id) this.choose(line.dataset.id);
  }

  private choose(id: string): void {
    this.act.select(id);
    this.mark(id);
    this.focusCurrent();
  }

  private focusCurrent(): void {
    this.lines()
      .find((line) => line.dataset.id === this.current)
      ?.focus({ preventScroll: true });
  }

  private move(by: number): void {
    const lines = this.lines();
    const from = lines.findIndex((line) => line.dataset.id === this.current);
    const to = lines[Math.min(lines.length - 1, Math.max(0, from + by))];
    if (to?.dataset.id) this.choose(to.dataset.id);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const run = this.commands()[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  private commands(): Record<string, () => void> {
    const { act, current } = this;
    const far = this.lines().length;
    return {
      ArrowDown: () => this.move(1),
      ArrowUp: () => this.move(-1),
      Home: () => this.move(-far),
      End: () => this.move(far),
      Enter: () => act.properties(current),
      a: () => act.append(current),
      c: () => act.connect(current),
      r: () => act.replace(current),
      Delete: () => act.remove(current),
      Backspace: () => act.remove(current),
    };
  }
}
