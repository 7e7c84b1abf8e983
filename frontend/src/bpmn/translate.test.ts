// Every word the packages pass to translate() has a Danish one, or stands on the list of words nobody sees here
// (groups of another engine, tooltips that are not switched on).
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import danish from "../i18n/da.json";
import notShown from "../i18n/not-shown.json";
import { RULES } from "./lint/config";
import { translateDanish } from "./translate";

const SOURCES = [
  "node_modules/bpmn-js/lib/**/*.js",
  "node_modules/diagram-js/lib/**/*.js",
  "node_modules/bpmn-js-create-append-anything/dist/index.es.js",
  "node_modules/@bpmn-io/properties-panel/dist/index.esm.js",
  "node_modules/bpmn-js-properties-panel/dist/index.esm.js",
  "node_modules/bpmn-js-bpmnlint/dist/index.esm.js",
  "node_modules/dmn-js*/lib/**/*.js",
];
const LABELS = "node_modules/bpmn-js-create-append-anything/dist/index.es.js";

function found(paths: string[], pattern: RegExp): string[] {
  const texts = paths.flatMap((path) => globSync(path)).map((path) => readFileSync(path, "utf8"));
  return texts.flatMap((text) =>
    [...text.matchAll(pattern)].map((match) => (match[1] ?? "").replaceAll("\\'", "'")),
  );
}

test("no word of the packages is without Danish", () => {
  const words = [
    ...found(SOURCES, /translate\$?\d*\(\s*'((?:[^'\\]|\\.)+)'/g),
    ...found([LABELS], /(?:label|name|title): '([^']+)'/g),
  ];
  const known = new Set([
    ...Object.keys(danish).map((key) => key.toLowerCase()),
    ...notShown.map((key) => key.toLowerCase()),
  ]);
  const missing = [...new Set(words)].filter((word) => !known.has(word.toLowerCase()));
  expect(words.length).toBeGreaterThan(550);
  expect(missing).toEqual([]);
});

test("no rule's message is without Danish", () => {
  const theirs = Object.keys(RULES).map((rule) => `node_modules/bpmnlint/rules/${rule}.js`);
  const messages = [
    ...found(theirs, /report\([\w.]+, '([^']+)'/g),
    ...found(["src/bpmn/lint/rules/*.ts"], /\.report\([^,]+, "([^"]+)"/g),
  ];
  expect(messages.length).toBeGreaterThan(20);
  expect(messages.filter((message) => !(message in danish))).toEqual([]);
});

test("replacements are filled in, and are Danish themselves", () => {
  expect(translateDanish("Open {element}", { element: "User Task" })).toBe("Åbn Brugeropgave");
  expect(translateDanish("{unknown} stays", {})).toBe("{unknown} stays");
});
