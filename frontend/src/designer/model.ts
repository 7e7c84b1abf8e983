// What the designer and the server say to each other, and what an editor of one kind of file can do.
import type { Language } from "../bpmn/provider/fields";

export type Severity = "error" | "warning" | "info";

export interface FieldError {
  field: string;
  messageDa: string;
  messageEn: string;
}

export interface Finding {
  rule: string;
  severity: Severity;
  element_id: string | null;
  name?: string | null;
  line?: number | null;
  message_da: string;
  message_en: string;
  fix?: string;
}

export interface DesignerData {
  resourceName: string;
  kind: "bpmn" | "dmn" | "form";
  xml: string;
  revision: number;
  runningVersion: number | null;
  urls: { save: string; lint: string; compare: string; deploy: string; back: string };
  texts?: Record<string, string>;
  language: Language;
}

export interface Change {
  kind: string;
  element_id: string | null;
  text: string;
}

// The draft beside what is in operation, and what stands against publishing it: that one saved it oneself, or that it
// did not pass its scenarios, which are run at `tryAt`.
export interface Comparison {
  changes: Change[];
  eyes?: string | null;
  trial?: string | null;
  tryAt?: string;
}

export interface Places {
  canvas: HTMLElement;
  properties: HTMLElement;
  outline: HTMLElement;
}

export interface Editor {
  load(source: string): Promise<void>;
  source(): Promise<string>;
  onChange(callback: () => void): void;
  onFindings(callback: (findings: Finding[]) => void): void;
  show(elementId: string): void;
  undo(): void;
  redo(): void;
  destroy(): void;
}

export function messageOf(finding: Finding, language: Language): string {
  return language === "en" ? finding.message_en : finding.message_da;
}
