// Gives a drawn element an id that can be read, from its name: »Træf afgørelse« becomes TraefAfgoerelse.
// Only ids that were generated are replaced: what somebody chose, or what is in use, stays.
import type { DiagramElement, EventBus, Modeling } from "./services";

const GENERATED = /^(Activity|Event|Gateway)_[0-9a-z]{7}$/;
const LETTERS: Record<string, string> = { æ: "ae", ø: "oe", å: "aa", é: "e", ü: "u", ö: "o", ä: "a" };
const RESERVED = new Set(["Start", "End", "Root"]);
const LONGEST = 48;

export function readableId(name: string): string {
  const plain = name.toLowerCase().replace(/[æøåéüöä]/g, (letter) => LETTERS[letter] ?? letter);
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const id = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const short = id.slice(0, LONGEST);
  return /^[A-Z]/.test(short) && !RESERVED.has(short) ? short : "";
}

export function freeId(id: string, isTaken: (id: string) => boolean): string {
  if (!id || !isTaken(id)) return id;
  let count = 2;
  while (isTaken(`${id}${count}`)) count += 1;
  return `${id}${count}`;
}

interface Ids {
  assigned(id: string): unknown;
}

export class ReadableIds {
  static readonly $inject = ["eventBus", "modeling", "moddle"];

  constructor(
    bus: EventBus,
    private readonly modeling: Modeling,
    private readonly moddle: { ids: Ids },
  ) {
    bus.on(
      "commandStack.element.updateLabel.postExecuted",
      (event: { context: { element: DiagramElement; newLabel?: string } }) =>
        this.named(event.context.element, event.context.newLabel ?? ""),
    );
    bus.on(
      "commandStack.element.updateProperties.postExecuted",
      (event: { context: { element: DiagramElement; properties: { name?: string } } }) =>
        this.named(event.context.element, event.context.properties.name ?? ""),
    );
  }

  private named(shown: DiagramElement, name: string): void {
    const element = shown.labelTarget ?? shown;
    if (!GENERATED.test(element.id)) return;
    const id = freeId(readableId(name), (taken) => Boolean(this.moddle.ids.assigned(taken)));
    if (id) this.modeling.updateProperties(element, { id });
  }
}

export const ReadableIdsModule = {
  __init__: ["kfReadableIds"],
  kfReadableIds: ["type", ReadableIds],
};
