// A user task says by when it is to be done.
import { hasExtension, isOne, underLaw } from "../rule";

export default underLaw((node, reporter) => {
  if (isOne(node, ["bpmn:UserTask"]) && !hasExtension(node, "kf:Deadline")) {
    reporter.report(node.id, "The user task has no deadline rule");
  }
});
