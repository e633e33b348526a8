import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { prefixOnly } from '../support/negative-controls.ts';
import { loadScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

// What the strategies that look at prompts are for, on engines with real caches and step times.

const lengths = {
  input: { kind: 'exponential', mean: 300, min: 20, max: 3_000 },
  output: { kind: 'exponential', mean: 60, min: 1, max: 600 },
};

/** Forty applications with instructions of 3,000 tokens; a replica has room for about ten. */
const sharedPrompts = {
  arrivals: { kind: 'poisson', rate: 16 },
  population: { tenants: 40, zipf: 0.7 },
  prefix: [{ tokens: 3_000 }],
  ...lengths,
};
/** The same for everybody, and then a text of one's own. */
const oneBeginning = {
  arrivals: { kind: 'poisson', rate: 60 },
  prefix: [{ tokens: 64 }],
  ...lengths,
};
const ownPrompts = { arrivals: { kind: 'poisson', rate: 60 }, ...lengths };

function scenarioOf(tenant: object) {
  const engine = { maxModelLen: 8_192, numGpuBlocksOverride: 3_000 };
  const scenario = {
    ...{ name: 'prompts', summary: 'Prompts of a test.', model: 'Llama-3.1-8B' },
    fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 4, engine }],
    traffic: [{ tenant: 'app', ...tenant }],
    ...{ warmup: '20s', duration: '80s' },
  };
  return loadScenario(JSON.stringify(scenario), 'prompts.json');
}

function run(strategy: StrategyDefinition, tenant: object) {
  const { log } = simulate({
    scenario: scenarioOf(tenant),
    strategy,
    strategyOptions: {},
    seed: 1,
  });
  const rows = [...log.rows()];
  const tokens = rows.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const cached = rows.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0);
  const ttfts = rows.map((row) => row.firstTokenUs - row.sentUs).sort((a, b) => a - b);
  const counts = new Map<string, number>();
  for (const { replica } of rows) counts.set(replica, (counts.get(replica) ?? 0) + 1);
  return {
    hitShare: cached / tokens,
    meanTtftUs: ttfts.reduce((sum, ttft) => sum + ttft, 0) / ttfts.length,
    p95TtftUs: ttfts[Math.floor(0.95 * ttfts.length)]!,
    largestShare: Math.max(...counts.values()) / rows.length,
  };
}

const sharing = [
  'aibrix-prefix',
  'cache-aware',
  'cache-aware-window',
  'dynamo-kv',
  'loadaware-prefix',
  'precise-prefix',
  'preble-e2',
  'smetric',
  'weighted-scorers',
];
const evenly = run(strategyNamed('round-robin'), sharedPrompts);
const byLoad = run(strategyNamed('least-requests'), ownPrompts);

/** Scraped queues are up to a fifth of a second old, and whole bursts go to the same replica. */
const staleness = new Map([['weighted-scorers', 2]]);

describe.each(sharing)('%s', (name) => {
  const tolerance = 1.25 * (staleness.get(name) ?? 1);

  test('finds more in the caches than round robin where prompts are shared, and is faster', () => {
    const { hitShare, meanTtftUs } = run(strategyNamed(name), sharedPrompts);
    expect(hitShare).toBeGreaterThan(evenly.hitShare + 0.1);
    expect(meanTtftUs).toBeLessThan(evenly.meanTtftUs);
  });

  test('does no harm where they are not', () => {
    const { hitShare, p95TtftUs } = run(strategyNamed(name), ownPrompts);
    expect(hitShare).toBe(0);
    expect(p95TtftUs).toBeLessThan(tolerance * byLoad.p95TtftUs);
  });

  test('does not send everybody to one replica for a beginning that all share', () => {
    const { largestShare, p95TtftUs } = run(strategyNamed(name), oneBeginning);
    expect(largestShare).toBeLessThan(0.45);
    expect(p95TtftUs).toBeLessThan(tolerance * byLoad.p95TtftUs);
  });
});

describe.each([prefixOnly, strategyNamed('approximate-prefix')])('$name', (strategy) => {
  test('sends everybody to one replica for a beginning that all share', () => {
    const { largestShare, p95TtftUs } = run(strategy, oneBeginning);
    expect(largestShare).toBeGreaterThan(0.9);
    expect(p95TtftUs).toBeGreaterThan(3 * byLoad.p95TtftUs);
  });

  test('is no worse than others where nobody shares', () => {
    if (strategy === prefixOnly) return;
    expect(run(strategy, ownPrompts).p95TtftUs).toBeLessThan(1.05 * byLoad.p95TtftUs);
  });
});
