import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { AppendRule } from '../../../scenarios/traces/append-rule.ts';
import { PrefixLru } from '../../../scenarios/traces/prefix-facts.ts';
import { TraceFacts } from '../../../scenarios/traces/trace-facts.ts';
import { draftRow } from '../../../scenarios/traces/trace-row.ts';

function row(arrivalS: number, promptTokens: number, blocks?: number[]) {
  const blockTokens = blocks && 512;
  const arrivalUs = arrivalS * 1e6;
  return draftRow({ line: 0, arrivalUs, promptTokens, outputTokens: 3, blockTokens, blocks });
}

describe('arrivals', () => {
  test('bins begin at the first row, empty ones count, the last does not', () => {
    const facts = new TraceFacts();
    // From 100 s on: 2, 0, 0, 1 in whole seconds, and then an unfinished one.
    for (const at of [100, 100.5, 103.5, 104.2]) facts.add(row(at, 1));
    const { arrivals } = facts.result();
    expect(arrivals.spanUs).toBe(4_200_000);
    const mean = 3 / 4;
    const variance = (2 * mean ** 2 + (2 - mean) ** 2 + (1 - mean) ** 2) / 4;
    expect(arrivals.counts[0]!.dispersion).toBeCloseTo(variance / mean, 12);
    expect(arrivals.counts[0]!.peakToMean).toBeCloseTo(2 / mean, 12);
    const gaps = [0.5, 3, 0.7];
    const gapMean = 1.4;
    const sd = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - gapMean) ** 2, 0) / 3);
    expect(arrivals.gapCv).toBeCloseTo(sd / gapMean, 12);
  });

  test('an age without a row costs nothing', () => {
    const facts = new TraceFacts();
    for (const at of [0, 1, 9_000_000_000]) facts.add(row(at, 1));
    expect(facts.result().arrivals.counts[0]!.peakToMean).toBeCloseTo(4.5e9, -3);
  });
});

test('quantiles lie between the lengths around them', () => {
  const facts = new TraceFacts();
  for (const length of [40, 10, 20, 30, 20]) facts.add(row(0, length));
  const { sum, mean, min, p50, p90, max } = facts.result().promptTokens;
  expect([sum, mean, min, p50, max]).toEqual([120, 24, 10, 20, 40]);
  // Rank 3.6 of 0 … 4, between 30 and 40.
  expect(p90).toBeCloseTo(36, 12);
});

describe('prefixes', () => {
  test('of a cache that never forgets, block by block', () => {
    const facts = new TraceFacts();
    facts.add(row(0, 1_040, [1, 2, 3]));
    facts.add(row(1, 1_536, [1, 2, 3]));
    facts.add(row(2, 600, [1, 9]));
    expect(facts.result().prefixes).toMatchObject({
      blocks: 8,
      distinctBlocks: 4,
      hitBlocks: 4,
      // Of block 3 only the tokens that the first prompt had.
      hitTokens: 1_040 + 512,
      // 65, 96 and 37 blocks of 16: block 3 was known by its first one only.
      engineBlocks: 65 + 96 + 37,
      engineBlocksKept: 65 + 31 + 5,
      engineHitTokens: 1_040 + 512,
      engineHitTokensButLast: 1_040 + 512,
    });
  });

  test('of a block that is filled turn by turn, only what was said before', () => {
    const facts = new TraceFacts();
    const turns = [20, 60, 100, 140, 180, 220];
    for (const [turn, tokens] of turns.entries()) {
      const blocks = Array.from({ length: Math.ceil(tokens / 64) }, (_, block) => block);
      const session = turn < 3 ? 'a' : 'b';
      facts.add({ ...row(turn, tokens, blocks), blockTokens: 64, session });
    }
    const { prefixes, sessions } = facts.result();
    expect(prefixes!.hitTokens).toBe(20 + 60 + 100 + 140 + 180);
    for (const { hitTokens } of prefixes!.lru) expect(hitTokens).toBe(prefixes!.hitTokens);
    expect(sessions).toBe(2);
  });

  test('of caches that forget, only where somebody looks at them', () => {
    const [all, few] = [new TraceFacts(), new TraceFacts({ lru: false })];
    for (const facts of [all, few]) for (let at = 0; at < 9; at++) facts.add(row(at, 900, [1, at]));
    const [whole, part] = [all.result().prefixes!, few.result().prefixes!];
    expect(whole.lru.map(({ blocks }) => blocks)).toEqual([1_000, 4_000, 16_000, 64_000]);
    expect(part).toEqual({ ...whole, lru: [] });
  });

  test('of a cache that forgets tails before heads', () => {
    const lru = new PrefixLru(3);
    lru.add(row(0, 1_024, [1, 2]));
    lru.add(row(0, 1_024, [5, 6]));
    // Block 2 had to go for 5 and 6, block 1 not.
    lru.add(row(0, 1_024, [1, 2]));
    expect([lru.hitBlocks, lru.hitTokens]).toEqual([1, 512]);
  });
});

test('the append rule: cold, system prompt only, append, branch', () => {
  const rule = new AppendRule();
  const kinds = [
    row(0, 1_000, [0, 1]),
    row(0, 1_100, [0, 2, 3]),
    row(0, 1_600, [0, 2, 4, 5]),
    row(0, 2_100, [0, 2, 4, 5, 6]),
    row(0, 1_300, [0, 2, 9]),
  ].map((next) => {
    const { kind, session, turn } = rule.next(next);
    return [kind, session, turn];
  });
  expect(kinds).toEqual([
    ['cold', 0, 1],
    ['system-only', 1, 1],
    // Both full blocks of the second prompt.
    ['append', 1, 2],
    ['append', 1, 3],
    // Two blocks, and the most recent prompt with them has four full ones.
    ['branch', 2, 1],
  ]);
});

test('facts of a Poisson process', () => {
  const random = randomStream(1, 'facts');
  const facts = new TraceFacts();
  let atS = 0;
  for (let count = 0; count < 100_000; count++) {
    atS += -Math.log1p(-random()) / 20;
    facts.add(row(atS, 1));
  }
  const { gapCv, counts } = facts.result().arrivals;
  expect(gapCv).toBeCloseTo(1, 1);
  for (const { binS, dispersion } of counts) {
    expect(Math.abs(dispersion - 1), `${binS} s`).toBeLessThan(4 * Math.sqrt((2 * binS) / 5_000));
  }
});
