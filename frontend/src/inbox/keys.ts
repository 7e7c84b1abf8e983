// Which key means what in the inbox. Pure: no document here.

export type Command =
  | "next"
  | "previous"
  | "open"
  | "claim"
  | "complete"
  | "tick"
  | "search"
  | "help"
  | "inbox"
  | "board"
  | "cases"
  | "following";

export interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const SINGLE: Record<string, Command> = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  Enter: "open",
  c: "claim",
  e: "complete",
  n: "following",
  x: "tick",
  "/": "search",
  "?": "help",
};

const AFTER_G: Record<string, Command> = { i: "inbox", b: "board", s: "cases" };

// Two keys make a sequence when they follow each other within this time (milliseconds).
const SEQUENCE_TIME = 1200;

export class KeyReader {
  private gPressedAt = Number.NEGATIVE_INFINITY;

  read(stroke: Stroke, at: number): Command | null {
    if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return null;
    const inSequence = at - this.gPressedAt < SEQUENCE_TIME;
    this.gPressedAt = stroke.key === "g" && !inSequence ? at : Number.NEGATIVE_INFINITY;
    if (inSequence) return AFTER_G[stroke.key] ?? null;
    return SINGLE[stroke.key] ?? null;
  }
}

const TYPES_WITHOUT_TEXT = new Set([
  "checkbox",
  "radio",
  "button",
  "submit",
  "reset",
  "file",
  "range",
  "color",
]);

export function isTyping(element: Element | null): boolean {
  if (!element) return false;
  if (element instanceof HTMLInputElement) return !TYPES_WITHOUT_TEXT.has(element.type);
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return true;
  return (
    element instanceof HTMLElement && (element.isContentEditable || element.closest("kf-designer") !== null)
  );
}

// Keys a focused control uses itself: Enter on a link or button presses it, arrows move in a radio group.
export function belongsToControl(element: Element | null, key: string): boolean {
  if (!element) return false;
  if (key === "Enter") return element.matches("a[href], button, summary, input, [role=button]");
  return (
    key.startsWith("Arrow") && element.matches("input[type=radio], [role=tab], [role=menuitem], kf-diagram *")
  );
}
