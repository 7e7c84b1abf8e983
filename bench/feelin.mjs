// What @bpmn-io/feelin takes for an evaluation, in microseconds of process time: reads [[source, context], …] from
// standard input and prints one number each, the least of several rounds. It parses the text every time.
import { readFileSync } from "node:fs";

const { evaluate, unaryTest } = await import(
  new URL("../frontend/node_modules/@bpmn-io/feelin/dist/index.js", import.meta.url)
);

function rows(table, context) {
  return table.filter((cells) => cells.every(([name, cell]) => unaryTest(cell, { ...context, "?": context[name] }).value));
}

function microseconds(work, number) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const started = process.cpuUsage();
    for (let turn = 0; turn < number; turn++) work();
    const { user, system } = process.cpuUsage(started);
    least = Math.min(least, (user + system) / number);
  }
  return least;
}

const { conditions, table, context } = JSON.parse(readFileSync(0, "utf8"));
const taken = conditions.map(([source, known]) => microseconds(() => evaluate(source, known), 300));
const decided = microseconds(() => rows(table, context), 10);
console.log(JSON.stringify({ taken, decided }));
