import { describe, expect, test } from 'vitest';
import type { StepTimeModel } from '../../sim/step-time/step-time.ts';
import { ReferenceRun } from '../support/reference-run.ts';
import { shapeOf } from './reference-step.ts';

/** Every token and every token of context costs something, so no two steps last the same. */
const growing: StepTimeModel = {
  stepUs: (shape) => 1_000.3 + 7.7 * shape.prefillTokens + 0.37 * shape.decodeContext,
  decodeGrowthUs: (decodeSeqs) => 0.37 * decodeSeqs,
};

const positions = ({ trace }: ReferenceRun) => trace.map(({ position }) => position);

describe('a run of equal decode batches', () => {
  test('begins with the first step of decoding ones alone, and counts its time from there', () => {
    const run = new ReferenceRun({
      requests: [{ input: 4, output: 5 }],
      config: { stepTime: growing },
    });
    expect(positions(run)).toEqual([1, 1, 2, 3, 4]);
    const prefillUs = 1_000.3 + 7.7 * 4;
    const t0 = 1_000.3 + 0.37 * 5;
    const ends = [0, 1, 2, 3, 4].map((k) => prefillUs + (k * t0 + (0.37 * (k * (k - 1))) / 2));
    expect(run.trace.map(({ endUs }) => endUs)).toEqual(ends);
    expect(run.trace.at(-1)!.durationUs).toBe(t0 + 0.37 * 3);
    expect(run.bench.sequences[0]!.gapMaxUs).toBe(t0 + 0.37 * 3);
    expect(run.bench.sequences[0]!.lastTokenUs).toBe(Math.round(ends[4]!));
    expect(run.engine.busyUs).toBe(Math.round(ends[4]!));
  });

  test('agrees with the sum of its steps, one by one', () => {
    const requests = [
      { input: 4, output: 300 },
      { input: 7, output: 300 },
    ];
    const config = { stepTime: growing, maxModelLen: 400, usableBlocks: 200 };
    const run = new ReferenceRun({ requests, config });
    const sum = run.trace.reduce((us, { chunks }) => us + growing.stepUs(shapeOf(chunks)), 0);
    expect(run.trace.at(-1)!.endUs).toBeCloseTo(sum, 6);
    expect(positions(run).at(-1)).toBe(299);
  });

  test('ends when somebody comes, and the next begins when all of them decode', () => {
    const requests = [
      { input: 4, output: 9 },
      { atMs: 25, input: 4, output: 9 },
    ];
    const run = new ReferenceRun({ requests });
    expect(run.steps.slice(0, 6)).toEqual(['1:4', '1:1', '1:1', '1:1 2:4', '1:1 2:1', '1:1 2:1']);
    expect(positions(run).slice(0, 6)).toEqual([1, 1, 2, 1, 1, 2]);
  });

  test('ends when somebody leaves', () => {
    const requests = [
      { input: 4, output: 4 },
      { input: 4, output: 6 },
    ];
    expect(positions(new ReferenceRun({ requests }))).toEqual([1, 1, 2, 3, 1, 2]);
  });

  test('goes on through a wasted slot', () => {
    const requests = [{ input: 4, output: 4, stop: true }];
    const run = new ReferenceRun({ requests, config: { asyncScheduling: true } });
    expect(positions(run)).toEqual([1, 1, 2, 3, 4]);
  });

  test('does not include the step of an arrival with one token to compute', () => {
    const requests = [
      { text: 1, input: 9, output: 9 },
      { atMs: 25, text: 1, input: 9, output: 9 },
    ];
    const run = new ReferenceRun({ requests, config: { enablePrefixCaching: true } });
    expect(run.steps.slice(2, 6)).toEqual(['1:1', '1:1 2:1', '1:1 2:1', '1:1 2:1']);
    expect(positions(run).slice(2, 6)).toEqual([2, 1, 1, 2]);
  });

  test('does not include the step in which a preempted one comes back', () => {
    const requests = [
      { input: 7, output: 2 },
      { input: 8, output: 4 },
    ];
    const run = new ReferenceRun({ requests, config: { usableBlocks: 4, maxModelLen: 16 } });
    expect(run.steps).toEqual(['1:7 2:8', '1:1', '2:9', '2:1', '2:1']);
    expect(positions(run)).toEqual([1, 1, 1, 1, 2]);
  });

  test('begins anew where an adapter is loaded, and after it', () => {
    const requests = [
      { input: 1, output: 2, adapter: 1 },
      { atMs: 100, input: 4, output: 4, adapter: 2 },
    ];
    const run = new ReferenceRun({ requests, config: { maxLoras: 1, loraLoadUs: 3_000 } });
    expect(run.stepMs).toEqual([13, 10, 13, 10, 10, 10]);
    expect(positions(run)).toEqual([1, 1, 1, 1, 2, 3]);
  });
});

describe('a step', () => {
  test('begins where the one before really ended, not where that was rounded to', () => {
    const stepTime = { stepUs: () => 10.4, decodeGrowthUs: () => 0 };
    const requests = [
      { input: 4, output: 3 },
      { atMs: 0.025, input: 1, output: 3 },
    ];
    const { bench, engine, trace } = new ReferenceRun({ requests, config: { stepTime } });
    for (const [i, { startUs }] of trace.entries()) expect(startUs).toBeCloseTo(i * 10.4, 9);
    expect(bench.sequences.map(({ lastTokenUs }) => lastTokenUs)).toEqual([31, 62]);
    expect([engine.steps, engine.busyUs]).toEqual([6, 62]);
  });

  test('of an engine that was idle begins at the time it woke', () => {
    const stepTime = { stepUs: () => 10.4, decodeGrowthUs: () => 0 };
    const requests = [
      { input: 4, output: 1 },
      { atMs: 0.01, input: 4, output: 1 },
      { atMs: 0.1, input: 4, output: 1 },
    ];
    const { engine, trace } = new ReferenceRun({ requests, config: { stepTime } });
    // The second one comes at 10 us, when the first step ends: its end is rounded, and acts first.
    expect(trace.map(({ startUs }) => startUs)).toEqual([0, 10, 100]);
    expect(engine.busyUs).toBe(30);
  });

  test('lasts a microsecond at least', () => {
    const stepTime = { stepUs: () => 0.01, decodeGrowthUs: () => 0 };
    const run = new ReferenceRun({ requests: [{ input: 4, output: 3 }], config: { stepTime } });
    expect(run.trace.map(({ endUs }) => endUs)).toEqual([1, 2, 3]);
    const loading = new ReferenceRun({
      requests: [{ input: 4, output: 1, adapter: 1 }],
      config: { stepTime, maxLoras: 1, loraLoadUs: 0.5 },
    });
    expect(loading.trace[0]!.endUs).toBe(1.5);
  });

  test('counts one token on top of others as decoding, and all else as prompt', () => {
    const requests = [
      { input: 9, output: 3 },
      { input: 1, output: 3 },
      { input: 6, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxNumBatchedTokens: 8 } });
    expect(run.steps.slice(0, 3)).toEqual(['1:8', '1:1 2:1 3:6', '1:1 2:1']);
    expect(run.trace.slice(0, 3).map(({ chunks }) => shapeOf(chunks))).toEqual([
      {
        prefillTokens: 8,
        prefillAttention: 32,
        prefillHistory: 0,
        decodeSeqs: 0,
        decodeContext: 0,
        sequences: 1,
      },
      {
        prefillTokens: 7,
        prefillAttention: 0.5 + 18,
        prefillHistory: 0,
        decodeSeqs: 1,
        decodeContext: 9,
        sequences: 3,
      },
      {
        prefillTokens: 0,
        prefillAttention: 0,
        prefillHistory: 0,
        decodeSeqs: 2,
        decodeContext: 12,
        sequences: 2,
      },
    ]);
  });
});
