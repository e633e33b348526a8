import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { Replica } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';
import { EngineBench } from '../support/engine-bench.ts';
import { benchRequest, type Wish } from '../support/reference-run.ts';

const stepUs = 10_000;

const engine: EngineConfig = {
  maxNumSeqs: 4,
  maxNumBatchedTokens: 100,
  maxModelLen: 400,
  blockSize: 16,
  usableBlocks: 60,
  longPrefillTokenThreshold: Number.POSITIVE_INFINITY,
  enableChunkedPrefill: true,
  reserveFullIsl: true,
  watermarkBlocks: 0,
  schedulingPolicy: 'fcfs',
  asyncScheduling: false,
  enablePrefixCaching: false,
  freeUnhashedToFront: true,
  prefixQueriesCount: 'onAdmission',
  maxLoras: 0,
  loraLoadUs: 0,
  stepTime: fixedStepTime({ stepMs: stepUs / 1_000 }),
};

/** One replica without a gateway. */
class Run {
  readonly bench: EngineBench<Replica>;

  constructor(wishes: readonly Wish[], config: Partial<EngineConfig> = {}) {
    this.bench = new EngineBench((options) => new Replica(options), {
      config: { ...engine, ...config },
      requests: wishes.map(benchRequest),
      window: { fromUs: 0, untilUs: Number.POSITIVE_INFINITY },
      looksUs: [],
    }).run();
  }

  get replica(): Replica {
    return this.bench.engine;
  }

  get sequences(): readonly Sequence[] {
    return this.bench.sequences;
  }

  /** What was told about each request, and when. */
  get told(): string[][] {
    return this.sequences.map((_, request) => this.bench.told(request));
  }
}

describe('a replica', () => {
  test('gives a lone request its first token after its prompt, then one in every step', () => {
    const lengths = fc.tuple(fc.integer({ min: 1, max: 350 }), fc.integer({ min: 1, max: 49 }));
    const property = fc.property(lengths, fc.nat(99_999), ([input, output], atUs) => {
      const { told, replica } = new Run([{ atMs: atUs / 1_000, input, output }]);
      const promptSteps = Math.ceil(input / engine.maxNumBatchedTokens);
      const steps = promptSteps + output - 1;
      expect(told[0]).toEqual([
        `first ${(atUs + promptSteps * stepUs) / 1_000}`,
        `end ${(atUs + steps * stepUs) / 1_000}`,
      ]);
      expect([replica.steps, replica.busyUs]).toEqual([steps, steps * stepUs]);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('considers a request that arrives during a step for the next one', () => {
    const { told, sequences } = new Run([
      { atMs: 0, input: 10, output: 5 },
      { atMs: 13, input: 10, output: 2 },
    ]);
    expect(sequences[1]!.scheduledUs).toBe(20_000);
    expect(told).toEqual([
      ['first 10', 'end 50'],
      ['first 30', 'end 40'],
    ]);
  });

  test('has already begun its next step for one that arrives at the end of a step', () => {
    const { told } = new Run([
      { atMs: 0, input: 10, output: 5 },
      { atMs: 20, input: 10, output: 1 },
    ]);
    expect(told[1]).toEqual(['first 40', 'end 40']);
  });

  test('sleeps when it has nothing to do, and starts at once when it has', () => {
    const { replica, told } = new Run([
      { atMs: 0, input: 1, output: 2 },
      { atMs: 1_000.003, input: 1, output: 3 },
    ]);
    expect(told[1]).toEqual(['first 1010.003', 'end 1030.003']);
    expect(replica.busyUs).toBe(5 * stepUs);
  });

  test('cuts an answer that ends by itself where the context of the model is full', () => {
    const { sequences, told } = new Run([{ input: 390, output: 50, stop: true }]);
    expect(sequences[0]).toMatchObject({ generated: 10, tokens: 400 });
    expect(told[0]!.at(-1)).toBe('end 130');
  });

  test('refuses what leaves no room for its answer, and disturbs nobody by it', () => {
    const { told, replica } = new Run([
      { atMs: 0, input: 400, output: 1 },
      { atMs: 5, input: 10, output: 2 },
      { atMs: 7, input: 5_000, output: 1 },
      { atMs: 90, input: 399, output: 9, stop: true },
      { atMs: 92, input: 399, output: 2 },
    ]);
    expect(told.slice(0, 3)).toEqual([['error 0'], ['first 15', 'end 25'], ['error 15']]);
    expect(told.slice(3)).toEqual([['first 130', 'end 130'], ['error 100']]);
    replica.checkDrained();
  });

  test('keeps the adapter that decoded longest when another needs its slot', () => {
    const { told } = new Run(
      [
        { input: 4, output: 20, adapter: 1 },
        { input: 4, output: 1, adapter: 2 },
        { atMs: 500, input: 4, output: 1, adapter: 3 },
        { atMs: 600, input: 4, output: 1, adapter: 1 },
      ],
      { maxLoras: 2, loraLoadUs: 1_000 },
    );
    // The steps of the first were taken at once, and count as use all the same.
    expect(told.slice(2)).toEqual([
      ['first 511', 'end 511'],
      ['first 610', 'end 610'],
    ]);
  });

  test('says nothing more of an aborted request, and is free of it after the step', () => {
    const { told, replica, sequences } = new Run(
      [
        { atMs: 0, input: 10, output: 30, abortAtMs: 33 },
        { atMs: 1, input: 10, output: 2, abortAtMs: 2 },
        { atMs: 3, input: 10, output: 2 },
      ],
      { maxNumSeqs: 1 },
    );
    expect(told).toEqual([['first 10'], [], ['first 50', 'end 60']]);
    expect(sequences.map(({ generated }) => generated)).toEqual([3, 0, 2]);
    replica.checkDrained();
  });

  test('counts every gap between two tokens once, and each request its longest', () => {
    const wish = fc.record({
      atMs: fc.nat(2_000_000).map((us) => us / 1_000),
      input: fc.integer({ min: 1, max: 300 }),
      output: fc.integer({ min: 1, max: 80 }),
    });
    const wishes = fc.array(wish, { minLength: 1, maxLength: 25 });
    // From a cache that preempts all the time to one that never does.
    const usableBlocks = fc.integer({ min: 25, max: 90 });
    const property = fc.property(wishes, usableBlocks, (given, blocks) => {
      const { bench, sequences, replica } = new Run(given, { usableBlocks: blocks });
      const { gaps } = bench;
      const gapCount = sequences.reduce((sum, { generated }) => sum + generated - 1, 0);
      expect(gaps.count).toBe(gapCount);
      const longest = Math.max(...sequences.map(({ gapMaxUs }) => gapMaxUs || 0));
      const counted = gaps.quantileUs(1) ?? 0;
      expect(Math.abs(counted - longest)).toBeLessThanOrEqual(0.001 * longest);
      expect(replica.busyUs).toBe(replica.steps * stepUs);
      replica.checkDrained();
    });
    fc.assert(property, { seed: 1, numRuns: 150 });
  });
});
