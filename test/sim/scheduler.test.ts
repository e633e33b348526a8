import { describe, expect, test } from 'vitest';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { Scheduler } from '../../sim/replica/scheduler.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';

// The rules of vLLM V1's scheduler, each as something one can see from outside: which sequence gets
// how many tokens in which step.

const roomy: EngineConfig = {
  maxNumSeqs: 256,
  maxNumBatchedTokens: 8,
  maxModelLen: 1_000,
  blockSize: 4,
  usableBlocks: 1_000,
  longPrefillTokenThreshold: Number.POSITIVE_INFINITY,
  reserveFullIsl: true,
  watermarkBlocks: 0,
  stepTime: fixedStepTime({ stepMs: 1 }),
};

/** A scheduler whose steps one takes by hand; each line of the result is a step. */
class Bench {
  readonly scheduler: Scheduler;
  readonly #sequences = new Map<string, Sequence>();

  constructor(config: Partial<EngineConfig>) {
    this.scheduler = new Scheduler({ ...roomy, ...config });
  }

  add(name: string, inputTokens: number, outputTokens = 100): Sequence {
    const sequence = new Sequence({ inputTokens, outputTokens });
    this.#sequences.set(name, sequence);
    this.scheduler.waiting.pushBack(sequence);
    return sequence;
  }

  /** "r1:8 r2:1": what each sequence was given; then every complete one gets its token. */
  step(): string {
    this.scheduler.schedule(0);
    const given: string[] = [];
    for (const [name, sequence] of this.#sequences) {
      if (sequence.scheduledTokens > 0) given.push(`${name}:${sequence.scheduledTokens}`);
      if (sequence.scheduledTokens > 0 && sequence.computed === sequence.tokens) {
        sequence.generated += 1;
      }
      sequence.scheduledTokens = 0;
    }
    return given.join(' ');
  }

  steps(count: number): string[] {
    return Array.from({ length: count }, () => this.step());
  }
}

describe('one token budget', () => {
  test('is shared by prompts and decodes, and cuts a prompt into chunks', () => {
    const bench = new Bench({});
    bench.add('r1', 10);
    bench.add('r2', 6);
    expect(bench.steps(3)).toEqual(['r1:8', 'r1:2 r2:6', 'r1:1 r2:1']);
  });

  test('leaves room for a second prompt when the threshold cuts the first', () => {
    const bench = new Bench({ longPrefillTokenThreshold: 4 });
    bench.add('r1', 10);
    bench.add('r2', 6);
    expect(bench.steps(3)).toEqual(['r1:4 r2:4', 'r1:4 r2:2', 'r1:2 r2:1']);
  });

  test('goes to running sequences first, and any remainder starts a prompt', () => {
    const bench = new Bench({ maxNumBatchedTokens: 3 });
    bench.add('r1', 2);
    bench.add('r2', 5);
    expect(bench.steps(4)).toEqual(['r1:2 r2:1', 'r1:1 r2:2', 'r1:1 r2:2', 'r1:1 r2:1']);
  });
});

describe('admission', () => {
  test('stops at the head of the queue: a smaller request is never let past', () => {
    const bench = new Bench({ usableBlocks: 4, maxNumBatchedTokens: 100 });
    bench.add('first', 8);
    bench.add('large', 12);
    bench.add('small', 1);
    expect(bench.step()).toBe('first:8');
    expect(bench.step()).toBe('first:1');
  });

  test('asks for the whole input to fit, or with older engines for the first chunk only', () => {
    for (const [reserveFullIsl, expected] of [
      [true, 'r1:8'],
      [false, 'r1:8 r2:2'],
    ] as const) {
      const bench = new Bench({ usableBlocks: 4, maxNumBatchedTokens: 10, reserveFullIsl });
      bench.add('r1', 8);
      bench.add('r2', 12);
      expect(bench.step()).toBe(expected);
    }
  });

  test('never reserves anything for the answer', () => {
    const bench = new Bench({ usableBlocks: 2, maxNumBatchedTokens: 100 });
    bench.add('r1', 4, 10_000);
    bench.add('r2', 4, 10_000);
    expect(bench.step()).toBe('r1:4 r2:4');
  });

  test('keeps to the slots', () => {
    const bench = new Bench({ maxNumSeqs: 2 });
    for (const name of ['r1', 'r2', 'r3']) bench.add(name, 1);
    expect(bench.steps(2)).toEqual(['r1:1 r2:1', 'r1:1 r2:1']);
  });

  test('leaves the watermark free, but only while something runs', () => {
    const bench = new Bench({ usableBlocks: 4, watermarkBlocks: 2, maxNumBatchedTokens: 100 });
    bench.add('r1', 12);
    expect(bench.step()).toBe('r1:12');
    const second = new Bench({ usableBlocks: 4, watermarkBlocks: 2, maxNumBatchedTokens: 100 });
    second.add('r1', 4);
    second.add('r2', 8);
    expect(second.step()).toBe('r1:4');
  });

  test('never preempts: what does not fit waits', () => {
    const bench = new Bench({ usableBlocks: 2, maxNumBatchedTokens: 100 });
    const running = bench.add('r1', 5);
    bench.add('r2', 8);
    bench.steps(2);
    expect(running.preemptions).toBe(0);
    expect(bench.scheduler.waiting.length).toBe(1);
  });
});

describe('preemption', () => {
  /** Two sequences of a block each; the third block goes to whoever grows first. */
  function crowded(config: Partial<EngineConfig> = {}) {
    const bench = new Bench({ usableBlocks: 3, maxNumBatchedTokens: 100, ...config });
    const sequences = [bench.add('r1', 4), bench.add('r2', 4)] as const;
    expect(bench.step()).toBe('r1:4 r2:4');
    return { bench, sequences };
  }

  test('takes the blocks of the sequence admitted last, and admits nobody in that step', () => {
    // A first chunk of the victim would fit into the block it has just lost.
    const { bench, sequences } = crowded({ reserveFullIsl: false, longPrefillTokenThreshold: 4 });
    bench.add('r3', 1);
    expect(bench.step()).toBe('r1:1');
    expect(sequences.map(({ preemptions }) => preemptions)).toEqual([0, 1]);
    expect(sequences[1].kvBlocks).toBe(0);
    expect(bench.scheduler.waiting.front()).toBe(sequences[1]);
  });

  test('computes prompt and generated tokens again when the sequence comes back', () => {
    const { bench, sequences } = crowded();
    bench.step();
    expect(sequences[1].generated).toBe(1);
    bench.scheduler.running.splice(0, 1);
    bench.scheduler.release(sequences[0]);
    expect(bench.step()).toBe('r2:5');
  });

  test('may hit the sequence that wants to grow, if it was admitted last', () => {
    const bench = new Bench({ usableBlocks: 2, maxNumBatchedTokens: 100 });
    bench.add('r1', 3);
    const last = bench.add('r2', 4);
    expect(bench.step()).toBe('r1:3 r2:4');
    expect(bench.step()).toBe('r1:1');
    expect(last.preemptions).toBe(1);
  });

  test('puts several victims of a step back in the order they were admitted in', () => {
    const bench = new Bench({ usableBlocks: 3, maxNumBatchedTokens: 100 });
    const [first, second, third] = [bench.add('r1', 4), bench.add('r2', 4), bench.add('r3', 4)];
    bench.step();
    expect(bench.step()).toBe('r1:1');
    expect([first, second, third].map(({ preemptions }) => preemptions)).toEqual([0, 1, 1]);
    expect(bench.scheduler.waiting.popFront()).toBe(second);
    expect(bench.scheduler.waiting.popFront()).toBe(third);
  });
});

test('an aborted sequence leaves at the next step, with its blocks', () => {
  const bench = new Bench({});
  const [running, waiting] = [bench.add('r1', 20), bench.add('r2', 4)];
  bench.step();
  bench.scheduler.abort(running);
  bench.scheduler.abort(waiting);
  bench.add('r3', 2);
  expect(bench.step()).toBe('r3:2');
  expect(bench.scheduler.kvCache.used).toBe(1);
});
