// bpmnlint with its recommended rules that fit us, and our own, named as the server names them.
// Messages are in the user's language.
import conditionalFlows from "bpmnlint/rules/conditional-flows";
import endEventRequired from "bpmnlint/rules/end-event-required";
import eventBasedGateway from "bpmnlint/rules/event-based-gateway";
import subProcessStart from "bpmnlint/rules/event-sub-process-typed-start-event";
import fakeJoin from "bpmnlint/rules/fake-join";
import labelRequired from "bpmnlint/rules/label-required";
import linkEvent from "bpmnlint/rules/link-event";
import noBpmndi from "bpmnlint/rules/no-bpmndi";
import noDisconnected from "bpmnlint/rules/no-disconnected";
import noDuplicateFlows from "bpmnlint/rules/no-duplicate-sequence-flows";
import noGatewayJoinFork from "bpmnlint/rules/no-gateway-join-fork";
import noImplicitEnd from "bpmnlint/rules/no-implicit-end";
import noImplicitSplit from "bpmnlint/rules/no-implicit-split";
import noImplicitStart from "bpmnlint/rules/no-implicit-start";
import noOverlapping from "bpmnlint/rules/no-overlapping-elements";
import singleBlankStart from "bpmnlint/rules/single-blank-start-event";
import singleDefinition from "bpmnlint/rules/single-event-definition";
import startEventRequired from "bpmnlint/rules/start-event-required";
import subProcessBlankStart from "bpmnlint/rules/sub-process-blank-start-event";
import superfluousGateway from "bpmnlint/rules/superfluous-gateway";
import type { Rule, RuleFactory } from "./rule";
import assignmentMissing from "./rules/assignment-missing";
import deadlineMissing from "./rules/deadline-missing";
import deadlinePeriods from "./rules/deadline-periods";
import formMissing from "./rules/form-missing";
import hjemmelMissing from "./rules/hjemmel-missing";
import idReserved from "./rules/id-reserved";
import notSupported from "./rules/not-supported";
import priorityMissing from "./rules/priority-missing";
import taskIncomplete from "./rules/task-incomplete";

type Severity = "error" | "warn" | "info";

export const RULES: Record<string, [Severity, RuleFactory]> = {
  "assignment-missing": ["error", assignmentMissing],
  "conditional-flows": ["error", conditionalFlows],
  "deadline-missing": ["error", deadlineMissing],
  "deadline-periods": ["error", deadlinePeriods],
  "end-event-required": ["error", endEventRequired],
  "event-based-gateway": ["error", eventBasedGateway],
  "event-sub-process-typed-start-event": ["error", subProcessStart],
  "fake-join": ["warn", fakeJoin],
  "form-missing": ["error", formMissing],
  "hjemmel-missing": ["error", hjemmelMissing],
  "task-incomplete": ["error", taskIncomplete],
  "label-required": ["warn", labelRequired],
  "link-event": ["error", linkEvent],
  "no-bpmndi": ["error", noBpmndi],
  "no-disconnected": ["error", noDisconnected],
  "no-duplicate-sequence-flows": ["error", noDuplicateFlows],
  "no-gateway-join-fork": ["warn", noGatewayJoinFork],
  "no-implicit-end": ["warn", noImplicitEnd],
  "no-implicit-split": ["warn", noImplicitSplit],
  "no-implicit-start": ["error", noImplicitStart],
  "no-overlapping-elements": ["warn", noOverlapping],
  "id-reserved": ["error", idReserved],
  "priority-missing": ["error", priorityMissing],
  "single-blank-start-event": ["error", singleBlankStart],
  "single-event-definition": ["error", singleDefinition],
  "start-event-required": ["error", startEventRequired],
  "sub-process-blank-start-event": ["error", subProcessBlankStart],
  "superfluous-gateway": ["warn", superfluousGateway],
  "not-supported": ["error", notSupported],
};

export function lintConfig(say: (message: string) => string): Record<string, unknown> {
  return {
    config: {
      rules: Object.fromEntries(Object.entries(RULES).map(([name, [severity]]) => [name, severity])),
    },
    resolver: { resolveRule: (_package: string, name: string) => RULES[name]?.[1] ?? null },
    transformRule: (rule: Rule) => speaking(rule, say),
  };
}

// The same rule, reporting in another language.
export function speaking(rule: Rule, say: (message: string) => string): Rule {
  return {
    ...rule,
    check: (node, reporter) =>
      rule.check(node, { report: (id, message, path) => reporter.report(id, say(message), path) }),
  };
}
