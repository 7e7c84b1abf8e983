// A user task without a form can only be ticked off: usually a form was forgotten.
import { hasExtension, isOne, type RuleFactory } from "../rule";

const formMissing: RuleFactory = () => ({
  check(node, reporter) {
    if (isOne(node, ["bpmn:UserTask"]) && !hasExtension(node, "zeebe:FormDefinition")) {
      reporter.report(node.id, "The user task has no form");
    }
  },
});

export default formMissing;
