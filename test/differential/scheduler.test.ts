import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { Scheduler } from '../../sim/replica/scheduler.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';
import { PlainScheduler } from '../support/plain-scheduler.ts';

// The scheduler against vLLM's own rules written down as plainly as possible: in every step of any
// random load both must run the same sequences, with the same tokens, in the same order.

const configs: fc.Arbitrary<EngineConfig> = fc
  .record({
    maxNumBatchedTokens: fc.integer({ min: 1, max: 40 }),
    maxNumSeqs: fc.integer({ min: 1, max: 10 }),
    blockSize: fc.integer({ min: 1, max: 8 }),
    maxModelLen: fc.integer({ min: 2, max: 60 }),
    spareBlocks: fc.nat(20),
    longPrefillTokenThreshold: fc.constantFrom(Number.POSITIVE_INFINITY, 1, 3, 8),
    reserveFullIsl: fc.boolean(),
    watermarkBlocks: fc.constantFrom(0, 0, 1, 4),
  })
  .map(({ spareBlocks, ...config }) => ({
    ...config,
    usableBlocks: Math.ceil(config.maxModelLen / config.blockSize) + spareBlocks,
    stepTime: fixedStepTime({ stepMs: 1 }),
  }));

/** In each step some requests arrive, and now and then one is aborted. */
const loads = fc.array(
  fc.record({
    arrivals: fc.array(fc.record({ input: fc.nat(), output: fc.integer({ min: 1, max: 40 }) }), {
      maxLength: 3,
    }),
    abort: fc.option(fc.nat(), { freq: 9 }),
  }),
  { minLength: 1, maxLength: 60 },
);

interface Pair {
  readonly name: number;
  readonly sequence: Sequence;
  done: boolean;
}

/** Both schedulers side by side, under the same load. */
class Race {
  readonly #ours: Scheduler;
  readonly #plain: PlainScheduler;
  readonly #maxModelLen: number;
  readonly #pairs: Pair[] = [];
  preemptions = 0;

  constructor(config: EngineConfig) {
    this.#ours = new Scheduler(config);
    this.#plain = new PlainScheduler(config);
    this.#maxModelLen = config.maxModelLen;
  }

  get live(): Pair[] {
    return this.#pairs.filter(({ done }) => !done);
  }

  add(inputTokens: number, outputTokens: number): void {
    const sequence = new Sequence({ inputTokens, outputTokens });
    const name = this.#pairs.push({ name: this.#pairs.length, sequence, done: false }) - 1;
    this.#ours.waiting.pushBack(sequence);
    this.#plain.add(name, inputTokens);
  }

  abort(pair: Pair): void {
    pair.done = true;
    this.#ours.abort(pair.sequence);
    this.#plain.remove(pair.name);
  }

  step(): void {
    const given = this.#plain.step();
    const busy = this.#ours.schedule(0);
    expect(busy).toBe(given.size > 0);
    const oursGiven = new Map(
      this.#ours.running.flatMap((sequence) => {
        const { name } = this.#pairs.find((pair) => pair.sequence === sequence)!;
        return sequence.scheduledTokens > 0 ? [[name, sequence.scheduledTokens] as const] : [];
      }),
    );
    expect([...oursGiven]).toEqual([...given]);
    expect(this.#ours.kvCache.free).toBe(this.#plain.free);
    this.#emit();
    this.preemptions = this.#pairs.reduce((sum, { sequence }) => sum + sequence.preemptions, 0);
    expect(this.preemptions).toBe(this.#plain.preemptions);
  }

  /** What the engine does at the end of a step: complete sequences get a token, or end. */
  #emit(): void {
    for (const pair of this.live) {
      const { sequence } = pair;
      const complete = sequence.scheduledTokens > 0 && sequence.computed === sequence.tokens;
      sequence.scheduledTokens = 0;
      if (!complete) continue;
      sequence.generated += 1;
      this.#plain.append(pair.name);
      const full = sequence.tokens >= this.#maxModelLen;
      if (!full && sequence.generated < sequence.outputTokens) continue;
      pair.done = true;
      this.#ours.running.splice(this.#ours.running.indexOf(sequence), 1);
      this.#ours.release(sequence);
      this.#plain.remove(pair.name);
    }
  }

  finish(): void {
    for (let steps = 0; this.live.length > 0; steps++) {
      expect(steps).toBeLessThan(100_000);
      this.step();
    }
    this.step();
    expect(this.#ours.kvCache.used).toBe(0);
  }
}

test('every step is the one that vLLM would take', () => {
  let withPreemptions = 0;
  const property = fc.property(configs, loads, (config, load) => {
    const race = new Race(config);
    for (const { arrivals, abort } of load) {
      for (const { input, output } of arrivals) {
        race.add(1 + (input % (config.maxModelLen - 1)), output);
      }
      if (abort !== null && race.live.length > 0) race.abort(race.live[abort % race.live.length]!);
      race.step();
    }
    race.finish();
    if (race.preemptions > 0) withPreemptions += 1;
  });
  fc.assert(property, { seed: 1, numRuns: 400 });
  // The loads are hard enough to be worth comparing.
  expect(withPreemptions).toBeGreaterThan(100);
});
