// What the engine does not run is said while it is drawn, not at the deployment.
import { isOne, type RuleFactory } from "../rule";

const UNSUPPORTED = ["bpmn:ComplexGateway"];

const notSupported: RuleFactory = () => ({
  check(node, reporter) {
    if (isOne(node, UNSUPPORTED)) reporter.report(node.id, "The engine does not run this element");
  },
});

export default notSupported;
