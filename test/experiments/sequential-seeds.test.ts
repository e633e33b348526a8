import { randomNormal } from 'd3-random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { type CompareOptions, compare } from '../../experiments/compare.ts';
import { looksOf } from '../../experiments/statistics/looks.ts';
import { decide, isSettled } from '../../experiments/verdict.ts';
import { smallScenario } from '../support/scenarios.ts';
import { executorOf, runWithTtft, strategyWithTtft } from '../support/seeded-runs.ts';

const seedsTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1);

/** TTFT p99 of two strategies: what a seed does to both, and what it does to each. */
function drawn(id: number, effect: number, noise: number) {
  const values = ['a', 'b'].map((name) => {
    const [common, own] = ['common', name].map((part) =>
      randomNormal.source(randomStream(id, part))(0, 1),
    ) as [() => number, () => number];
    const shift = name === 'b' ? effect : 0;
    return seedsTo(64).map(() => 1_000 * Math.exp(0.5 * common() + noise * own() + shift));
  });
  return { a: values[0]!, b: values[1]! };
}

const base = {
  scenario: smallScenario(),
  strategies: ['random', 'least-requests'].map((name) => ({ name, options: {} })),
  by: 'ttftP99Ms',
  version: 'test',
} as const satisfies Partial<CompareOptions>;

describe('seeds are doubled', () => {
  const worlds = fc.record({
    id: fc.nat(),
    effect: fc.constantFrom(0, 0.002, 0.02, 0.05, -0.03),
    noise: fc.constantFrom(0, 0.003, 0.02, 0.1),
    most: fc.constantFrom(8, 20, 32, 64),
  });

  test('until they decide, and not one more', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ effect, id, most, noise }) => {
        const { a, b } = drawn(id, effect, noise);
        const ttftOf = (name: string, seed: number) => (name === 'random' ? a : b)[seed - 1]!;
        const { executed, executor } = executorOf((name, seed) => runWithTtft(ttftOf(name, seed)));
        const looks = looksOf(8, most);
        const told: number[] = [];
        const onUndecided = (_seeds: number, next: number) => void told.push(next);
        const seeds = seedsTo(most);
        const result = await compare({ ...base, seeds, looks, executor, onUndecided });

        const taken = looks.sizes.findIndex((size) => {
          const all = [
            strategyWithTtft('a', a.slice(0, size)),
            strategyWithTtft('b', b.slice(0, size)),
          ];
          return isSettled(decide(all, 'ttftP99Ms', looks));
        });
        const size = taken < 0 ? most : looks.sizes[taken]!;
        expect(result!.meta.seeds).toEqual(seedsTo(size));
        expect(told).toEqual(looks.sizes.slice(1, looks.sizes.indexOf(size) + 1));
        expect(new Set(executed).size).toBe(executed.length);
        expect(executed).toHaveLength(2 * size);

        const exact = await compare({ ...base, seeds: seedsTo(size), executor });
        const figures = ({ metrics }: (typeof result & object)['strategies'][0]) =>
          Object.values(metrics).map(({ standing: _standing, ...rest }) => rest);
        expect(result!.strategies.map(figures)).toEqual(exact!.strategies.map(figures));
        expect(result!.verdict.change).toEqual(exact!.verdict.change);
      }),
      { numRuns: 60 },
    );
  });

  test('but not where one is alone or nobody keeps up', async () => {
    for (const strategies of [base.strategies.slice(0, 1), base.strategies]) {
      const { executed, executor } = executorOf(() => ({
        ...runWithTtft(1),
        saturated: strategies.length > 1,
      }));
      const looks = looksOf(8, 32);
      const options = { ...base, strategies, looks, executor, seeds: seedsTo(32) };
      const result = await compare(options);
      expect(result!.verdict.kind).toBe(strategies.length > 1 ? 'saturated' : 'single');
      expect(executed).toHaveLength(8 * strategies.length);
    }
  });

  test('and Ctrl-C in the second look keeps the seeds that are complete', async () => {
    const controller = new AbortController();
    const { executor } = executorOf((name, seed) =>
      runWithTtft(drawn(1, 0, 0.1)[name === 'random' ? 'a' : 'b'][seed - 1]!),
    );
    const stopping = {
      execute: (...[tasks, options]: Parameters<typeof executor.execute>) => {
        if (tasks[0]!.seed === 1) return executor.execute(tasks, options);
        controller.abort();
        return executor.execute(tasks.slice(0, 5), options);
      },
    };
    const looks = looksOf(8, 32);
    const { signal } = controller;
    const options = { ...base, seeds: seedsTo(32), looks, executor: stopping, signal };
    const result = await compare(options);
    expect(result!.meta.seeds).toEqual(seedsTo(10));
    expect(result!.verdict.looks).toMatchObject({ taken: 2, sizes: [8, 16, 32] });
  });
});

describe('the sentence', () => {
  /** Paired ratios with a mean of so many standard errors. */
  function pair(seeds: number, { mean, t }: { mean: number; t: number }) {
    const spread = (mean * Math.sqrt(seeds)) / t;
    const scale = spread / Math.sqrt(seeds / (seeds - 1));
    const ratios = seedsTo(seeds).map((seed) => Math.exp(mean + (seed % 2 ? scale : -scale)));
    const runnerUp = ratios.map(() => 1_000);
    return [
      strategyWithTtft(
        'new',
        ratios.map((ratio) => 1_000 / ratio),
      ),
      strategyWithTtft('old', runnerUp),
    ];
  }

  test('says why an interval without zero is a tie after several looks', () => {
    const all = pair(32, { mean: 0.04, t: 2.2 });
    const once = decide(all, 'ttftP99Ms', looksOf(32, 32));
    const thrice = decide(all, 'ttftP99Ms', looksOf(8, 32));
    expect(once.sentence).toMatch(/^new beats old: TTFT p99 −3\.\d % \[/);
    expect(thrice.kind).toBe('tied');
    expect(thrice.change).toEqual(once.change);
    expect(thrice.change!.interval!.high).toBeLessThan(0);
    expect(thrice.sentence).toMatch(
      /^new and old are tied: TTFT p99 .*, better in 16 of 32 seeds; not enough after 3 looks at the result\.$/,
    );
    const early = decide(pair(16, { mean: 0.04, t: 2.2 }), 'ttftP99Ms', looksOf(8, 32));
    expect(early.sentence).toContain('; not enough after 2 of 3 looks at the result.');
  });

  test('calls a difference that is certainly small what it is, and needs no more seeds', () => {
    const small = decide(pair(8, { mean: 0.002, t: 1 }), 'ttftP99Ms', looksOf(8, 32));
    expect(small).toMatchObject({ kind: 'tied', isEquivalent: true });
    expect(small.sentence).toMatch(/^new and old are tied, less than 1 % apart: TTFT p99 /);
    expect(isSettled(small)).toBe(true);
    const wide = decide(pair(8, { mean: 0.008, t: 1 }), 'ttftP99Ms', looksOf(8, 32));
    expect(wide.isEquivalent).toBeUndefined();
    expect(isSettled(wide)).toBe(false);
  });

  test('names no winner whose pairs speak against it', () => {
    // One seed in which the other is far worse makes the better mean, and all others the pairs.
    const best = strategyWithTtft('best', [...new Array(31).fill(102), 102]);
    const other = strategyWithTtft('other', [...new Array(31).fill(100), 165]);
    const verdict = decide([best, other], 'ttftP99Ms', looksOf(32, 32));
    expect(verdict.kind).not.toBe('winner');
  });

  test('refuses a p99.9 of too few requests, and what no run has', () => {
    const all = [strategyWithTtft('a', [1, 2]), strategyWithTtft('b', [2, 3])];
    const rare = decide(all, 'ttftP999Ms', looksOf(2, 8));
    expect(rare).toMatchObject({ kind: 'unmeasured', best: null, change: null });
    expect(rare.sentence).toBe(
      'TTFT p99.9 is refused: it takes 10,000 requests with one in every run, and the smallest run has 0 requests in all. Take a longer duration, or decide by p99.',
    );
    expect(isSettled(rare)).toBe(true);
    const none = decide(all, 'jobP99Ms', looksOf(2, 2));
    expect([none.kind, none.sentence]).toEqual([
      'unmeasured',
      'job p99 decides nothing: there is a run without any. Choose another metric with --by.',
    ]);
  });
});
