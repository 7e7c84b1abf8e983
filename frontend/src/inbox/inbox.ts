// The inbox by keyboard: rows are chosen with j/k, the task opens in the pane, the URL keeps what is chosen.
//
// Markup: table[data-kf-inbox] > tr[data-task-key][data-href]; the pane is #kf-pane on the page behind data-href;
// actions are [data-kf-action="claim|complete|next"]; links [data-kf-go="inbox|board|cases"];
// the list of keys is <dialog id="kf-keys">. <body data-shortcuts="off"> turns all of it off.
import { openDialog } from "../dialogs";
import { belongsToControl, type Command, isTyping, KeyReader } from "./keys";

interface Swapper {
  ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void>;
}

const ROW = "table[data-kf-inbox] tr[data-task-key]";
const PANE_DELAY = 160;

export function startInbox(root: Document, htmx: Swapper): void {
  const inbox = new Inbox(root, htmx);
  const reader = new KeyReader();
  root.addEventListener("keydown", (event) => {
    if (!shortcutsApply(root, event)) return;
    const command = reader.read(event, event.timeStamp);
    if (command && inbox.run(command)) event.preventDefault();
  });
  root.addEventListener("click", (event) => inbox.click(event));
  root.addEventListener("htmx:after:swap", () => inbox.restore());
  inbox.restore();
}

function shortcutsApply(root: Document, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || root.body.dataset.shortcuts === "off") return false;
  if (root.querySelector("dialog[open]")) return false;
  const focused = root.activeElement;
  return !isTyping(focused) && !belongsToControl(focused, event.key);
}

class Inbox {
  private timer = 0;

  constructor(
    private readonly root: Document,
    private readonly htmx: Swapper,
  ) {}

  run(command: Command): boolean {
    switch (command) {
      case "next":
        return this.move(1);
      case "previous":
        return this.move(-1);
      case "open":
        return this.open();
      case "claim":
        return this.press("claim");
      case "following":
        return this.press("next");
      case "complete":
        return this.press("complete");
      case "tick":
        return this.tick();
      case "search":
        return this.focusSearch();
      case "help":
        return this.help();
      default:
        return this.go(command);
    }
  }

  click(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>(ROW);
    if (!row || target.closest("a, button, input, label")) return;
    this.choose(row);
    this.showPane(row);
  }

  // The URL is the truth: after a refresh the row named there is the chosen one.
  restore(): void {
    const key = new URLSearchParams(this.root.location.search).get("sel");
    if (!key) return;
    for (const row of this.rows()) row.setAttribute("aria-selected", String(row.dataset.taskKey === key));
  }

  private rows(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>(ROW)];
  }

  private chosen(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`${ROW}[aria-selected="true"]`);
  }

  private move(by: number): boolean {
    const rows = this.rows();
    if (rows.length === 0) return false;
    const chosen = this.chosen();
    const from = chosen ? rows.indexOf(chosen) : by > 0 ? -1 : rows.length;
    const row = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
    if (!row || row === chosen) return true;
    this.choose(row);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.showPane(row), PANE_DELAY);
    return true;
  }

  private choose(row: HTMLElement): void {
    for (const other of this.rows()) other.setAttribute("aria-selected", String(other === row));
    row.scrollIntoView({ block: "nearest" });
    const url = new URL(this.root.location.href);
    url.searchParams.set("sel", row.dataset.taskKey ?? "");
    history.replaceState(history.state, "", url);
  }

  private async showPane(row: HTMLElement): Promise<void> {
    const href = row.dataset.href;
    if (!href) return;
    if (!this.root.getElementById("kf-pane")) {
      this.root.location.assign(href);
      return;
    }
    await this.htmx.ajax("GET", href, { target: "#kf-pane", select: "#kf-pane", swap: "outerMorph" });
  }

  private open(): boolean {
    const row = this.chosen();
    if (!row) return false;
    clearTimeout(this.timer);
    void this.showPane(row).then(() => this.focusPane());
    return true;
  }

  private focusPane(): void {
    const pane = this.root.getElementById("kf-pane");
    const heading = pane?.querySelector<HTMLElement>("h1, h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }

  // Completing is never done by one key: the button gets the focus, Enter presses it.
  private press(action: string): boolean {
    const control = this.root.querySelector<HTMLElement>(`[data-kf-action="${action}"]`);
    if (!control) return false;
    control.focus();
    if (action !== "complete") control.click();
    return true;
  }

  private tick(): boolean {
    const box = this.chosen()?.querySelector<HTMLInputElement>("input[type=checkbox]");
    box?.click();
    return box !== null && box !== undefined;
  }

  private focusSearch(): boolean {
    const field = this.root.querySelector<HTMLInputElement>(".kf-search__input");
    field?.focus();
    field?.select();
    return field !== null;
  }

  private help(): boolean {
    openDialog(this.root, "kf-keys");
    return true;
  }

  private go(place: Command): boolean {
    const link = this.root.querySelector<HTMLAnchorElement>(`[data-kf-go="${place}"]`);
    link?.click();
    return link !== null;
  }
}
