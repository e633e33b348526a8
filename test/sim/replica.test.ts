import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { Replica } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import { type Process, Simulation } from '../../sim/simulation.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';
import { plainSequence } from '../support/sequences.ts';

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

interface Wish {
  readonly atUs: number;
  readonly input: number;
  readonly output: number;
  /** When the client goes away. */
  readonly abortAtUs?: number;
}

/** One replica without a gateway: what was told about each request, and when. */
class Bench implements Process {
  readonly priority = 1;
  slot = -1;
  readonly gaps = new GapHistogram();
  readonly told: string[][] = [];
  readonly sequences: Sequence[] = [];
  readonly replica: Replica;
  readonly simulation = new Simulation();
  readonly #todo: { atUs: number; act: (nowUs: number) => void }[] = [];

  constructor(wishes: readonly Wish[], config: Partial<EngineConfig> = {}) {
    const tell = (what: string) => (sequence: Sequence, nowUs: number) => {
      this.told[this.sequences.indexOf(sequence)]!.push(`${what} ${nowUs / 1_000}`);
    };
    this.replica = new Replica({
      name: 'r',
      config: { ...engine, ...config },
      simulation: this.simulation,
      listener: { onFirstToken: tell('first'), onEnd: tell('end'), onError: tell('error') },
      gaps: this.gaps,
      window: { fromUs: 0, untilUs: Number.POSITIVE_INFINITY },
    });
    this.simulation.add(this);
    for (const [id, wish] of wishes.entries()) this.#plan(id, wish);
    this.#todo.sort((a, b) => a.atUs - b.atUs);
    this.simulation.schedule(this, this.#todo[0]!.atUs);
    this.simulation.run(() => false);
  }

  wake(nowUs: number): void {
    while (this.#todo[0]?.atUs === nowUs) this.#todo.shift()!.act(nowUs);
    if (this.#todo[0] !== undefined) this.simulation.schedule(this, this.#todo[0].atUs);
  }

  #plan(id: number, { atUs, input, output, abortAtUs }: Wish): void {
    const sequence = plainSequence(id, input, output);
    this.sequences.push(sequence);
    this.told.push([]);
    this.#todo.push({ atUs, act: (nowUs) => this.replica.add(sequence, nowUs) });
    if (abortAtUs === undefined) return;
    this.#todo.push({ atUs: abortAtUs, act: (nowUs) => this.replica.abort(sequence, nowUs) });
  }
}

describe('a replica', () => {
  test('gives a lone request its first token after its prompt, then one in every step', () => {
    const lengths = fc.tuple(fc.integer({ min: 1, max: 350 }), fc.integer({ min: 1, max: 49 }));
    const property = fc.property(lengths, fc.nat(99_999), ([input, output], atUs) => {
      const { told, replica } = new Bench([{ atUs, input, output }]);
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
    const { told, sequences } = new Bench([
      { atUs: 0, input: 10, output: 5 },
      { atUs: 13_000, input: 10, output: 2 },
    ]);
    expect(sequences[1]!.scheduledUs).toBe(20_000);
    expect(told).toEqual([
      ['first 10', 'end 50'],
      ['first 30', 'end 40'],
    ]);
  });

  test('has already begun its next step for one that arrives at the end of a step', () => {
    const { told } = new Bench([
      { atUs: 0, input: 10, output: 5 },
      { atUs: 20_000, input: 10, output: 1 },
    ]);
    expect(told[1]).toEqual(['first 40', 'end 40']);
  });

  test('sleeps when it has nothing to do, and starts at once when it has', () => {
    const { replica, told } = new Bench([
      { atUs: 0, input: 1, output: 2 },
      { atUs: 1_000_003, input: 1, output: 3 },
    ]);
    expect(told[1]).toEqual(['first 1010.003', 'end 1030.003']);
    expect(replica.busyUs).toBe(5 * stepUs);
  });

  test('cuts an answer where the context of the model is full', () => {
    const { sequences, told } = new Bench([{ atUs: 0, input: 390, output: 50 }]);
    expect(sequences[0]).toMatchObject({ generated: 10, tokens: 400 });
    expect(told[0]!.at(-1)).toBe('end 130');
  });

  test('refuses a prompt that leaves no room for a token, and disturbs nobody by it', () => {
    const { told, replica } = new Bench([
      { atUs: 0, input: 400, output: 1 },
      { atUs: 5_000, input: 10, output: 2 },
      { atUs: 7_000, input: 5_000, output: 1 },
      { atUs: 90_000, input: 399, output: 9 },
    ]);
    expect(told.slice(0, 3)).toEqual([['error 0'], ['first 15', 'end 25'], ['error 15']]);
    expect(told[3]).toEqual(['first 130', 'end 130']);
    replica.checkDrained();
  });

  test('says nothing more of an aborted request, and is free of it after the step', () => {
    const { told, replica, sequences } = new Bench(
      [
        { atUs: 0, input: 10, output: 30, abortAtUs: 33_000 },
        { atUs: 1_000, input: 10, output: 2, abortAtUs: 2_000 },
        { atUs: 3_000, input: 10, output: 2 },
      ],
      { maxNumSeqs: 1 },
    );
    expect(told).toEqual([['first 10'], [], ['first 50', 'end 60']]);
    expect(sequences.map(({ generated }) => generated)).toEqual([3, 0, 2]);
    replica.checkDrained();
  });

  test('counts every gap between two tokens once, and each request its longest', () => {
    const wish = fc.record({
      atUs: fc.nat(2_000_000),
      input: fc.integer({ min: 1, max: 300 }),
      output: fc.integer({ min: 1, max: 80 }),
    });
    const wishes = fc.array(wish, { minLength: 1, maxLength: 25 });
    // From a cache that preempts all the time to one that never does.
    const usableBlocks = fc.integer({ min: 25, max: 90 });
    const property = fc.property(wishes, usableBlocks, (given, blocks) => {
      const { gaps, sequences, replica } = new Bench(given, { usableBlocks: blocks });
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
