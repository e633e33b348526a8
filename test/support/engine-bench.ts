import { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { Server } from '../../sim/endpoints/server.ts';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import type { EngineCounters } from '../../sim/replica/engine-counters.ts';
import type { ReplicaOptions } from '../../sim/replica/replica.ts';
import { type EngineRequest, Sequence } from '../../sim/replica/sequence.ts';
import { type Process, Simulation } from '../../sim/simulation.ts';

/** When a request comes: at a time, or from within the callback that tells the end of another. */
export type Arrival =
  | { readonly kind: 'at'; readonly atUs: number }
  | { readonly kind: 'onEndOf'; readonly request: number };

/** When its client goes away: at a time, or when it sees the first token, its own or another. */
export type Abort =
  | { readonly kind: 'never' }
  | { readonly kind: 'at'; readonly atUs: number }
  | { readonly kind: 'onFirstTokenOf'; readonly request: number };

export interface BenchRequest extends EngineRequest {
  readonly arrival: Arrival;
  readonly abort: Abort;
  /** Tokens that another engine has computed; none if left out. */
  readonly remoteTokens?: number;
}

export interface BenchOptions {
  readonly config: EngineConfig;
  readonly requests: readonly BenchRequest[];
  readonly window: MeasuredWindow;
  /** Times at which somebody reads the gauges of the engine. */
  readonly looksUs: readonly number[];
}

type EngineOptions = ReplicaOptions & { readonly config: EngineConfig };

type Results = Pick<
  Sequence,
  | 'generated'
  | 'scheduledUs'
  | 'firstTokenUs'
  | 'lastTokenUs'
  | 'gapMaxUs'
  | 'preemptions'
  | 'cachedTokens'
>;

/** One thing that could be seen from outside. */
export type Observation =
  | {
      readonly kind: 'first' | 'end' | 'error' | 'abort';
      readonly atUs: number;
      readonly request: number;
      readonly results: Results;
    }
  | {
      readonly kind: 'look';
      readonly atUs: number;
      readonly gauges: readonly number[];
      readonly counters: EngineCounters;
    };

/** One engine without a gateway under a given load, and all that could be seen of it. */
export class EngineBench<Engine extends Server> implements Process {
  readonly priority = 1;
  slot = -1;
  readonly engine: Engine;
  readonly gaps = new GapHistogram();
  readonly observations: Observation[] = [];
  readonly sequences: readonly Sequence[];
  readonly #options: BenchOptions;
  readonly #ids: ReadonlyMap<Sequence, number>;
  readonly #simulation = new Simulation();
  readonly #added = new Set<number>();
  readonly #plan: { readonly atUs: number; readonly act: (nowUs: number) => void }[] = [];

  constructor(makeEngine: (options: EngineOptions) => Engine, options: BenchOptions) {
    this.#options = options;
    this.sequences = options.requests.map((request) => {
      const sequence = new Sequence(request);
      sequence.remoteTokens = request.remoteTokens ?? 0;
      return sequence;
    });
    this.#ids = new Map(this.sequences.map((sequence, id) => [sequence, id]));
    this.engine = makeEngine({
      name: 'engine',
      config: options.config,
      simulation: this.#simulation,
      listener: {
        onFirstToken: (sequence, nowUs) => this.#onFirstToken(this.#idOf(sequence), nowUs),
        onEnd: (sequence, nowUs) => this.#onEnd('end', this.#idOf(sequence), nowUs),
        onError: (sequence, nowUs) => this.#onEnd('error', this.#idOf(sequence), nowUs),
      },
      gaps: this.gaps,
      window: options.window,
    });
    this.#simulation.add(this);
    this.#makePlan();
  }

  /** Until nothing is left to happen. */
  run(): this {
    if (this.#plan.length > 0) this.#simulation.schedule(this, this.#plan[0]!.atUs);
    this.#simulation.run(() => false);
    return this;
  }

  wake(nowUs: number): void {
    while (this.#plan[0]?.atUs === nowUs) this.#plan.shift()!.act(nowUs);
    if (this.#plan[0] !== undefined) this.#simulation.schedule(this, this.#plan[0].atUs);
  }

  /** All that two equal engines must agree on to the bit. */
  get record(): object {
    const { busyUs, steps } = this.engine;
    const quantiles = Array.from({ length: 51 }, (_, i) => this.gaps.quantileUs(i / 50));
    const gaps = { count: this.gaps.count, quantiles };
    return { observations: this.observations, busyUs, steps, gaps, gauges: this.#gauges() };
  }

  /** What was told about a request, as in `first 10`, `end 30`; in milliseconds. */
  told(request: number): string[] {
    return this.observations
      .filter((seen) => seen.kind !== 'look' && seen.kind !== 'abort' && seen.request === request)
      .map(({ kind, atUs }) => `${kind} ${atUs / 1_000}`);
  }

  #makePlan(): void {
    for (const [id, { arrival, abort }] of this.#options.requests.entries()) {
      if (arrival.kind === 'at') {
        this.#plan.push({ atUs: arrival.atUs, act: (nowUs) => this.#add(id, nowUs) });
      }
      if (abort.kind === 'at') {
        this.#plan.push({ atUs: abort.atUs, act: (nowUs) => this.#abort(id, nowUs) });
      }
    }
    for (const atUs of this.#options.looksUs) {
      this.#plan.push({ atUs, act: () => this.#look(atUs) });
    }
    this.#plan.sort((a, b) => a.atUs - b.atUs);
  }

  #add(id: number, nowUs: number): void {
    this.#added.add(id);
    this.engine.add(this.sequences[id]!, nowUs);
  }

  /** Nobody goes away before coming; going away after the end has no effect. */
  #abort(id: number, nowUs: number): void {
    if (!this.#added.has(id)) return;
    this.engine.abort(this.sequences[id]!, nowUs);
    this.#observe('abort', id, nowUs);
  }

  #idOf(sequence: Sequence): number {
    return this.#ids.get(sequence)!;
  }

  #onFirstToken(request: number, nowUs: number): void {
    this.#observe('first', request, nowUs);
    for (const [id, { abort }] of this.#options.requests.entries()) {
      if (abort.kind === 'onFirstTokenOf' && abort.request === request) this.#abort(id, nowUs);
    }
  }

  #onEnd(kind: 'end' | 'error', request: number, nowUs: number): void {
    this.#observe(kind, request, nowUs);
    for (const [id, { arrival }] of this.#options.requests.entries()) {
      if (arrival.kind === 'onEndOf' && arrival.request === request) this.#add(id, nowUs);
    }
  }

  #observe(kind: 'first' | 'end' | 'error' | 'abort', id: number, atUs: number): void {
    const { generated, scheduledUs, firstTokenUs, lastTokenUs } = this.sequences[id]!;
    const { gapMaxUs, preemptions, cachedTokens } = this.sequences[id]!;
    const tokens = { generated, scheduledUs, firstTokenUs, lastTokenUs };
    const results = { ...tokens, gapMaxUs, preemptions, cachedTokens };
    this.observations.push({ kind, atUs, request: id, results });
  }

  #look(atUs: number): void {
    const counters = structuredClone(this.engine.counters);
    this.observations.push({ kind: 'look', atUs, gauges: this.#gauges(), counters });
  }

  #gauges(): number[] {
    const { running, waiting, kvBlocksUsed, changes } = this.engine.snapshot();
    return [running, waiting, kvBlocksUsed, changes];
  }
}
