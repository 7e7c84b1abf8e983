// The process, every task of people and of rules, and whatever decides or waits names its legal basis: kf:hjemmel.
// What its deadline rests on is the basis of the deadline alone.
import { findExtension } from "../../extensions";
import type { BusinessObject } from "../../services";
import { isOne, underLaw } from "../rule";

const ALWAYS = ["bpmn:Process", "bpmn:UserTask", "bpmn:BusinessRuleTask", "bpmn:ReceiveTask"];
const DECIDING = [
  "bpmn:ExclusiveGateway",
  "bpmn:InclusiveGateway",
  "bpmn:ComplexGateway",
  "bpmn:EventBasedGateway",
];
const WAITING = [
  "bpmn:TimerEventDefinition",
  "bpmn:MessageEventDefinition",
  "bpmn:ConditionalEventDefinition",
  "bpmn:SignalEventDefinition",
];

function decides(node: BusinessObject): boolean {
  const outgoing = node.get<unknown[] | undefined>("outgoing") ?? [];
  return isOne(node, DECIDING) && outgoing.length > 1;
}

function waits(node: BusinessObject): boolean {
  if (!isOne(node, ["bpmn:CatchEvent", "bpmn:EndEvent"])) return false;
  const definitions = node.get<BusinessObject[] | undefined>("eventDefinitions") ?? [];
  return definitions.some((definition) => isOne(definition, WAITING));
}

export default underLaw((node, reporter) => {
  const needs = isOne(node, ALWAYS) || decides(node) || waits(node);
  if (needs && !findExtension(node, "kf:Hjemmel")?.get("text"))
    reporter.report(node.id, "Hjemmel is missing");
});
