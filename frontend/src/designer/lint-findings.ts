// bpmnlint's reports as kfflow's findings. Pure.
import type { Finding, Severity } from "./model";

export interface LintIssue {
  id: string;
  actualElementId?: string;
  message: string;
  category: string;
  rule: string;
}

export function toFindings(
  issues: Record<string, LintIssue[]>,
  nameOf: (id: string) => string | null,
): Finding[] {
  return Object.values(issues)
    .flat()
    .map((issue) => {
      const id = issue.actualElementId ?? issue.id;
      return {
        rule: issue.rule,
        severity: severityOf(issue.category),
        element_id: id,
        name: nameOf(id),
        message_da: issue.message,
        message_en: issue.message,
      };
    });
}

function severityOf(category: string): Severity {
  if (category === "warn") return "warning";
  return category === "info" ? "info" : "error";
}
