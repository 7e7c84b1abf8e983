// The life of one draft in the browser: dirty, saving, saved, in conflict. Knows no DOM.
import type { Answer } from "../requests";
import type { Comparison, DesignerData, FieldError, Finding } from "./model";

export type SaveState =
  | "clean"
  | "dirty"
  | "saving"
  | "saved"
  | "failed"
  | "refused"
  | "signedOut"
  | "conflict";

interface Saved {
  revision: number;
  savedAt: string;
  findings?: Finding[];
  message?: string;
  savedBy?: string;
}

interface Deployed {
  version?: number;
  message?: string;
  detail?: string;
  findings?: Finding[];
  errors?: FieldError[];
}

// From when a version counts, by which law and for which cases; what is empty is left out.
export interface Validity {
  gyldig_fra?: string;
  gyldig_til?: string;
  lov?: string;
  overgang?: string;
}

// Why a draft is published that did not pass its scenarios, beside from when it counts.
export interface Publication extends Validity {
  uden_proeve?: string;
}

export interface Hooks {
  source(): Promise<string>;
  post<T>(url: string, body: unknown): Promise<Answer<T>>;
  changed(state: SaveState, detail?: string): void;
  findings(findings: Finding[]): void;
}

export const AUTOSAVE_AFTER = 2000;
const RETRY_AFTER = 8000;

export class Session {
  state: SaveState = "clean";
  revision: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private editions = 0;
  private theirRevision = 0;
  private running: Promise<boolean> | null = null;

  constructor(
    private readonly data: Pick<DesignerData, "revision" | "urls">,
    private readonly hooks: Hooks,
  ) {
    this.revision = data.revision;
  }

  get isUnsaved(): boolean {
    return this.state !== "clean" && this.state !== "saved";
  }

  touched(): void {
    this.editions += 1;
    if (this.state === "conflict") return;
    if (!this.running) this.become("dirty");
    this.later(AUTOSAVE_AFTER);
  }

  // One save at a time; a change made meanwhile is saved by the next one.
  async save(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    this.running = this.saveOnce();
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  // Only this puts one person's draft on top of another's: an ordinary save stays in conflict.
  async overwrite(): Promise<boolean> {
    this.revision = this.theirRevision;
    this.become("dirty");
    return await this.save();
  }

  async check(): Promise<void> {
    const answer = await this.hooks.post<{ findings: Finding[] }>(this.data.urls.lint, {
      xml: await this.hooks.source(),
    });
    this.hooks.findings(answer.body.findings ?? []);
  }

  async compare(): Promise<Comparison> {
    const answer = await this.hooks.post<Partial<Comparison>>(this.data.urls.compare, {
      xml: await this.hooks.source(),
    });
    return { ...answer.body, changes: answer.body.changes ?? [] };
  }

  // What is published is the draft as it is saved on the server; what is in operation alone is no draft yet.
  async settled(): Promise<boolean> {
    const isDraft = this.revision > 0 && !this.isUnsaved;
    return isDraft || (await this.save());
  }

  async deploy(publication: Publication): Promise<Answer<Deployed>> {
    if (!(await this.settled())) return { ok: false, status: 409, body: {} };
    const answer = await this.hooks.post<Deployed>(this.data.urls.deploy, {
      revision: this.revision,
      ...publication,
    });
    if (answer.body.findings) this.hooks.findings(answer.body.findings);
    return answer;
  }

  private async saveOnce(): Promise<boolean> {
    const edition = this.editions;
    this.become("saving");
    try {
      const body = { xml: await this.hooks.source(), revision: this.revision };
      return this.settle(await this.hooks.post<Saved>(this.data.urls.save, body), edition);
    } catch {
      this.become("failed");
      this.later(RETRY_AFTER);
      return false;
    }
  }

  private settle(answer: Answer<Saved>, edition: number): boolean {
    if (answer.status === 409) {
      this.theirRevision = answer.body.revision;
      this.become("conflict", answer.body.savedBy ?? "");
      return false;
    }
    if (answer.body.findings) this.hooks.findings(answer.body.findings);
    if (!answer.ok) return this.notSaved(answer);
    this.revision = answer.body.revision;
    const isCurrent = edition === this.editions;
    this.become(isCurrent ? "saved" : "dirty", answer.body.savedAt);
    if (!isCurrent) this.later(AUTOSAVE_AFTER);
    return isCurrent;
  }

  // Signing in again in another tab, or a server that comes back, is enough: the draft waits here.
  private notSaved({ status, body }: Answer<Saved>): boolean {
    if (status !== 401 && status < 500) {
      this.become("refused", body.message);
      return false;
    }
    this.become(status === 401 ? "signedOut" : "failed");
    this.later(RETRY_AFTER);
    return false;
  }

  private later(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), after);
  }

  private become(state: SaveState, detail?: string): void {
    this.state = state;
    this.hooks.changed(state, detail);
  }
}
