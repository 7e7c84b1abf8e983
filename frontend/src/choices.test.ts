import { beforeEach, describe, expect, it, vi } from "vitest";
import { startChoices } from "./choices";

const form = (options: string): string =>
  `<form><select data-kf-submit-on-change>${options}</select><button>Find</button></form>`;
const CHOSEN = '<option value="">Alle</option><option value="b" selected>B</option>';
const UNCHOSEN = '<option value="">Alle</option><option value="b">B</option>';

const page = (options: string): { select: HTMLSelectElement; sent: ReturnType<typeof vi.fn> } => {
  document.body.innerHTML = form(options);
  const sent = vi.fn((event: Event) => event.preventDefault());
  document.querySelector("form")?.addEventListener("submit", sent);
  return { select: document.querySelector("select") as HTMLSelectElement, sent };
};

describe("a choice", () => {
  beforeEach(() => document.body.replaceChildren());

  it("sends its form", () => {
    const { select, sent } = page(UNCHOSEN);
    startChoices(document);
    select.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent).toHaveBeenCalledOnce();
  });

  it("made before the script was there sends its form, too", () => {
    const { select, sent } = page(UNCHOSEN);
    select.value = "b";
    startChoices(document);
    expect(sent).toHaveBeenCalledOnce();
  });

  it.each([UNCHOSEN, CHOSEN])("that the page came with sends nothing: %s", (options) => {
    const { sent } = page(options);
    startChoices(document);
    expect(sent).not.toHaveBeenCalled();
  });
});
