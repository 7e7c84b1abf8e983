// Drafts of a task's form live on the server: changed fields are posted one second after the last keystroke,
// and at once when the page goes away. form[data-kf-draft-url]; the words go into [data-kf-draft-status].
import { csrfHeaders } from "./requests";

const DEBOUNCE = 1000;

const WORDS = {
  da: { saving: "Gemmer …", saved: (at: string) => `Gemt ${at}`, failed: "Ikke gemt. Prøver igen …" },
  en: { saving: "Saving …", saved: (at: string) => `Saved ${at}`, failed: "Not saved. Trying again …" },
};

export function changedFields(before: URLSearchParams, now: URLSearchParams): URLSearchParams {
  const changed = new URLSearchParams();
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const values = now.getAll(key);
    if (values.join("\n") === before.getAll(key).join("\n")) continue;
    for (const value of values.length > 0 ? values : [""]) changed.append(key, value);
  }
  return changed;
}

export function clock(at: Date): string {
  return `${String(at.getHours()).padStart(2, "0")}.${String(at.getMinutes()).padStart(2, "0")}`;
}

function fieldsOf(form: HTMLFormElement): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [key, value] of new FormData(form)) if (typeof value === "string") fields.append(key, value);
  return fields;
}

function urlOf(form: HTMLFormElement): string {
  return form.dataset.kfDraftUrl ?? "";
}

class Draft {
  private saved: URLSearchParams;
  private timer = 0;
  private isSubmitted = false;
  readonly url: string;

  constructor(private readonly form: HTMLFormElement) {
    this.url = urlOf(form);
    this.saved = fieldsOf(form);
    form.addEventListener("submit", () => this.submitted());
  }

  touched(): void {
    this.isSubmitted = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), DEBOUNCE);
  }

  // `keepalive` lets the request outlive the page, with the CSRF header that sendBeacon cannot carry.
  async save(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    const now = fieldsOf(this.form);
    const changed = changedFields(this.saved, now);
    if (this.isSubmitted || changed.size === 0) return;
    this.say("saving");
    try {
      const answer = await this.post(changed, keepalive);
      if (!answer.ok) return this.failed();
      this.saved = now;
      this.say("saved");
    } catch {
      this.failed();
    }
  }

  private post(changed: URLSearchParams, keepalive: boolean): Promise<Response> {
    return fetch(this.url, {
      method: "POST",
      body: changed,
      credentials: "same-origin",
      headers: csrfHeaders(),
      redirect: "manual", // to the login page: that is not a saved draft
      keepalive,
    });
  }

  private failed(): void {
    if (this.isOver()) return;
    this.say("failed");
    this.timer = window.setTimeout(() => void this.save(), 5 * DEBOUNCE);
  }

  // A swap may have turned the form into another task's: then this draft is over.
  isOver(): boolean {
    return !this.form.isConnected || urlOf(this.form) !== this.url;
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private submitted(): void {
    this.isSubmitted = true;
    clearTimeout(this.timer);
  }

  private say(state: "saving" | "saved" | "failed"): void {
    if (this.isOver()) return;
    const place = this.form.querySelector<HTMLElement>("[data-kf-draft-status]");
    if (!place) return;
    const words = document.documentElement.lang === "en" ? WORDS.en : WORDS.da;
    const text = words[state];
    place.dataset.state = state;
    place.textContent = typeof text === "function" ? text(clock(new Date())) : text;
  }
}

const DRAFTED = "form[data-kf-draft-url]";

export function startDrafts(root: Document): void {
  const drafts = new Map<HTMLFormElement, Draft>();
  const draftAt = (event: Event): Draft | undefined => {
    const form = (event.target as Element).closest<HTMLFormElement>(DRAFTED);
    if (form && !drafts.has(form)) drafts.set(form, new Draft(form));
    return form ? drafts.get(form) : undefined;
  };
  const saveAll = (keepalive: boolean) => {
    for (const draft of drafts.values()) void draft.save(keepalive);
  };
  root.addEventListener("focusin", draftAt);
  root.addEventListener("input", (event) => draftAt(event)?.touched());
  root.addEventListener("change", (event) => draftAt(event)?.touched());
  root.addEventListener("htmx:before:swap", () => saveAll(false));
  root.addEventListener("htmx:after:swap", () => forgetFinished(drafts));
  window.addEventListener("pagehide", () => saveAll(true));
}

function forgetFinished(drafts: Map<HTMLFormElement, Draft>): void {
  for (const [form, draft] of drafts) {
    if (!draft.isOver()) continue;
    draft.end();
    drafts.delete(form);
  }
}
