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

// A rule for diagrams under law: those that name a legal basis anywhere (ADR 22). Nothing is asked of others.
export function underLaw(check: Rule["check"]): RuleFactory {
  return () => {
    let held = false;
    return {
      check(node, reporter) {
        if (isOne(node, ["bpmn:Definitions"])) held = namesBasis(node);
        else if (held) check(node, reporter);
      },
    };
  };
}

function namesBasis(node: BusinessObject): boolean {
  const children = [node.rootElements, node.flowElements] as (BusinessObject[] | undefined)[];
  return hasExtension(node, "kf:Hjemmel") || children.some((some) => some?.some(namesBasis));
}
