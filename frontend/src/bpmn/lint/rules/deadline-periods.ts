// Deadlines of one element follow each other without a break, each with its legal basis and in force for some time.
import { findExtensions } from "../../extensions";
import type { BusinessObject } from "../../services";
import { isOne, type RuleFactory } from "../rule";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface Period {
  from: string;
  until: string;
  hjemmel: string;
}

function period(deadline: BusinessObject): Period {
  const written = (attribute: string) => deadline.get<string | undefined>(attribute) ?? "";
  return { from: written("gyldigFra"), until: written("gyldigTil"), hjemmel: written("hjemmel") };
}

function faults(periods: Period[]): string[] {
  const dated = periods.filter(({ from, until }) => from || until);
  if (dated.some(({ from, until }) => [from, until].some((day) => day && !DAY.test(day)))) {
    return ["A day is written yyyy-mm-dd"];
  }
  if (dated.some(({ from, until }) => from && until && until <= from))
    return ["A deadline ends before it begins"];
  if (dated.some(({ hjemmel }) => !hjemmel)) return ["A deadline by date has a legal basis of its own"];
  return breaks([...periods].sort((a, b) => a.from.localeCompare(b.from)));
}

function breaks(ordered: Period[]): string[] {
  const pairs = ordered.slice(1).map((later, at) => ({ earlier: ordered[at] as Period, later }));
  const found = pairs.map(({ earlier, later }) => {
    if (!earlier.until || !later.from || earlier.until > later.from)
      return "Two deadlines are in force at once";
    return earlier.until < later.from ? "No deadline is in force between two others" : "";
  });
  return found.filter(Boolean);
}

const deadlinePeriods: RuleFactory = () => ({
  check(node, reporter) {
    if (!isOne(node, ["bpmn:UserTask", "bpmn:Process"])) return;
    const periods = findExtensions(node, "kf:Deadline").map(period);
    for (const fault of faults(periods)) reporter.report(node.id, fault);
  },
});

export default deadlinePeriods;
