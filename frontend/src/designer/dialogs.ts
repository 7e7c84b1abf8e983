// The designer's questions and answers: compare, deploy, conflict.

import type { Language } from "../bpmn/provider/fields";
import { button, element } from "./dom";
import { LawFields } from "./law-fields";
import { type Change, type Comparison, type FieldError, type Finding, messageOf } from "./model";
import type { OutlineItem } from "./outline-model";
import type { Publication } from "./session";
import type { Words } from "./words";

function dialog(title: string, body: Node[], actions: Node[]): HTMLDialogElement {
  const heading = element("h2", { id: `kf-dialog-${Math.round(performance.now())}` }, [title]);
  const made = element("dialog", { class: "kf-dialog", "aria-labelledby": heading.id }, [
    heading,
    element("div", { class: "kf-dialog__body" }, body),
    element("div", { class: "kf-actions" }, actions),
  ]);
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

function closer(words: Words, text = words.close): HTMLButtonElement {
  const made: HTMLButtonElement = button(text, "", () => made.closest("dialog")?.close());
  return made;
}

export function showChanges(changes: Change[], words: Words, show: (id: string) => void): void {
  const list = element(
    "ul",
    {},
    changes.map((change) => changeLine(change, show)),
  );
  const body = changes.length > 0 ? list : element("p", {}, [words.noChanges]);
  dialog(words.compareTitle, [body], [closer(words)]);
}

function changeLine(change: Change, show: (id: string) => void): HTMLElement {
  const { element_id: id, text } = change;
  const line = element("li", { class: `kf-change kf-change--${change.kind}` });
  if (!id) line.append(text);
  else {
    const go = element("button", { type: "button", class: "kf-link" }, [text]);
    go.addEventListener("click", () => {
      go.closest("dialog")?.close();
      show(id);
    });
    line.append(go);
  }
  return line;
}

export function askToDeploy(
  { changes, eyes, trial, tryAt }: Comparison,
  words: Words,
  deploy: (publication: Publication) => Promise<void>,
): void {
  const law = new LawFields(words);
  const untried = element("textarea", { class: "kf-input", id: "kf-untried", rows: "2", maxlength: "500" });
  const go = button(words.deployNow, "kf-button--primary", () => {
    if (!law.reportValidity()) return;
    go.disabled = true;
    const why = untried.value.trim();
    void deploy({ ...law.given(), ...(why && { uden_proeve: why }) }).finally(() => made.close());
  });
  const asked = [...law.rows, ...(trial ? doubt(trial, tryAt ?? "", untried, words) : [])];
  const made = dialog(
    words.deployTitle,
    [
      element("p", {}, [words.deployBody]),
      element("h3", {}, [words.compareTitle]),
      element(
        "ul",
        {},
        changes.length > 0 ? changes.map((change) => element("li", {}, [change.text])) : [words.noChanges],
      ),
      ...(eyes ? [element("p", { class: "kf-flash kf-flash--warn", role: "note" }, [eyes])] : asked),
    ],
    [...(eyes ? [] : [go]), closer(words, words.cancel)],
  );
}

function doubt(trial: string, tryAt: string, untried: HTMLElement, words: Words): HTMLElement[] {
  const hint = element("span", { class: "kf-hint", id: "kf-untried-hint" }, [
    `${trial} ${words.untriedHint} `,
  ]);
  hint.append(element("a", { href: tryAt }, [words.tryOut]));
  untried.setAttribute("aria-describedby", hint.id);
  const label = element("label", { class: "kf-label", for: "kf-untried" }, [words.untried]);
  return [element("div", { class: "kf-field" }, [label, hint, untried])];
}

export function sayDeployed(message: string, words: Words, back: string): void {
  const link = element("a", { class: "kf-button", href: back }, [words.back]);
  dialog(words.deployed, [element("p", { role: "status" }, [message])], [closer(words), link]);
}

export function sayRefused(
  message: string,
  findings: Finding[],
  fields: FieldError[],
  words: Words,
  language: Language,
): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  const lines = errors.map((finding) =>
    element("li", {}, [`${finding.name || finding.element_id || ""} ${messageOf(finding, language)}`]),
  );
  const wrong = fields.map((field) =>
    element("li", {}, [language === "en" ? field.messageEn : field.messageDa]),
  );
  dialog(
    words.deployTitle,
    [element("p", { role: "alert" }, [message]), element("ul", {}, [...wrong, ...lines])],
    [closer(words)],
  );
}

export function askAboutConflict(who: string, words: Words, overwrite: () => void): void {
  const reload = button(words.reload, "kf-button--primary", () => location.reload());
  const keep = button(words.overwrite, "kf-button--danger", () => {
    keep.closest("dialog")?.close();
    overwrite();
  });
  dialog(
    words.conflict,
    [element("p", {}, [words.conflictBody(who)])],
    [reload, keep, closer(words, words.cancel)],
  );
}

export function chooseTarget(items: OutlineItem[], words: Words): Promise<string | null> {
  const options = items.map((item) => element("option", { value: item.id }, [item.name || item.id]));
  const list = element("select", { class: "kf-select", id: "kf-target" }, options);
  return new Promise((resolve) => {
    const go = button(words.connectTo, "kf-button--primary", () => {
      resolve(list.value);
      made.close();
    });
    const label = element("label", { class: "kf-label", for: "kf-target" }, [words.connectTo]);
    const made = dialog(words.connectTo, [label, list], [go, closer(words, words.cancel)]);
    made.addEventListener("close", () => resolve(null));
  });
}
