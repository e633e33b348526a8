import { assert } from '../../core/assert.ts';
import type { GapHistogram } from '../../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../../core/measured-window.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { Process, Simulation } from '../simulation.ts';
import type { EngineConfig } from './engine-config.ts';
import { Scheduler } from './scheduler.ts';
import type { Sequence } from './sequence.ts';

export type SimulatedRequest = GatewayRequest<Sequence>;

/** Whoever waits for the answers of a replica. */
export interface ReplicaListener {
  onFirstToken(request: SimulatedRequest, nowUs: number): void;
  onEnd(request: SimulatedRequest, nowUs: number): void;
  onError(request: SimulatedRequest, nowUs: number): void;
}

export interface ReplicaOptions {
  readonly name: string;
  readonly config: EngineConfig;
  readonly simulation: Simulation;
  readonly listener: ReplicaListener;
  /** Gets every gap between two tokens that ends in the window. */
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
}

/**
 * One vLLM engine, a step at a time: all sequences of a step get their token at its end, and the
 * next step is built at the same instant. A request that arrives during a step is first considered
 * for the next one.
 */
export class Replica implements Process {
  readonly priority = 0;
  readonly name: string;
  readonly scheduler: Scheduler;
  busyUs = 0;
  steps = 0;
  readonly #options: ReplicaOptions;
  readonly #requestOf = new Map<Sequence, SimulatedRequest>();
  /** Refused at the door, to be told so at the next wake. */
  #refused: SimulatedRequest[] = [];
  #stepStartUs = Number.NaN;
  #stepEndUs = Number.NaN;
  #steadyGaps = 0;
  #waking = false;

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.scheduler = new Scheduler(options.config);
    this.#options = options;
    options.simulation.add(this);
  }

  add(request: SimulatedRequest, nowUs: number): void {
    // vLLM answers 400 to a prompt that leaves no room for a single token.
    if (request.promptTokens >= this.#options.config.maxModelLen) {
      this.#refused.push(request);
    } else {
      this.#requestOf.set(request.work, request);
      this.scheduler.waiting.pushBack(request.work);
    }
    if (this.#isIdle && !this.#waking) this.#options.simulation.schedule(this, nowUs);
  }

  abort(request: SimulatedRequest): void {
    if (this.#requestOf.delete(request.work)) this.scheduler.abort(request.work);
  }

  wake(nowUs: number): void {
    this.#waking = true;
    if (!this.#isIdle) this.#endStep(nowUs);
    this.#refuse(nowUs);
    this.#beginStep(nowUs);
    this.#waking = false;
    // What was refused while waking is told at a wake of its own.
    if (this.#isIdle && this.#refused.length > 0) this.#options.simulation.schedule(this, nowUs);
  }

  /** Nothing in it, nothing held: what must be true after a drained run. */
  checkDrained(): void {
    assert(this.#requestOf.size === 0, `invariant 1: ${this.name} still holds requests`);
    assert(this.scheduler.kvCache.used === 0, `invariant 7: ${this.name} still holds KV blocks`);
  }

  get #isIdle(): boolean {
    return Number.isNaN(this.#stepEndUs);
  }

  #beginStep(nowUs: number): void {
    this.#stepStartUs = nowUs;
    if (!this.scheduler.schedule(nowUs)) {
      this.#stepEndUs = Number.NaN;
      return;
    }
    const stepUs = this.#options.config.stepTime.stepUs(this.scheduler.shape);
    this.#stepEndUs = nowUs + Math.max(1, Math.round(stepUs));
    this.#options.simulation.schedule(this, this.#stepEndUs);
  }

  /** Hands out the tokens of the step, lets the finished go, and only then tells anybody. */
  #endStep(nowUs: number): void {
    this.steps += 1;
    this.busyUs += nowUs - this.#stepStartUs;
    const { running } = this.scheduler;
    const started: Sequence[] = [];
    const finished: Sequence[] = [];
    let kept = 0;
    for (const sequence of running) {
      const complete = sequence.scheduledTokens > 0 && sequence.computed === sequence.tokens;
      const emits = complete && !sequence.aborted;
      sequence.scheduledTokens = 0;
      if (emits) this.#emitToken(sequence, nowUs);
      if (emits && sequence.generated === 1) started.push(sequence);
      if (emits && this.#isFinished(sequence)) finished.push(sequence);
      else running[kept++] = sequence;
    }
    running.length = kept;
    this.#recordSteadyGaps(nowUs);
    for (const sequence of finished) this.scheduler.release(sequence);
    const { listener } = this.#options;
    for (const sequence of started) listener.onFirstToken(this.#requestOf.get(sequence)!, nowUs);
    for (const sequence of finished) {
      const request = this.#requestOf.get(sequence)!;
      this.#requestOf.delete(sequence);
      listener.onEnd(request, nowUs);
    }
  }

  #emitToken(sequence: Sequence, nowUs: number): void {
    sequence.generated += 1;
    if (sequence.generated > 1) {
      const gapUs = nowUs - sequence.lastTokenUs;
      sequence.gapMaxUs = sequence.generated === 2 ? gapUs : Math.max(sequence.gapMaxUs, gapUs);
      // Most sequences had their last token at the end of the step before; those are counted
      // together, because a histogram costs far more than a comparison.
      if (sequence.lastTokenUs === this.#stepStartUs) this.#steadyGaps += 1;
      else this.#recordGaps(gapUs, 1, nowUs);
    }
    sequence.lastTokenUs = nowUs;
  }

  #recordSteadyGaps(nowUs: number): void {
    if (this.#steadyGaps > 0) this.#recordGaps(nowUs - this.#stepStartUs, this.#steadyGaps, nowUs);
    this.#steadyGaps = 0;
  }

  #recordGaps(gapUs: number, count: number, nowUs: number): void {
    if (inWindow(this.#options.window, nowUs)) this.#options.gaps.record(gapUs, count);
  }

  /** The length rules of vLLM: the answer is complete, or the model's context is full. */
  #isFinished(sequence: Sequence): boolean {
    const full = sequence.tokens >= this.#options.config.maxModelLen;
    return full || sequence.generated >= sequence.outputTokens;
  }

  #refuse(nowUs: number): void {
    const refused = this.#refused;
    if (refused.length === 0) return;
    this.#refused = [];
    for (const request of refused) this.#options.listener.onError(request, nowUs);
  }
}
