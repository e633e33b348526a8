import { describe, expect, test } from 'vitest';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { busiestShare, fatesOf, hitShare } from '../support/fates.ts';
import { prefixOnly } from '../support/negative-controls.ts';

// All prompts of a company begin with the same system prompt. Who goes by the beginning alone, by a
// hash of its first characters or by who has most of it, sends everything to one replica.

const replicas = 8;

const world = {
  replicas,
  traffic: [
    {
      arrivals: { kind: 'poisson', rate: 40 },
      prefix: [{ tokens: 512 }, { tokens: 256, choices: 40 }],
      input: { kind: 'constant', tokens: 64 },
      output: { kind: 'constant', tokens: 50 },
    },
  ],
  warmup: '0s',
  duration: '30s',
};

function run(
  strategy: string | StrategyDefinition,
  options: Readonly<Record<string, unknown>> = {},
) {
  const rows = fatesOf(world, strategy, options);
  return { share: busiestShare(rows), hits: hitShare(rows) };
}

describe('behind one system prompt for all', () => {
  test('a hash of the first characters has one replica do everything', () => {
    expect(run('prefix-hash', { characters: 512 }).share).toBe(1);
    // Once the system prompt ends within what is hashed, groups are told apart.
    expect(run('prefix-hash', { characters: 4_096 }).share).toBeLessThan(2 / replicas);
  });

  test('so has the longest match, with or without regard to load among equals', () => {
    expect(run(prefixOnly).share).toBe(1);
    expect(run('approximate-prefix').share).toBe(1);
  });

  test.each([
    ['bounded-hash', {}],
    // The window of tokens that suits a real fleet is more than all there is here.
    ['cache-aware-window', { load: 'requests', window: 8 }],
    ['precise-prefix', {}],
    ['predicted-finish', {}],
  ])('%s spreads the work, and finds nearly as much in the caches', (strategy, options) => {
    const { hits, share } = run(strategy, options);
    expect(share).toBeLessThan(2.5 / replicas);
    expect(hits).toBeGreaterThan(run(prefixOnly).hits - 0.1);
  });
});
