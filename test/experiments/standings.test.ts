import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  finalists,
  judge,
  type StrategySeeds,
  standing,
  standingsSchema,
} from '../../experiments/standings.ts';
import type { RunSummary } from '../../reports/summary.ts';

/** Runs of which only what is judged is known, in milliseconds and as a share, seed by seed. */
function seeds(name: string, ttftP99Ms: number[], attainmentShare: number[]): StrategySeeds {
  const runs = ttftP99Ms.map((ms, seed) => {
    return { metrics: { ttftP99Ms: ms, attainmentShare: attainmentShare[seed]! } };
  });
  return { name, runs: runs as unknown as RunSummary[] };
}

const steady = (value: number) => [value, 1.01 * value, 0.99 * value, value];

describe('a standing', () => {
  test('is against the best other of each metric, which need not be the same', () => {
    const row = standing(
      'chat',
      [
        seeds('ours', steady(100), steady(0.9)),
        seeds('fast', steady(90), steady(0.7)),
        seeds('good', steady(300), steady(0.95)),
      ],
      'ours',
    );
    expect(row.ttftP99).toMatchObject({ rival: 'fast', ownValue: 100, rivalValue: 90 });
    expect(row.ttftP99.change).toBeCloseTo(1 / 9, 6);
    expect(row.goodput).toMatchObject({ rival: 'good' });
    expect(row.goodput.change).toBeCloseTo(-5, 1);
    expect(judge(row)).toBe('worse');
  });

  test('is better only beyond doubt, and worse as soon as the mean is', () => {
    const rivals = (ttft: number[], share: number[]) => [
      seeds('ours', [100, 120, 90, 110], steady(0.9)),
      seeds('other', ttft, share),
    ];
    const verdict = (ttft: number[], share = steady(0.9)) =>
      judge(standing('chat', rivals(ttft, share), 'ours'));
    expect(verdict([200, 240, 180, 220])).toBe('better');
    expect(verdict([101, 119, 93, 109])).toBe('equal');
    expect(verdict([90, 110, 80, 100])).toBe('worse');
    expect(verdict([200, 240, 180, 220], steady(0.91))).toBe('worse');
  });

  test('survives being written down', () => {
    const value = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    const runs = fc.array(value, { minLength: 2, maxLength: 5 });
    const property = fc.property(runs, (values) => {
      const all = [seeds('ours', values, values), seeds('other', values.toReversed(), values)];
      const row = standing('chat', all, 'ours');
      const written = { strategy: 'ours', seeds: values.length, version: '0', scenarios: [row] };
      expect(standingsSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });
});

test('finalists are the best others in either metric, each once', () => {
  const all = [
    seeds('ours', [1], [1]),
    seeds('a', [10], [0.1]),
    seeds('b', [20], [0.9]),
    seeds('c', [30], [0.5]),
    seeds('d', [40], [0.8]),
  ];
  expect(finalists(all, 'ours', 1)).toEqual(['a', 'b']);
  expect(finalists(all, 'ours', 2)).toEqual(['a', 'b', 'd']);
});
