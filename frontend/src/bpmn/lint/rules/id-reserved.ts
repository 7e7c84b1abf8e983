// The engine keeps these names for itself.
import type { RuleFactory } from "../rule";

const RESERVED = new Set(["Start", "End", "Root"]);

const idReserved: RuleFactory = () => ({
  check(node, reporter) {
    if (RESERVED.has(node.id)) reporter.report(node.id, "This id is reserved");
  },
});

export default idReserved;
