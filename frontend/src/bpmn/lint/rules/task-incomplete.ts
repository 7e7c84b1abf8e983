// What runs by itself says what it runs: a job type, a decision, a script or a process.
import { hasExtension, isOne, type RuleFactory } from "../rule";

const WORK = "zeebe:TaskDefinition";

const NEEDS: [string, string[], string][] = [
  ["bpmn:ServiceTask", [WORK], "The task has no job type"],
  ["bpmn:SendTask", [WORK], "The task has no job type"],
  ["bpmn:BusinessRuleTask", [WORK, "zeebe:CalledDecision"], "The task calls no decision"],
  ["bpmn:ScriptTask", [WORK, "zeebe:Script"], "The task has no expression"],
  ["bpmn:CallActivity", ["zeebe:CalledElement"], "The activity calls no process"],
];

const taskIncomplete: RuleFactory = () => ({
  check(node, reporter) {
    for (const [type, extensions, message] of NEEDS) {
      if (!isOne(node, [type]) || extensions.some((extension) => hasExtension(node, extension))) continue;
      reporter.report(node.id, message);
    }
  },
});

export default taskIncomplete;
