// A file of plain text that is written on a page: form[data-kf-text] with one textarea.
// Ctrl+S saves, a[data-kf-line] goes to its line, and what is not saved yet is said and not lost by leaving.
const FORM = "form[data-kf-text]";

export function lineStart(text: string, line: number): number {
  return text.split("\n", line - 1).reduce((sum, one) => sum + one.length + 1, 0);
}

export function goToLine(field: HTMLTextAreaElement, line: number): void {
  const start = Math.min(lineStart(field.value, line), field.value.length);
  const end = field.value.indexOf("\n", start);
  field.focus();
  field.setSelectionRange(start, end < 0 ? field.value.length : end);
  const height = Number.parseFloat(getComputedStyle(field).lineHeight) || 20;
  field.scrollTop = Math.max(0, (line - 4) * height);
}

export function startTexts(root: Document): void {
  const form = root.querySelector<HTMLFormElement>(FORM);
  const field = form?.querySelector("textarea");
  if (!form || !field) return;
  let isUnsaved = false;
  field.addEventListener("input", () => {
    isUnsaved = true;
    const status = form.querySelector<HTMLElement>("[data-kf-text-status]");
    if (status?.dataset.unsaved) status.textContent = status.dataset.unsaved;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  root.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-kf-line]");
    if (!link) return;
    event.preventDefault();
    goToLine(field, Number(link.dataset.kfLine));
  });
}
