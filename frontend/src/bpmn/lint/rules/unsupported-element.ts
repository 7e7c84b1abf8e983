// What the engine does not run is said while it is drawn, not at the deployment.
import { isOne, type RuleFactory } from "../rule";

const UNSUPPORTED = [
  "bpmn:Transaction",
  "bpmn:AdHocSubProcess",
  "bpmn:ComplexGateway",
  "bpmn:ConditionalEventDefinition",
  "bpmn:CompensateEventDefinition",
  "bpmn:CancelEventDefinition",
];

const unsupportedElement: RuleFactory = () => ({
  check(node, reporter) {
    if (!isOne(node, UNSUPPORTED)) return;
    const carrier = node.$type.endsWith("Definition") ? node.$parent : node;
    reporter.report(carrier?.id ?? node.id, "The engine does not run this element");
  },
});

export default unsupportedElement;
