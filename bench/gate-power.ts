import { vocabulary } from '../cli/vocabulary.ts';
import { gate } from '../experiments/gate/gate.ts';
import { gatedMetrics } from '../experiments/gate/gated-metrics.ts';
import { makeBaseline } from '../experiments/gate/make-baseline.ts';
import { resolveLoad } from '../experiments/load/resolve-load.ts';
import { summariseTask } from '../experiments/run-task.ts';
import { type Looks, looksOf } from '../experiments/statistics/looks.ts';
import type { GateResult } from '../reports/gate/result.ts';
import type { RunSummary } from '../reports/summary.ts';
import { readScenarioText } from '../scenarios/library.ts';
import { parseScenario } from '../scenarios/load.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { atLeast, type Benchmark } from './result.ts';

const repetitions = 100;
const strategy = { name: 'least-tokens', options: {} };

/** How often a gate with its defaults sees that one of four replicas is 5 % slower. */
export function gateBenchmarks(): Map<string, Benchmark> {
  return new Map(
    [0.6, 0.8].map((load): [string, Benchmark] => [
      `gate.caught.load${load}`,
      async () => atLeast(80, await caughtPercent(load), '% of the repetitions'),
    ]),
  );
}

/** Each repetition has seeds that no other has. */
async function caughtPercent(load: number): Promise<number> {
  const looks = looksOf(8, 32);
  const base = resolveLoad(chatAt(load));
  const head = chatAt(load, '{ kind: slow, at: 0s, replicas: [a100-2], factor: 1.05, for: 1h }');
  const counts = new Map<string, number>();
  let caught = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const seeds = Array.from({ length: 32 }, (_, at) => 1 + 32 * repetition + at);
    const { kind, taken, worse } = await gated(base, head, seeds, looks);
    if (kind === 'regress') caught += 1;
    for (const what of [`${kind} at ${taken} seeds`, ...worse]) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  const told = [...counts].map(([what, count]) => `${what} ${count}`).sort();
  process.stderr.write(`  of ${repetitions} repetitions: ${told.join(', ')}\n`);
  return (100 * caught) / repetitions;
}

interface Gated {
  readonly kind: GateResult['verdict']['kind'];
  readonly taken: number;
  /** Figures that were found to be worse. */
  readonly worse: readonly string[];
}

/** Seeds of the baseline are only made for the looks that are taken. */
async function gated(
  base: Scenario,
  head: Scenario,
  seeds: readonly number[],
  looks: Looks,
): Promise<Gated> {
  const known = new Map<string, RunSummary>();
  const summaryOf = (scenario: Scenario, seed: number) => {
    const key = `${scenario.events.length} ${seed}`;
    const summary = known.get(key) ?? summariseTask({ scenario, strategy, seed });
    known.set(key, summary);
    return summary;
  };
  for (const size of looks.sizes) {
    const own = seeds.slice(0, size);
    const runs = own.map((seed) => summaryOf(base, seed));
    const facts = { version: 'bench', code: 'bench' };
    const baseline = makeBaseline({ scenario: base, strategy, seeds: own, runs, ...facts });
    const result = await gate({
      cases: [{ scenario: head, strategy, baseline }],
      gated: gatedMetrics(),
      looks: { ...looks, sizes: [size] },
      run: async (tasks) => tasks.map(({ scenario, seed }) => summaryOf(scenario, seed)),
    });
    const { kind } = result!.verdict;
    if (kind === 'inconclusive' && size !== looks.sizes.at(-1)) continue;
    const rows = result!.scenarios.flatMap((one) => one.rows);
    const worse = rows.filter(({ outcome }) => outcome === 'regress').map(({ label }) => label);
    return { kind, taken: size, worse };
  }
  throw new RangeError('an experiment without a look');
}

/** Azure's chat on four replicas for four minutes: about 6,000 requests. */
function chatAt(load: number, event?: string): Scenario {
  const text = readScenarioText('azure-chat')
    .text.replace('load: 0.75', `load: ${load}`)
    .replace('warmup: 2m', 'warmup: 1m')
    .replace('duration: 10m', 'duration: 4m');
  const events = event === undefined ? '' : `events: [${event}]\n`;
  return parseScenario({ file: 'azure-chat.yaml', text: `${text}${events}` }, vocabulary);
}
