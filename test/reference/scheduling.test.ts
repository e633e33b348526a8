import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

describe('the worked example', () => {
  const requests = [
    { input: 10, output: 2 },
    { input: 6, output: 2 },
  ];

  test('fills the budget in the order of arrival, cutting the last one', () => {
    const run = new ReferenceRun({ requests, config: { maxNumBatchedTokens: 8 } });
    expect(run.steps).toEqual(['1:8', '1:2 2:6', '1:1 2:1']);
    expect(run.told).toEqual([
      ['first 20', 'end 30'],
      ['first 20', 'end 30'],
    ]);
  });

  test('with a threshold has two partial prompts in one step', () => {
    const config = { maxNumBatchedTokens: 8, longPrefillTokenThreshold: 4 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:4 2:4', '1:4 2:2', '1:2 2:1', '1:1']);
    expect(run.told).toEqual([
      ['first 30', 'end 40'],
      ['first 20', 'end 30'],
    ]);
  });

  test('has the same steps when they are scheduled ahead', () => {
    const config = { maxNumBatchedTokens: 8, asyncScheduling: true };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:8', '1:2 2:6', '1:1 2:1']);
    expect(run.told).toEqual([
      ['first 20', 'end 30'],
      ['first 20', 'end 30'],
    ]);
  });
});

describe('admission', () => {
  test('without chunked prefill waits until the whole prompt fits the budget', () => {
    const config = { maxNumBatchedTokens: 12, enableChunkedPrefill: false };
    const requests = [
      { input: 10, output: 2 },
      { input: 6, output: 1 },
      { input: 1, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:10', '1:1 2:6 3:1']);
  });

  test('starts a prompt on a budget of a single token', () => {
    const requests = [
      { input: 9, output: 1 },
      { input: 20, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxNumBatchedTokens: 10 } });
    expect(run.steps).toEqual(['1:9 2:1', '2:10', '2:9']);
  });

  test('stops at the largest number of sequences', () => {
    const requests = [1, 2, 3].map((output) => ({ input: 5, output }));
    const run = new ReferenceRun({ requests, config: { maxNumSeqs: 2 } });
    expect(run.steps).toEqual(['1:5 2:5', '2:1 3:5', '3:1', '3:1']);
  });

  const crowded = [
    { input: 24, output: 3 },
    { input: 20, output: 1 },
    { input: 4, output: 1 },
  ];
  const tenBlocks = { usableBlocks: 10, maxModelLen: 40 };

  test('reserves blocks for the whole input, or only for its first chunk', () => {
    const [first, second] = crowded;
    const requests = [first!, second!];
    const config = { ...tenBlocks, maxNumBatchedTokens: 28 };
    const whole = new ReferenceRun({ requests, config: { ...config, reserveFullIsl: true } });
    expect(whole.steps[0]).toBe('1:24');
    const chunk = new ReferenceRun({ requests, config: { ...config, reserveFullIsl: false } });
    expect(chunk.steps[0]).toBe('1:24 2:4');
  });

  test('keeps the watermark free, unless nothing runs', () => {
    const requests = [
      { input: 24, output: 2 },
      { input: 12, output: 1 },
    ];
    const steps = (watermarkBlocks: number) =>
      new ReferenceRun({ requests, config: { ...tenBlocks, watermarkBlocks } }).steps;
    expect(steps(1)[0]).toBe('1:24 2:12');
    expect(steps(2)[0]).toBe('1:24');
    const alone = new ReferenceRun({
      requests: [{ input: 39, output: 1 }],
      config: { ...tenBlocks, watermarkBlocks: 5 },
    });
    expect(alone.steps).toEqual(['1:39']);
  });
});

describe('preemption', () => {
  test('takes the last admitted, admits nobody in its step, and puts the victim at the head', () => {
    const requests = [
      { input: 8, output: 6 },
      { input: 8, output: 6 },
      { input: 7, output: 6 },
      { atMs: 15, input: 1, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { usableBlocks: 6, maxModelLen: 24 } });
    expect(run.steps).toEqual([
      '1:8 2:8 3:7',
      // The third block of the first one costs the third its blocks; the second shares them.
      ...['1:1 2:1', '1:1 2:1', '1:1 2:1', '1:1 2:1'],
      // The fourth block costs the second its blocks; two are free, and nobody is admitted.
      '1:1',
      // Back come both with what they had generated, the one admitted earlier first.
      '2:13 3:8',
      '3:1 4:1',
      ...['3:1', '3:1', '3:1'],
    ]);
    expect(run.preemptions).toEqual([0, 1, 1, 0]);
    expect(run.told).toEqual([
      ['first 10', 'end 60'],
      ['first 10', 'end 70'],
      ['first 10', 'end 110'],
      ['first 80', 'end 80'],
    ]);
  });

  test('keeps the order of several victims of one step', () => {
    const requests = [
      { input: 15, output: 1 },
      { input: 4, output: 2 },
      { input: 4, output: 2 },
    ];
    const config = {
      usableBlocks: 4,
      maxModelLen: 16,
      longPrefillTokenThreshold: 8,
      reserveFullIsl: false,
    };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:8 2:4 3:4', '1:7', '2:5 3:5']);
  });

  test('is part of the longest gap of the victim, and does not move its start', () => {
    const requests = [
      { input: 15, output: 1 },
      { input: 4, output: 2 },
    ];
    const config = {
      usableBlocks: 4,
      maxModelLen: 16,
      longPrefillTokenThreshold: 8,
      reserveFullIsl: false,
    };
    const { bench, steps } = new ReferenceRun({ requests, config });
    expect(steps).toEqual(['1:8 2:4', '1:7', '2:5']);
    expect(bench.sequences[1]).toMatchObject({ scheduledUs: 0, gapMaxUs: 20_000, preemptions: 1 });
  });
});
