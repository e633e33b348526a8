import { parseArgs } from 'node:util';
import { experimentBenchmarks } from './experiments.ts';
import { gateBenchmarks } from './gate-power.ts';
import { libraryBenchmarks } from './library.ts';
import { pickBenchmarks } from './picks.ts';
import { planBenchmarks } from './plan.ts';
import { promptBenchmarks } from './prompts.ts';
import { requestBodyBenchmarks } from './request-bodies.ts';
import type { Result } from './result.ts';
import { scrapeBenchmarks } from './scrapes.ts';
import { simBenchmarks } from './sim.ts';
import { traceBenchmarks } from './traces.ts';

// Measures how fast Fairlead is: a table, or with --json an object. Words after it choose the
// benchmarks whose names contain one of them.

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const benchmarks = [
  ...simBenchmarks(),
  ...libraryBenchmarks(),
  ...traceBenchmarks(),
  ...promptBenchmarks(),
  ...pickBenchmarks(),
  ...scrapeBenchmarks(),
  ...requestBodyBenchmarks(),
  ...experimentBenchmarks(),
  ...gateBenchmarks(),
  ...planBenchmarks(),
];
const results: Record<string, Result> = {};
for (const [name, benchmark] of benchmarks) {
  if (positionals.length > 0 && !positionals.some((word) => name.includes(word))) continue;
  process.stderr.write(`${name} …\n`);
  const result = await benchmark();
  results[name] = result;
  if (!values.json) process.stdout.write(`${line(name, result)}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
process.exitCode = Object.values(results).every(({ ok }) => ok) ? 0 : 1;

function line(name: string, { goal, ok, unit, value }: Result): string {
  const figure = value.toLocaleString('en-US').padStart(12);
  return `${ok ? 'ok  ' : 'MISS'}  ${name.padEnd(32)} ${figure}  goal ${goal.toLocaleString('en-US')} ${unit}`;
}
