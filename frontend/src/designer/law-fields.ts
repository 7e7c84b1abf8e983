// The fields of a publication: from when it counts, by which law, and for which cases.

import { element } from "./dom";
import type { Validity } from "./session";
import type { Words } from "./words";

export class LawFields {
  readonly rows: HTMLElement[];
  private readonly from = day("kf-valid-from");
  private readonly to = day("kf-valid-to");
  private readonly law = element("input", { class: "kf-input", id: "kf-law", maxlength: "200" });
  private readonly rule: HTMLSelectElement;

  constructor(words: Words) {
    const rules = [
      ["FROM_REFERENCE_DATE", words.transitionReference],
      ["NEW_CASES", words.transitionNew],
      ["ALL_RUNNING", words.transitionAll],
    ] as const;
    const options = rules.map(([value, text]) => element("option", { value }, [text]));
    this.rule = element("select", { class: "kf-select", id: "kf-transition" }, options);
    this.rows = [
      row(this.from, words.validFrom, words.validFromHint),
      row(this.to, words.validTo, words.validToHint),
      row(this.law, words.law, words.lawHint),
      row(this.rule, words.transition, ""),
    ];
  }

  reportValidity(): boolean {
    return this.from.reportValidity() && this.to.reportValidity();
  }

  given(): Validity {
    const all = {
      gyldig_fra: this.from.value,
      gyldig_til: this.to.value,
      lov: this.law.value,
      overgang: this.rule.value,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  }
}

function day(id: string): HTMLInputElement {
  return element("input", { class: "kf-input kf-input--date", id, pattern: "\\d{4}-\\d{2}-\\d{2}" });
}

function row(field: HTMLElement, label: string, hint: string): HTMLElement {
  const told = hint ? [element("span", { class: "kf-hint", id: `${field.id}-hint` }, [hint])] : [];
  if (hint) field.setAttribute("aria-describedby", `${field.id}-hint`);
  const named = element("label", { class: "kf-label", for: field.id }, [label]);
  return element("div", { class: "kf-field" }, [named, ...told, field]);
}
