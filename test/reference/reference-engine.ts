import { inWindow } from '../../core/measured-window.ts';
import type { EngineCounters } from '../../sim/replica/engine-counters.ts';
import type { ReplicaOptions } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import { ReferenceLora } from './reference-lora.ts';
import { ReferenceScheduler, type Schedule } from './reference-scheduler.ts';
import { ReferenceSequence } from './reference-sequence.ts';
import type { ReferenceStep } from './reference-step.ts';

/** Upper bounds of the buckets of `iteration_tokens_total`. */
const bounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, Infinity];

/** What an engine says about its load, as of the end of its last step. */
export interface ReferenceSnapshot {
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocksUsed: number;
  /** How often running or waiting were others than before. */
  readonly changes: number;
}

export interface ReferenceOptions extends ReplicaOptions {
  /** Told of every token. */
  readonly onToken?: (work: Sequence, nowUs: number) => void;
}

/**
 * The parts of a vLLM engine's act, one step, one token and one block at a time; whoever owns it
 * knows when it acts and how long its steps take.
 */
export class ReferenceEngine {
  busyUs = 0;
  steps = 0;
  snapshot: ReferenceSnapshot = { running: 0, waiting: 0, kvBlocksUsed: 0, changes: 0 };
  /** Scheduled and not yet ended; the first one is on the GPU. */
  readonly pipeline: ReferenceStep[] = [];
  readonly scheduler: ReferenceScheduler;
  readonly lora: ReferenceLora;
  readonly #options: ReferenceOptions;
  /** Everything in the engine that was not aborted. */
  readonly #held = new Map<Sequence, ReferenceSequence>();
  readonly #counts = {
    promptTokens: 0,
    generationTokens: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0 },
    iterationTokens: { buckets: bounds.map(() => 0), sum: 0 },
  };
  #refused: Sequence[] = [];
  #started: ReferenceSequence[] = [];
  #finished: ReferenceSequence[] = [];
  #arrivals = 0;

  constructor(options: ReferenceOptions) {
    this.#options = options;
    this.scheduler = new ReferenceScheduler(options.config);
    this.lora = new ReferenceLora(options.config.maxLoras);
  }

  get counters(): EngineCounters {
    const { prefixHits, prefixQueries, preemptions } = this.scheduler;
    return { prefixHits, prefixQueries, preemptions, ...this.#counts };
  }

  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  add(work: Sequence): void {
    const { maxModelLen } = this.#options.config;
    if (work.askedTokens > maxModelLen) {
      this.#refused.push(work);
    } else {
      const sequence = new ReferenceSequence(work, this.#arrivals, maxModelLen);
      this.#arrivals += 1;
      this.#held.set(work, sequence);
      this.scheduler.add(sequence);
    }
  }

  /** Nothing more is said of the sequence; the engine is rid of it at its next schedule. */
  abort(work: Sequence): void {
    this.#refused = this.#refused.filter((other) => other !== work);
    const sequence = this.#held.get(work);
    if (sequence === undefined) return;
    this.#held.delete(work);
    this.scheduler.abort(sequence);
    if (!isFinished(sequence)) this.#counts.finished.abort += 1;
  }

  /** The first step in the pipeline has run. */
  endStep(nowUs: number): void {
    const step = this.pipeline.shift()!;
    this.steps += 1;
    this.busyUs += nowUs - Math.round(step.startUs);
    const emitting = step.chunks
      .filter(({ emits, sequence }) => emits && !sequence.aborted && !isFinished(sequence))
      .map(({ sequence }) => sequence);
    for (const sequence of emitting) this.#giveToken(sequence, step, nowUs);
    this.#count(emitting);
    if (this.#options.config.asyncScheduling) this.#registerGenerated(emitting);
    this.#started = emitting.filter(({ work }) => work.generated === 1);
    this.#finished = emitting.filter(isFinished);
    for (const sequence of this.#finished) this.scheduler.remove(sequence);
    this.#takeSnapshot();
  }

  /** Somebody who is told may abort another who was to be told in the same act. */
  tell(nowUs: number): void {
    const { listener } = this.#options;
    for (const { aborted, work } of this.#started) {
      if (!aborted) listener.onFirstToken(work, nowUs);
    }
    for (const { aborted, work } of this.#finished) {
      if (aborted) continue;
      this.#held.delete(work);
      listener.onEnd(work, nowUs);
    }
    this.#started = [];
    this.#finished = [];
  }

  refuse(nowUs: number): void {
    const refused = this.#refused;
    this.#refused = [];
    this.#counts.finished.error += refused.length;
    for (const work of refused) this.#options.listener.onError(work, nowUs);
  }

  /** What the next step holds; it takes place as soon as somebody puts it into the pipeline. */
  schedule(nowUs: number): Schedule {
    return this.scheduler.schedule(nowUs);
  }

  /** How long a step has to wait for adapters. */
  loadUs(schedule: Schedule, number: number): number {
    const adapters = schedule.chunks.map(({ sequence }) => sequence.work.adapter);
    return this.lora.load(adapters, number) * this.#options.config.loraLoadUs;
  }

  /** Nothing is left to do, and that is reported, too. */
  goIdle(): void {
    this.#takeSnapshot();
  }

  #takeSnapshot(): void {
    const { kvCache, running, waiting } = this.scheduler;
    const before = this.snapshot;
    const isSame = running.length === before.running && waiting.length === before.waiting;
    this.snapshot = {
      running: running.length,
      waiting: waiting.length,
      kvBlocksUsed: kvCache.used,
      changes: before.changes + (isSame ? 0 : 1),
    };
  }

  /** Nothing in it, nothing held: what must be true when all requests have ended. */
  checkDrained(): void {
    const { kvCache, running, waiting } = this.scheduler;
    const left = [this.#held.size, this.pipeline.length, running.length, waiting.length];
    if ([...left, kvCache.used].some((count) => count > 0)) {
      const { name } = this.#options;
      throw new Error(`${name} still holds something: ${left}, ${kvCache.used} blocks`);
    }
  }

  /** After a step that gave a token to each of these. */
  #count(emitting: readonly ReferenceSequence[]): void {
    const started = emitting.filter(({ work }) => work.generated === 1);
    const counts = this.#counts;
    let tokens = 0;
    for (const { work } of started) {
      counts.promptTokens += work.promptTokens;
      tokens += work.promptTokens - work.cachedTokens;
    }
    counts.generationTokens += emitting.length;
    tokens += emitting.length;
    for (const { work } of emitting.filter(isFinished)) {
      const isStopped = work.finish === 'stop' && work.generated === work.outputTokens;
      counts.finished[isStopped ? 'stop' : 'length'] += 1;
    }
    if (tokens === 0) return;
    counts.iterationTokens.buckets[bounds.findIndex((bound) => tokens <= bound)]! += 1;
    counts.iterationTokens.sum += tokens;
  }

  #giveToken(sequence: ReferenceSequence, step: ReferenceStep, nowUs: number): void {
    const { work, lastStep } = sequence;
    sequence.receiveToken();
    sequence.lastStep = step;
    this.#options.onToken?.(work, nowUs);
    work.lastTokenExactUs = nowUs;
    if (work.generated === 1) work.firstTokenUs = nowUs;
    if (lastStep === undefined) return;
    const gapUs = gapBetween(lastStep, step);
    work.gapMaxUs = Number.isNaN(work.gapMaxUs) ? gapUs : Math.max(work.gapMaxUs, gapUs);
    const { gaps, window } = this.#options;
    if (inWindow(window, nowUs)) gaps.record(Math.round(gapUs), 1);
  }

  /** In flight nobody knew which tokens fill the blocks; now all but the newest are known. */
  #registerGenerated(emitting: readonly ReferenceSequence[]): void {
    for (const sequence of emitting) {
      if (!this.scheduler.running.includes(sequence)) continue;
      this.scheduler.kvCache.register(sequence, sequence.tokens - 1);
    }
  }
}

function isFinished({ work, finalCount }: ReferenceSequence): boolean {
  return work.generated === finalCount;
}

/** Right after one another, the later step lasts as long as the gap. */
function gapBetween(last: ReferenceStep, step: ReferenceStep): number {
  if (last.number === step.number - 1) return step.durationUs;
  return step.endUs - last.endUs;
}
