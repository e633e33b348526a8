import { inWindow } from '../../core/measured-window.ts';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import type { EngineCounters } from '../../sim/replica/engine-counters.ts';
import type { ReplicaOptions } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import type { Process } from '../../sim/simulation.ts';
import { ReferenceLora } from './reference-lora.ts';
import { type Chunk, ReferenceScheduler } from './reference-scheduler.ts';
import { ReferenceSequence } from './reference-sequence.ts';
import { type ReferenceStep, timedStep } from './reference-step.ts';

export interface ReferenceReplicaOptions extends ReplicaOptions {
  readonly config: EngineConfig;
  /** Shown every step when it is scheduled. */
  readonly onStep?: (step: ReferenceStep) => void;
}

/** What an engine says about its load, as of its last act. */
export interface ReferenceSnapshot {
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocksUsed: number;
}

/**
 * A vLLM engine, one step, one token and one block at a time: slow, and so plain that what it does
 * can be taken for the truth.
 */
export class ReferenceReplica implements Process {
  readonly priority = 0;
  slot = -1;
  readonly name: string;
  busyUs = 0;
  steps = 0;
  readonly #options: ReferenceReplicaOptions;
  readonly scheduler: ReferenceScheduler;
  readonly #lora: ReferenceLora;
  /** Everything in the engine that was not aborted. */
  readonly #held = new Map<Sequence, ReferenceSequence>();
  #refused: Sequence[] = [];
  /** Scheduled and not yet ended; the first one is on the GPU. */
  #pipeline: ReferenceStep[] = [];
  /** The step scheduled last, as long as the engine does not go idle. */
  #lastStep: ReferenceStep | undefined = undefined;
  #scheduledSteps = 0;
  #arrivals = 0;
  #acting = false;
  #snapshot: ReferenceSnapshot = { running: 0, waiting: 0, kvBlocksUsed: 0 };

  constructor(options: ReferenceReplicaOptions) {
    this.name = options.name;
    this.#options = options;
    this.scheduler = new ReferenceScheduler(options.config);
    this.#lora = new ReferenceLora(options.config.maxLoras);
    options.simulation.add(this);
  }

  get counters(): EngineCounters {
    const { prefixHits, prefixQueries } = this.scheduler;
    return { prefixHits, prefixQueries };
  }

  snapshot(): ReferenceSnapshot {
    return this.#snapshot;
  }

  add(work: Sequence, nowUs: number): void {
    const { maxModelLen } = this.#options.config;
    if (work.promptTokens >= maxModelLen) {
      this.#refused.push(work);
    } else {
      const sequence = new ReferenceSequence(work, this.#arrivals, maxModelLen);
      this.#arrivals += 1;
      this.#held.set(work, sequence);
      this.scheduler.waiting.arrive(sequence);
    }
    const idle = this.#pipeline.length === 0;
    if (idle && !this.#acting) this.#options.simulation.schedule(this, nowUs);
  }

  /** Nothing more is said of the sequence; the engine is rid of it at its next schedule. */
  abort(work: Sequence, _nowUs: number): void {
    this.#refused = this.#refused.filter((other) => other !== work);
    const sequence = this.#held.get(work);
    if (sequence === undefined) return;
    this.#held.delete(work);
    this.scheduler.abort(sequence);
  }

  wake(nowUs: number): void {
    this.#acting = true;
    const ended = this.#pipeline.shift();
    if (ended !== undefined) this.#endStep(ended, nowUs);
    const refused = this.#refused;
    this.#refused = [];
    for (const work of refused) this.#options.listener.onError(work, nowUs);
    this.#fillPipeline(nowUs);
    this.#takeSnapshot();
    this.#acting = false;
    const { simulation } = this.#options;
    const next = this.#pipeline[0];
    if (next !== undefined) {
      simulation.schedule(this, Math.round(next.endUs));
    } else {
      this.#lastStep = undefined;
      // What was refused while others were told so is told at an act of its own.
      if (this.#refused.length > 0) simulation.schedule(this, nowUs);
    }
  }

  /** Nothing in it, nothing held: what must be true when all requests have ended. */
  checkDrained(): void {
    const { kvCache, running, waiting } = this.scheduler;
    const left = [this.#held.size, this.#pipeline.length, running.length, waiting.length];
    if ([...left, kvCache.used].some((count) => count > 0)) {
      throw new Error(`${this.name} still holds something: ${left}, ${kvCache.used} blocks`);
    }
  }

  #fillPipeline(nowUs: number): void {
    const depth = this.#options.config.asyncScheduling ? 2 : 1;
    while (this.#pipeline.length < depth) {
      const { chunks, preempted } = this.scheduler.schedule(nowUs);
      if (chunks.length > 0) this.#launch(chunks, nowUs);
      // By priority a sequence can take its own blocks away before anybody was scheduled. An engine
      // with nothing in flight then tries again at once, until somebody runs.
      else if (!preempted || this.#pipeline.length > 0) return;
    }
  }

  #launch(chunks: readonly Chunk[], nowUs: number): void {
    const { loraLoadUs, stepTime } = this.#options.config;
    this.#scheduledSteps += 1;
    const number = this.#scheduledSteps;
    const adapters = chunks.map(({ sequence }) => sequence.work.adapter);
    const loadUs = this.#lora.load(adapters, number) * loraLoadUs;
    const previous = this.#lastStep;
    const step = timedStep({ number, chunks, loadUs, previous, nowUs, stepTime });
    this.#lastStep = step;
    this.#pipeline.push(step);
    this.#options.onStep?.(step);
  }

  #endStep(step: ReferenceStep, nowUs: number): void {
    this.steps += 1;
    this.busyUs += nowUs - Math.round(step.startUs);
    const emitting = step.chunks
      .filter(({ emits, sequence }) => emits && !sequence.aborted && !isFinished(sequence))
      .map(({ sequence }) => sequence);
    for (const sequence of emitting) this.#giveToken(sequence, step, nowUs);
    if (this.#options.config.asyncScheduling) this.#registerGenerated(emitting);
    const started = emitting.filter(({ work }) => work.generated === 1);
    const finished = emitting.filter(isFinished);
    for (const sequence of finished) this.scheduler.remove(sequence);
    this.#tell(started, finished, nowUs);
  }

  #giveToken(sequence: ReferenceSequence, step: ReferenceStep, nowUs: number): void {
    const { work, lastStep } = sequence;
    sequence.receiveToken();
    sequence.lastStep = step;
    work.lastTokenUs = nowUs;
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

  /** Somebody who is told may abort another who was to be told in the same act. */
  #tell(
    started: readonly ReferenceSequence[],
    finished: readonly ReferenceSequence[],
    nowUs: number,
  ): void {
    const { listener } = this.#options;
    for (const { aborted, work } of started) {
      if (!aborted) listener.onFirstToken(work, nowUs);
    }
    for (const { aborted, work } of finished) {
      if (aborted) continue;
      this.#held.delete(work);
      listener.onEnd(work, nowUs);
    }
  }

  #takeSnapshot(): void {
    const { kvCache, running, waiting } = this.scheduler;
    this.#snapshot = {
      running: running.length,
      waiting: waiting.length,
      kvBlocksUsed: kvCache.used,
    };
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
