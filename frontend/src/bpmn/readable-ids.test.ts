import { expect, test } from "vitest";
import { freeId, readableId } from "./readable-ids";

test("a Danish name becomes an id of ASCII letters", () => {
  expect(readableId("Træf afgørelse om udgang")).toBe("TraefAfgoerelseOmUdgang");
  expect(readableId("Høring – 2. rykker (§ 18)")).toBe("Hoering2Rykker18");
});

test("a name that gives no id, or one of the engine's, is left alone", () => {
  expect([readableId("14 dage"), readableId("Start"), readableId("???")]).toEqual(["", "", ""]);
});

test("an id in use gets a number", () => {
  const taken = new Set(["Hoering", "Hoering2"]);
  expect(freeId("Hoering", (id) => taken.has(id))).toBe("Hoering3");
});
