import { assert, fail } from '../../core/assert.ts';
import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { Process, Simulation } from '../simulation.ts';
import { Engine, type Gauges } from './engine.ts';
import type { EngineConfig } from './engine-config.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { Sequence } from './sequence.ts';

/** Whoever waits for the answers of a replica. */
export interface ReplicaListener {
  onFirstToken(sequence: Sequence, nowUs: number): void;
  onEnd(sequence: Sequence, nowUs: number): void;
  onError(sequence: Sequence, nowUs: number): void;
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
 * An engine among others in virtual time. It wakes only for what somebody outside can notice, a
 * first or a last token; all else is caught up with when the next request comes.
 */
export class Replica implements Process {
  readonly priority = 0;
  slot = -1;
  readonly name: string;
  readonly #engine: Engine;
  readonly #options: ReplicaOptions;
  /** Sequences in the engine that nobody was told the end of. */
  #held = 0;
  /** Refused at the door, to be told so at the next end of a step. */
  #refused: Sequence[] = [];
  #waking = false;

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#engine = new Engine(options.config, options);
    this.#options = options;
    options.simulation.add(this);
  }

  /** What its `/metrics` says: the state after the last step that ended, whatever came since. */
  snapshot(): Gauges {
    this.#catchUp(this.#options.simulation.nowUs);
    return this.#engine.gauges;
  }

  /** Since its start, up to the last step that ended. */
  get counters(): EngineCounters {
    this.#catchUp(this.#options.simulation.nowUs);
    return this.#engine.state.counters;
  }

  get busyUs(): number {
    return this.#engine.busyUs;
  }

  get steps(): number {
    return this.#engine.steps;
  }

  add(sequence: Sequence, nowUs: number): void {
    this.#catchUp(nowUs);
    const { state } = this.#engine;
    const couldAdmit = state.mayAdmit;
    // vLLM answers 400 to a prompt that leaves no room for a single token.
    if (sequence.promptTokens >= this.#options.config.maxModelLen) {
      this.#refused.push(sequence);
    } else {
      sequence.isAwaited = true;
      this.#held += 1;
      this.#engine.add(sequence);
    }
    const isNews = (state.mayAdmit && !couldAdmit) || this.#refused.length > 0;
    if (!this.#waking && isNews) this.#sleep(nowUs);
  }

  abort(sequence: Sequence, nowUs: number): void {
    this.#refused = this.#refused.filter((other) => other !== sequence);
    if (!sequence.isAwaited) return;
    this.#release(sequence);
    this.#catchUp(nowUs);
    this.#engine.abort(sequence);
    if (!this.#waking) this.#sleep(nowUs);
  }

  wake(nowUs: number): void {
    this.#waking = true;
    const engine = this.#engine;
    // Who was refused hears of it between the end of a step and the next schedule.
    engine.advance(this.#refused.length > 0 ? nowUs - 1 : nowUs);
    const isAtEnd = !engine.isIdle && engine.nextEndUs <= nowUs;
    if (isAtEnd) {
      if (engine.nextEndUs !== nowUs) fail(`${this.name} slept through the end of a step`);
      this.#tell(nowUs);
    }
    if (this.#refused.length > 0) this.#refuse(nowUs);
    if (isAtEnd || engine.isIdle) engine.fill(nowUs);
    this.#waking = false;
    this.#sleep(nowUs);
  }

  /** Nothing in it, nothing held: what must be true after a drained run. */
  checkDrained(): void {
    assert(this.#held === 0, `invariant 1: ${this.name} still holds requests`);
    const { used } = this.#engine.state.kvCache;
    assert(used === 0, `invariant 7: ${this.name} still holds KV blocks`);
  }

  #release(sequence: Sequence): void {
    sequence.isAwaited = false;
    this.#held -= 1;
  }

  /** All ends of steps that come before this moment have happened. */
  #catchUp(nowUs: number): void {
    if (this.#waking) return;
    const isPast = this.#options.simulation.isPast(this);
    this.#engine.advance(isPast ? nowUs : nowUs - 1);
  }

  #sleep(nowUs: number): void {
    const engine = this.#engine;
    const { simulation } = this.#options;
    if (!engine.isIdle) {
      simulation.schedule(this, this.#refused.length > 0 ? engine.nextEndUs : engine.nextEventUs);
    } else if (engine.state.waiting.length > 0 || this.#refused.length > 0) {
      simulation.schedule(this, nowUs);
    }
  }

  #tell(nowUs: number): void {
    const { started, finished } = this.#engine.endStep();
    const { listener } = this.#options;
    // Whoever is told may abort another who was to be told, too.
    for (const sequence of started) {
      if (sequence.isAwaited) listener.onFirstToken(sequence, nowUs);
    }
    for (const sequence of finished) {
      if (!sequence.isAwaited) continue;
      this.#release(sequence);
      listener.onEnd(sequence, nowUs);
    }
  }

  #refuse(nowUs: number): void {
    const refused = this.#refused;
    this.#refused = [];
    for (const sequence of refused) this.#options.listener.onError(sequence, nowUs);
  }
}
