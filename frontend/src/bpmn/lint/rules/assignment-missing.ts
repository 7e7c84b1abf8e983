// A user task without a role is open to everybody; the lane it is drawn in opens it to nobody.
import { findExtension } from "../../extensions";
import { isOne, underLaw } from "../rule";

const ROLES = ["candidateGroups", "candidateUsers", "assignee"];

export default underLaw((node, reporter) => {
  const assignment = findExtension(node, "zeebe:AssignmentDefinition");
  if (isOne(node, ["bpmn:UserTask"]) && !ROLES.some((role) => assignment?.get(role))) {
    reporter.report(node.id, "The user task has no role");
  }
});
