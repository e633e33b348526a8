import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

describe('a prompt that another engine has computed but for its last token', () => {
  test('takes one token of the budget, and all its blocks', () => {
    const requests = [{ input: 80, output: 2, remoteTokens: 79 }];
    const run = new ReferenceRun({ requests, looksMs: [5], config: { maxNumBatchedTokens: 8 } });
    expect(run.steps).toEqual(['1:1', '1:1']);
    expect(run.told).toEqual([['first 10', 'end 20']]);
    expect(run.inEngine).toEqual([[1, 0, 20]]);
  });

  test('is cached for others from then on, and is no hit itself', () => {
    const requests = [
      { input: 12, output: 1, text: 1, remoteTokens: 11 },
      { input: 13, output: 1, text: 1, atMs: 10 },
    ];
    const run = new ReferenceRun({ requests, config: { enablePrefixCaching: true } });
    expect(run.cachedTokens).toEqual([0, 12]);
    expect(run.engine.counters).toMatchObject({ prefixQueries: 25, prefixHits: 12 });
  });

  test('takes what is here as a hit, and only the rest from there', () => {
    const requests = [
      { input: 8, output: 20, text: 1 },
      { input: 16, output: 1, text: 1, atMs: 5, remoteTokens: 15 },
    ];
    const config = { enablePrefixCaching: true, reserveFullIsl: false };
    const run = new ReferenceRun({ requests, config, looksMs: [15] });
    expect(run.cachedTokens).toEqual([0, 8]);
    expect(run.steps.slice(0, 2)).toEqual(['1:8', '1:1 2:1']);
    // Three blocks of the first request, two of which the second shares, and two of its own.
    expect(run.inEngine).toEqual([[2, 0, 5]]);
  });

  test('is computed here after a preemption', () => {
    const requests = [
      { input: 8, output: 12 },
      { input: 8, output: 12, remoteTokens: 7 },
    ];
    const run = new ReferenceRun({ requests, config: { usableBlocks: 6, maxModelLen: 24 } });
    expect(run.preemptions).toEqual([0, 1]);
    const chunks = run.steps.flatMap((step) => step.split(' ').filter((one) => one[0] === '2'));
    expect(chunks.filter((chunk) => chunk !== '2:1')).toEqual(['2:13']);
  });
});
