import { expect, test } from "vitest";
import formDanish from "../i18n/form-da.json";
import { speakIn } from "./dom-dictionary";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("what is there and what comes later is said in Danish, typed text is not", async () => {
  document.body.innerHTML =
    '<div id="p"><b title="Required">Text field</b><p contenteditable="true">Number</p></div>';
  const place = document.getElementById("p") as HTMLElement;
  speakIn(place, formDanish);
  place.insertAdjacentHTML("beforeend", '<input placeholder="Search components"><i>Checkbox</i>');
  await settled();
  expect(place.innerHTML).toBe(
    '<b title="Skal udfyldes">Tekst</b><p contenteditable="true">Number</p><input placeholder="Søg felter"><i>Afkrydsning</i>',
  );
});

test("no Danish word of the dictionary is itself translated again into another", () => {
  const dictionary: Record<string, string> = formDanish;
  const again = Object.values(dictionary).filter(
    (said) => dictionary[said] !== undefined && dictionary[said] !== said,
  );
  expect(again).toEqual([]);
});
