import type { Passage, Place } from '../../core/passage.ts';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';
import { ReferenceReplica, type ReferenceReplicaOptions } from '../reference/reference-replica.ts';
import type { ReferenceStep } from '../reference/reference-step.ts';
import { type BenchRequest, EngineBench } from './engine-bench.ts';

/** A small engine whose steps all take 10 ms, with every switch off. */
export const plainEngine: EngineConfig = {
  maxNumSeqs: 100,
  maxNumBatchedTokens: 100,
  maxModelLen: 100,
  blockSize: 4,
  usableBlocks: 100,
  longPrefillTokenThreshold: Number.POSITIVE_INFINITY,
  enableChunkedPrefill: true,
  reserveFullIsl: true,
  watermarkBlocks: 0,
  schedulingPolicy: 'fcfs',
  asyncScheduling: false,
  enablePrefixCaching: false,
  freeUnhashedToFront: false,
  prefixQueriesCount: 'onAdmission',
  maxLoras: 0,
  loraLoadUs: 0,
  stepTime: fixedStepTime({ stepMs: 10 }),
};

/** A request in few words; what is left out is usual, and its tokens are like nobody else's. */
export interface Wish {
  readonly atMs?: number;
  readonly input: number;
  readonly output: number;
  readonly stop?: boolean;
  readonly priority?: number;
  readonly adapter?: number;
  readonly salt?: number;
  readonly remoteTokens?: number;
  /** A prompt that is the beginning of this text. */
  readonly text?: number;
  readonly prompt?: readonly Passage[];
  readonly answer?: Place;
  readonly abortAtMs?: number;
  /** Goes away when this request has its first token; they are counted from 1. */
  readonly abortOnFirstTokenOf?: number;
  /** Arrives when this request ends or is refused. */
  readonly onEndOf?: number;
}

export interface ReferenceRunOptions {
  readonly requests: readonly Wish[];
  readonly config?: Partial<EngineConfig>;
  readonly looksMs?: readonly number[];
}

/** The reference under a load, and its steps as in `1:8 2:6`: request 1 got 8 tokens, and so on. */
export class ReferenceRun {
  readonly bench: EngineBench<ReferenceReplica>;
  readonly trace: ReferenceStep[] = [];
  /** Running, waiting, and KV blocks in use, as they are at each look, whatever is reported. */
  readonly inEngine: (readonly number[])[] = [];

  constructor({ requests, config = {}, looksMs = [] }: ReferenceRunOptions) {
    const onStep = (step: ReferenceStep) => this.trace.push(step);
    this.bench = new EngineBench((options) => this.#watch({ ...options, onStep }), {
      config: { ...plainEngine, ...config },
      requests: requests.map(benchRequest),
      window: { fromUs: 0, untilUs: Number.POSITIVE_INFINITY },
      looksUs: looksMs.map((ms) => ms * 1_000),
    }).run();
    this.bench.engine.checkDrained();
  }

  #watch(options: ReferenceReplicaOptions): ReferenceReplica {
    const engine = new ReferenceReplica(options);
    const snapshot = engine.snapshot.bind(engine);
    engine.snapshot = () => {
      const { kvCache, running, waiting } = engine.scheduler;
      this.inEngine.push([running.length, waiting.length, kvCache.used]);
      return snapshot();
    };
    return engine;
  }

  get engine(): ReferenceReplica {
    return this.bench.engine;
  }

  get steps(): string[] {
    return this.trace.map(({ chunks }) =>
      chunks.map(({ sequence, tokens }) => `${this.#numberOf(sequence.work)}:${tokens}`).join(' '),
    );
  }

  #numberOf(sequence: Sequence): number {
    return this.bench.sequences.indexOf(sequence) + 1;
  }

  /** How long each step lasted. */
  get stepMs(): number[] {
    return this.trace.map(({ startUs, endUs }) => (endUs - startUs) / 1_000);
  }

  /** What each request was told. */
  get told(): string[][] {
    return this.bench.sequences.map((_, request) => this.bench.told(request));
  }

  get generated(): number[] {
    return this.bench.sequences.map(({ generated }) => generated);
  }

  get cachedTokens(): number[] {
    return this.bench.sequences.map(({ cachedTokens }) => cachedTokens);
  }

  get preemptions(): number[] {
    return this.bench.sequences.map(({ preemptions }) => preemptions);
  }

  /** Running, waiting, and KV blocks in use, as reported at each look. */
  get gauges(): (readonly number[])[] {
    return this.bench.observations.flatMap((seen) =>
      seen.kind === 'look' ? [seen.gauges.slice(0, 3)] : [],
    );
  }
}

export function benchRequest(wish: Wish, index: number): BenchRequest {
  const { text = 1_000 + index, input } = wish;
  return {
    promptTokens: input,
    outputTokens: wish.output,
    finish: wish.stop ? 'stop' : 'length',
    priority: wish.priority ?? 0,
    adapter: wish.adapter ?? 0,
    cacheSalt: wish.salt ?? 0,
    prompt: wish.prompt ?? [{ text, from: 0, tokens: input }],
    answer: wish.answer ?? { text: 2_000 + index, from: 0 },
    remoteTokens: wish.remoteTokens ?? 0,
    arrival: arrivalOf(wish),
    abort: abortOf(wish),
  };
}

function arrivalOf({ atMs = 0, onEndOf }: Wish): BenchRequest['arrival'] {
  if (onEndOf === undefined) return { kind: 'at', atUs: Math.round(atMs * 1_000) };
  return { kind: 'onEndOf', request: onEndOf - 1 };
}

function abortOf({ abortAtMs, abortOnFirstTokenOf }: Wish): BenchRequest['abort'] {
  if (abortOnFirstTokenOf !== undefined) {
    return { kind: 'onFirstTokenOf', request: abortOnFirstTokenOf - 1 };
  }
  return abortAtMs === undefined
    ? { kind: 'never' }
    : { kind: 'at', atUs: Math.round(abortAtMs * 1_000) };
}
