// A user task without a form can only be ticked off.
import { hasExtension, isOne, underLaw } from "../rule";

export default underLaw((node, reporter) => {
  if (isOne(node, ["bpmn:UserTask"]) && !hasExtension(node, "zeebe:FormDefinition")) {
    reporter.report(node.id, "The user task has no form");
  }
});
