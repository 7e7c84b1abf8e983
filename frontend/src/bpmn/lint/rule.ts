// The shape of a lint rule, as bpmnlint calls it.
import type { BusinessObject } from "../services";

export interface Reporter {
  report(id: string, message: string, path?: string[]): void;
}

export interface Rule {
  check: (node: BusinessObject, reporter: Reporter) => void;
  meta?: Record<string, unknown>;
}

export type RuleFactory = (config?: unknown) => Rule;

export function isOne(node: BusinessObject, types: string[]): boolean {
  return types.some((type) => node.$instanceOf?.(type));
}

export function hasExtension(node: BusinessObject, type: string): boolean {
  return node.extensionElements?.values?.some((value) => value.$type === type) ?? false;
}
