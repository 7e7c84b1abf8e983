// @vitest-environment jsdom
import { expect, test } from "vitest";
import { LawFields } from "./law-fields";
import { wordsFor } from "./words";

function shown(): { fields: LawFields; find: <T extends HTMLElement>(id: string) => T } {
  const fields = new LawFields(wordsFor("da"));
  document.body.replaceChildren(...fields.rows);
  return { fields, find: <T extends HTMLElement>(id: string) => document.getElementById(id) as T };
}

test("what is empty is left out, and the rule is by reference date", () => {
  expect(shown().fields.given()).toEqual({ overgang: "FROM_REFERENCE_DATE" });
});

test("date, law and rule are given as they were typed", () => {
  const { fields, find } = shown();
  find<HTMLInputElement>("kf-valid-from").value = "2027-01-01";
  find<HTMLInputElement>("kf-law").value = "lov nr. 1 af 01.12.2026";
  find<HTMLSelectElement>("kf-transition").value = "ALL_RUNNING";
  expect(fields.given()).toEqual({
    gyldig_fra: "2027-01-01",
    lov: "lov nr. 1 af 01.12.2026",
    overgang: "ALL_RUNNING",
  });
});

test("a date that is none is not sent", () => {
  const { fields, find } = shown();
  find<HTMLInputElement>("kf-valid-to").value = "1.1.2027";
  expect(fields.reportValidity()).toBe(false);
});

test("every field has a label and its hint", () => {
  const { fields } = shown();
  for (const row of fields.rows) {
    const field = row.querySelector("input, select");
    expect(row.querySelector("label")?.getAttribute("for")).toBe(field?.id);
    const described = field?.getAttribute("aria-describedby");
    if (described) expect(document.getElementById(described)?.textContent).not.toBe("");
  }
});
