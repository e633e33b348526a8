import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

// What simulators of vLLM get wrong, each named after what is right.

describe('right is', () => {
  test('one mixed batch with one token budget and one duration for all of it', () => {
    const stepTime = {
      stepUs: (shape: { prefillTokens: number; decodeSeqs: number }) =>
        1_000 * (shape.prefillTokens + shape.decodeSeqs),
      decodeGrowthUs: () => 0,
    };
    const requests = [
      { input: 4, output: 3 },
      { atMs: 1, input: 11, output: 2 },
    ];
    const config = { stepTime, maxNumBatchedTokens: 6 };
    const run = new ReferenceRun({ requests, config });
    // The decode comes first only because it is older: the prompt gets what is left of the six.
    expect(run.steps).toEqual(['1:4', '1:1 2:5', '1:1 2:5', '2:1', '2:1']);
    expect(run.stepMs).toEqual([4, 6, 6, 1, 1]);
  });

  test('an older prompt before a younger decode', () => {
    const requests = [
      { input: 12, output: 1 },
      { atMs: 1, input: 2, output: 3 },
    ];
    const config = { maxNumBatchedTokens: 6, longPrefillTokenThreshold: 4 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:4', '1:4 2:2', '1:4 2:1', '2:1']);
  });

  test('a token for everybody at the same end of a step, however long that was', () => {
    const stepTime = {
      stepUs: (shape: { prefillTokens: number }) => 1_000 + 1_000 * shape.prefillTokens,
      decodeGrowthUs: () => 0,
    };
    const requests = [
      { input: 2, output: 4 },
      { input: 3, output: 4 },
      { atMs: 6.5, input: 40, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { stepTime } });
    expect(run.stepMs).toEqual([6, 1, 41, 1]);
    expect(run.told).toEqual([
      ['first 6', 'end 49'],
      ['first 6', 'end 49'],
      ['first 48', 'end 48'],
    ]);
    // The prompt of one is the longest gap of the others.
    const longest = run.bench.sequences.map(({ gapMaxUs }) => gapMaxUs);
    expect(longest).toEqual([41_000, 41_000, Number.NaN]);
  });

  test('a head that blocks the smaller ones behind it, and never preempts to get in', () => {
    const requests = [
      { input: 24, output: 3 },
      { input: 20, output: 1 },
      { input: 4, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { usableBlocks: 10, maxModelLen: 40 } });
    expect(run.steps).toEqual(['1:24', '1:1', '1:1', '2:20 3:4']);
    expect(run.preemptions).toEqual([0, 0, 0]);
  });

  test('blocks for the input alone, and growth by a block at a time until it preempts', () => {
    const requests = [
      { input: 8, output: 16 },
      { input: 8, output: 16 },
    ];
    const config = { usableBlocks: 6, maxModelLen: 24 };
    const looksMs = [5, 15, 45, 55];
    const run = new ReferenceRun({ requests, config, looksMs });
    // 24 tokens each would never fit together; 8 each do.
    expect(run.steps[0]).toBe('1:8 2:8');
    expect(run.inEngine).toEqual([
      [2, 0, 4],
      [2, 0, 6],
      [2, 0, 6],
      [1, 1, 4],
    ]);
    expect(run.preemptions).toEqual([0, 1]);
  });

  test('a usage of blocks that somebody holds: an idle engine with a warm cache reads 0', () => {
    const requests = [
      { text: 1, input: 16, output: 2 },
      { atMs: 100, text: 1, input: 16, output: 2 },
    ];
    const config = { enablePrefixCaching: true };
    const run = new ReferenceRun({ requests, config, looksMs: [50, 105, 115, 150] });
    expect(run.gauges).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 4],
      [0, 0, 0],
    ]);
    expect(run.cachedTokens).toEqual([0, 12]);
  });

  test('a prefix of whole blocks, without the last token, there from its schedule on', () => {
    const requests = [
      { text: 1, input: 32, output: 1 },
      { text: 1, input: 32, output: 1 },
      { text: 1, input: 20, output: 1 },
    ];
    const config = { enablePrefixCaching: true, blockSize: 16 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:32 2:16 3:4']);
  });

  test('an arrival that joins the next step, or with two in flight the one after that', () => {
    const requests = [
      { input: 4, output: 9 },
      { atMs: 23, input: 4, output: 1 },
    ];
    const first = (asyncScheduling: boolean) =>
      new ReferenceRun({ requests, config: { asyncScheduling } }).told[1]![0];
    expect(first(false)).toBe('first 40');
    expect(first(true)).toBe('first 50');
  });

  test('figures as old as the last end of a step, and blind for who came during it', () => {
    const requests = [
      { input: 4, output: 5 },
      { atMs: 13, input: 4, output: 5 },
      { atMs: 14, input: 4, output: 5 },
    ];
    const looksMs = [0.001, 9.999, 10, 15, 20.001, 29.999, 30, 65, 75];
    const gauges = (asyncScheduling: boolean) =>
      new ReferenceRun({ requests, config: { maxNumSeqs: 2, asyncScheduling }, looksMs }).gauges;
    expect(gauges(false)).toEqual([
      // The first step has not ended.
      [0, 0, 0],
      [0, 0, 0],
      // Before the block of the fifth token is taken, and before anybody else is heard of.
      [1, 0, 1],
      [1, 0, 1],
      [1, 0, 2],
      [1, 0, 2],
      // Both were in the queue of the step that has now ended, and one of them in the step.
      [2, 1, 3],
      // The first has ended at 50 ms, the other takes its place, and ends with nobody left.
      [2, 0, 3],
      [1, 0, 2],
    ]);
    // With a step scheduled ahead the block of the next token is there a step earlier.
    expect(gauges(true).slice(0, 7)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 2],
      [1, 0, 2],
      [1, 0, 2],
      [1, 0, 2],
      [2, 1, 3],
    ]);
  });

  test('figures that stay on an idle engine, which reports once more when all are aborted', () => {
    const requests = [{ input: 4, output: 9, abortAtMs: 21 }];
    const run = new ReferenceRun({ requests, looksMs: [29, 30, 500] });
    expect(run.gauges).toEqual([
      [1, 0, 2],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('one step for a request that finds the engine idle', () => {
    for (const asyncScheduling of [false, true]) {
      const requests = [0, 100].map((atMs) => ({ atMs, input: 4, output: 1 }));
      const run = new ReferenceRun({ requests, config: { asyncScheduling } });
      expect(run.told[1]).toEqual(['first 110', 'end 110']);
    }
  });

  test('a queue without bounds, and every stop paid for with the steps in flight', () => {
    const crowd = Array.from({ length: 300 }, () => ({ input: 4, output: 1 }));
    const config = { maxNumSeqs: 1 };
    const queued = new ReferenceRun({ requests: crowd, config, looksMs: [5] });
    expect(queued.inEngine).toEqual([[1, 299, 1]]);
    expect(queued.told.every((told) => told.length === 2)).toBe(true);

    const busyMs = (wish: { stop?: boolean; abortAtMs?: number }) => {
      const requests = [{ input: 4, output: 5, ...wish }];
      const { engine } = new ReferenceRun({ requests, config: { asyncScheduling: true } });
      return engine.busyUs / 1_000;
    };
    expect(busyMs({})).toBe(50);
    expect(busyMs({ stop: true })).toBe(60);
    // Gone at 21 ms: step 3 runs and step 4 is scheduled.
    expect(busyMs({ abortAtMs: 21 })).toBe(40);
  });
});
