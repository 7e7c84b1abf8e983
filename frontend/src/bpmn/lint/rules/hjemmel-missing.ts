// Every task, deciding gateway, timer and waiting message names its legal basis: kf:hjemmel, or its deadline's.
import { findExtension, findExtensions } from "../../extensions";
import type { BusinessObject } from "../../services";
import { isOne, type RuleFactory } from "../rule";

const WAITING = ["bpmn:TimerEventDefinition", "bpmn:MessageEventDefinition"];

function decides(node: BusinessObject): boolean {
  const outgoing = node.get<unknown[] | undefined>("outgoing") ?? [];
  return isOne(node, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"]) && outgoing.length > 1;
}

function waits(node: BusinessObject): boolean {
  if (!isOne(node, ["bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent"])) return false;
  const definitions = node.get<BusinessObject[] | undefined>("eventDefinitions") ?? [];
  return definitions.some((definition) => isOne(definition, WAITING));
}

// The basis of a deadline is a basis too.
function hasBasis(node: BusinessObject): boolean {
  const provision = findExtension(node, "kf:Hjemmel")?.get("text");
  const deadlines = findExtensions(node, "kf:Deadline");
  return Boolean(provision || (deadlines.length > 0 && deadlines.every((one) => one.get("hjemmel"))));
}

const hjemmelMissing: RuleFactory = () => ({
  check(node, reporter) {
    const needs = isOne(node, ["bpmn:UserTask", "bpmn:BusinessRuleTask"]) || decides(node) || waits(node);
    if (needs && !hasBasis(node)) reporter.report(node.id, "Hjemmel is missing");
  },
});

export default hjemmelMissing;
