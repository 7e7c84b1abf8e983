import { afterEach, expect, test } from "vitest";
import { goToLine, lineStart, startTexts } from "./texts";

const PAGE = `<form data-kf-text><textarea>en\nto\ntre</textarea>
  <span data-kf-text-status data-unsaved="Ikke gemt endnu"></span></form><a href="#" data-kf-line="2">Linje 2</a>`;

afterEach(() => {
  document.body.innerHTML = "";
});

function field(): HTMLTextAreaElement {
  document.body.innerHTML = PAGE;
  return document.querySelector("textarea") as HTMLTextAreaElement;
}

test.each([
  [1, 0],
  [2, 3],
  [3, 6],
])("line %i begins at %i", (line, start) => {
  expect(lineStart("en\nto\ntre", line)).toBe(start);
});

test("a line is selected, and one that is not there is the end", () => {
  const text = field();
  goToLine(text, 2);
  expect([text.selectionStart, text.selectionEnd]).toEqual([3, 5]);
  goToLine(text, 9);
  expect(text.selectionStart).toBe(9);
});

test("what was typed is said not to be saved, and holds back leaving until it is", () => {
  const text = field();
  startTexts(document);
  text.dispatchEvent(new Event("input"));
  expect(document.querySelector("span")?.textContent).toBe("Ikke gemt endnu");
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  expect(leaving.defaultPrevented).toBe(true);
  document.querySelector("form")?.dispatchEvent(new Event("submit"));
  const saved = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(saved);
  expect(saved.defaultPrevented).toBe(false);
});

test("a finding leads to its line", () => {
  const text = field();
  startTexts(document);
  document.querySelector<HTMLElement>("a")?.click();
  expect([document.activeElement, text.selectionStart]).toEqual([text, 3]);
});
