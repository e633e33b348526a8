import { describe, expect, test } from 'vitest';
import { EngineBench } from '../support/engine-bench.ts';
import { plainEngine } from '../support/reference-run.ts';
import { ReferenceReplica } from './reference-replica.ts';

/** Requests of 4 tokens that all come at once, with answers of these lengths. */
function gapsOf(
  outputs: readonly number[],
  fromUs: number,
  untilUs: number,
): EngineBench<ReferenceReplica> {
  const stepTime = { stepUs: () => 10_000.6, decodeGrowthUs: () => 0 };
  return new EngineBench((options) => new ReferenceReplica(options), {
    config: { ...plainEngine, stepTime },
    requests: outputs.map((outputTokens, text) => ({
      inputTokens: 4,
      outputTokens,
      finish: 'length',
      priority: 0,
      adapter: 0,
      cacheSalt: 0,
      prompt: [{ text, from: 0, tokens: 4 }],
      answer: { text, from: 4 },
      arrival: { kind: 'at', atUs: 0 },
      abort: { kind: 'never' },
    })),
    window: { fromUs, untilUs },
    looksUs: [],
  }).run();
}

describe('gaps between tokens', () => {
  test('are counted once for each token but the first, rounded', () => {
    const { gaps } = gapsOf([1, 2, 5], 0, 1e9);
    expect(gaps.count).toBe(0 + 1 + 4);
    expect(gaps.quantileUs(0.5)).toBeGreaterThanOrEqual(10_001);
  });

  test('count if the step ends in the window, whose end does not belong to it', () => {
    // Steps end at 10 001, 20 001, 30 002, 40 002 and 50 003 us.
    expect(gapsOf([5], 20_001, 40_002).gaps.count).toBe(2);
    expect(gapsOf([5], 20_002, 40_003).gaps.count).toBe(2);
    expect(gapsOf([5], 20_001, 40_003).gaps.count).toBe(3);
    expect(gapsOf([5], 0, 20_001).gaps.count).toBe(0);
  });

  test('are not rounded in the longest of a request, which has none with a single token', () => {
    const { sequences } = gapsOf([1, 2], 0, 0);
    expect(sequences.map(({ gapMaxUs }) => gapMaxUs)).toEqual([Number.NaN, 10_000.6]);
  });
});
