import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionError } from '../../../core/assert.ts';
import { promptPassages } from '../../../scenarios/traces/prompt-passages.ts';
import { TraceColumns } from '../../../scenarios/traces/trace-columns.ts';
import { draftRow, type TraceRow } from '../../../scenarios/traces/trace-row.ts';

const name = fc.option(fc.string({ maxLength: 5 }), { nil: undefined });
const anyRow: fc.Arbitrary<TraceRow> = fc
  .record({
    line: fc.nat(),
    arrivalUs: fc.maxSafeNat(),
    promptTokens: fc.integer({ min: 1, max: 10_000_000 }),
    outputTokens: fc.integer({ min: 1, max: 10_000_000 }),
    tenant: name,
    session: name,
    adapter: name,
    turn: fc.option(fc.nat(), { nil: undefined }),
    priority: fc.option(fc.integer(), { nil: undefined }),
    ids: fc.option(fc.array(fc.maxSafeNat(), { maxLength: 20 }), { nil: undefined }),
  })
  .map(({ ids, ...row }) => draftRow({ ...row, blockTokens: ids && 512, blocks: ids }));

describe('columns', () => {
  test('hold what was put in, across chunks', () => {
    const rows = fc.array(anyRow, { maxLength: 40 });
    const property = fc.property(rows, fc.integer({ min: 1, max: 7 }), (given, chunkRows) => {
      const columns = new TraceColumns(chunkRows);
      for (const row of given) columns.append(row);
      expect(columns.length).toBe(given.length);
      expect([...columns.rows()]).toEqual(given);
      for (const [at, row] of given.entries()) expect(columns.arrivalUs(at)).toBe(row.arrivalUs);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('there is nothing outside', () => {
    expect(() => new TraceColumns().row(0)).toThrow(AssertionError);
  });
});

describe('the prompt of a row', () => {
  const row = (promptTokens: number, blocks?: number[]) =>
    draftRow({
      line: 1,
      arrivalUs: 0,
      promptTokens,
      outputTokens: 1,
      blockTokens: blocks && 512,
      blocks,
    });

  test('is its blocks, the last as far as it goes', () => {
    expect(promptPassages(row(1_100, [7, 8, 9]), -1)).toEqual([
      { text: 7, from: 0, tokens: 512 },
      { text: 8, from: 0, tokens: 512 },
      { text: 9, from: 0, tokens: 76 },
    ]);
  });

  test('without blocks is its own text, and so is a tail without an id', () => {
    expect(promptPassages(row(1_100), -1)).toEqual([{ text: -1, from: 0, tokens: 1_100 }]);
    expect(promptPassages(row(1_100, [7, 8]), -1).at(-1)).toEqual({
      text: -1,
      from: 0,
      tokens: 76,
    });
  });
});
