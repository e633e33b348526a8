import { coverageOf } from './coverage.ts';
import { regressions, strictGate, usualGate, winners } from './false-alarms.ts';
import { chatAtLoad, runPool } from './pool.ts';

// How often compare and gate are wrong: false alarms where there is nothing, and intervals that do
// not hold what they are about. The tables are those of docs/statistics.md.

const loads = [0.6, 0.8, 0.9];
const repetitions = 1_000;
const compared = { seeds: 8, repetitions: 300 };
const otherSeeds = 2_000;
const alarmPool = 3_000;
const poolSize = compared.seeds * compared.repetitions + otherSeeds;
const [before, after] = ['round-robin', 'least-requests'] as const;
const latencies = ['ttftP99Ms', 'tpotP99Ms', 'e2eP99Ms'] as const;

const percent = (count: number, of: number) => `${((100 * count) / of).toFixed(1)} %`;
const alarms = [
  '| load | compare | gate, tolerance 0 | gate, usual tolerances |',
  '| --- | ---: | ---: | ---: |',
];
const covered = ['| load | metric | the truth | covered |', '| --- | --- | ---: | ---: |'];

for (const load of loads) {
  process.stderr.write(`load ${load}\n`);
  const scenario = chatAtLoad(load);
  const a = await runPool(scenario, before, poolSize);
  const b = await runPool(scenario, after, poolSize);
  const same = { scenario, pool: b.slice(0, alarmPool), strategy: after, repetitions };
  const found = [
    winners(same),
    await regressions(same, strictGate),
    await regressions(same, usualGate),
  ].map((count) => percent(count, repetitions));
  alarms.push(`| ${load} | ${found.join(' | ')} |`);
  for (const metric of latencies) {
    const { covered: count, truth } = coverageOf({ a, b, metric, ...compared });
    const change = `${(100 * truth).toFixed(1)} %`;
    covered.push(`| ${load} | ${metric} | ${change} | ${percent(count, compared.repetitions)} |`);
  }
}
process.stdout.write(`${[...alarms, '', ...covered].join('\n')}\n`);
