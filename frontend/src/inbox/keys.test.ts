import { expect, test } from "vitest";
import { belongsToControl, isTyping, KeyReader } from "./keys";

const stroke = (key: string, modifiers = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});

test("single keys are commands, keys with a modifier belong to the browser", () => {
  const reader = new KeyReader();
  expect(reader.read(stroke("j"), 0)).toBe("next");
  expect(reader.read(stroke("c", { ctrlKey: true }), 10)).toBeNull();
  expect(reader.read(stroke("q"), 20)).toBeNull();
});

test("g followed by i goes to the inbox, but not after a pause", () => {
  const reader = new KeyReader();
  expect(reader.read(stroke("g"), 0)).toBeNull();
  expect(reader.read(stroke("i"), 500)).toBe("inbox");
  expect(reader.read(stroke("g"), 1000)).toBeNull();
  expect(reader.read(stroke("b"), 5000)).toBeNull();
});

test("after g another letter is not taken for its own command", () => {
  const reader = new KeyReader();
  reader.read(stroke("g"), 0);
  expect(reader.read(stroke("j"), 100)).toBeNull();
});

test("typing is recognised in fields and not on boxes and buttons", () => {
  document.body.innerHTML =
    '<input id="t"><input id="b" type="checkbox"><textarea id="a"></textarea><button id="k"></button>';
  const at = (id: string) => document.getElementById(id);
  expect(["t", "b", "a", "k"].map((id) => isTyping(at(id)))).toEqual([true, false, true, false]);
});

test("Enter on a link or button is theirs, letters are not", () => {
  document.body.innerHTML = '<a id="l" href="#">x</a>';
  const link = document.getElementById("l");
  expect(belongsToControl(link, "Enter")).toBe(true);
  expect(belongsToControl(link, "j")).toBe(false);
});
