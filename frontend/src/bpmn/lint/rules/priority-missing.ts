// A user task says how urgent it is.
import { findExtension } from "../../extensions";
import { isOne, underLaw } from "../rule";

export default underLaw((node, reporter) => {
  const priority = findExtension(node, "zeebe:PriorityDefinition")?.get("priority");
  if (isOne(node, ["bpmn:UserTask"]) && !priority) reporter.report(node.id, "The user task has no priority");
});
