import { expect, test } from "vitest";
import { toFindings } from "./lint-findings";
import type { Finding, Severity } from "./model";
import { merged, Problems } from "./problems";
import { wordsFor } from "./words";

const finding = (rule: string, severity: Severity, id: string | null, message = rule): Finding => ({
  rule,
  severity,
  element_id: id,
  message_da: message,
  message_en: message,
});

test("what both sides found is said once, in the server's words, errors first", () => {
  const browser = [finding("hjemmel-missing", "warning", "A", "browser"), finding("no-bpmndi", "error", "B")];
  const server = [finding("kf/hjemmel-missing", "warning", "A", "server")];
  expect(merged(browser, server).map(({ message_da }) => message_da)).toEqual(["no-bpmndi", "server"]);
});

test("a report about a hidden process keeps the process's own id", () => {
  const issues = {
    Pool: [{ id: "Pool", actualElementId: "process", message: "m", category: "warn", rule: "r" }],
  };
  expect(toFindings(issues, () => null)).toEqual([
    { ...finding("r", "warning", "process", "m"), name: null },
  ]);
});

test("a problem with an element is a button that goes there", () => {
  const shown: string[] = [];
  const problems = new Problems(wordsFor("da"), "da", (id) => shown.push(id));
  problems.serverSays([finding("a", "error", "Opgave"), finding("b", "warning", null)]);
  problems.panel.querySelector<HTMLButtonElement>("button")?.click();
  expect(shown).toEqual(["Opgave"]);
  expect(problems.panel.querySelector('[role="status"]')?.textContent).toBe("1 fejl · 1 advarsel");
});
