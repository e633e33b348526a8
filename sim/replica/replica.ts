import { fail } from '../../core/assert.ts';
import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { Process, Simulation } from '../simulation.ts';
import { Engine, type Gauges, type StepListener } from './engine.ts';
import type { EngineConfig } from './engine-config.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { BlockListener } from './kv-cache.ts';
import { PendingAnswers, type ReplicaListener } from './pending-answers.ts';
import type { Sequence } from './sequence.ts';

export interface ReplicaOptions {
  readonly name: string;
  readonly config: EngineConfig;
  readonly simulation: Simulation;
  readonly listener: ReplicaListener;
  /** Gets every gap between two tokens that ends in the window. */
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly blocks?: BlockListener | undefined;
  readonly steps?: StepListener | undefined;
  /** Told that it wakes, before anything changes that happened until then. */
  readonly beforeWake?: (nowUs: number) => void;
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
  readonly #simulation: Simulation;
  readonly #beforeWake: ReplicaOptions['beforeWake'];
  readonly #answers: PendingAnswers;
  #waking = false;

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#engine = new Engine(options.config, options);
    this.#answers = new PendingAnswers(options.listener, this.#engine.state);
    this.#simulation = options.simulation;
    this.#beforeWake = options.beforeWake;
    this.#simulation.add(this);
  }

  /** What its `/metrics` says: the state at the end of the last step, whatever came since. */
  snapshot(): Gauges {
    this.#catchUp(this.#simulation.nowUs);
    return this.#engine.gauges;
  }

  /** Since its start, up to the last step that ended. */
  get counters(): EngineCounters {
    this.#catchUp(this.#simulation.nowUs);
    return this.#engine.state.counters;
  }

  get busyUs(): number {
    return this.#engine.busyUs;
  }

  get steps(): number {
    return this.#engine.steps;
  }

  /** The end of the step it is in, as far as it has been looked at; infinity when it has none. */
  get stepEndUs(): number {
    return this.#engine.isIdle ? Number.POSITIVE_INFINITY : this.#engine.nextEndUs;
  }

  /** The same at an earlier moment, since when it has not woken. */
  snapshotAt(thenUs: number): Gauges {
    this.#engine.advance(thenUs);
    return this.#engine.gauges;
  }

  add(sequence: Sequence, nowUs: number): void {
    this.#catchUp(nowUs);
    const { state } = this.#engine;
    const couldAdmit = state.mayAdmit;
    if (this.#answers.admit(sequence)) this.#engine.add(sequence);
    const isNews = (state.mayAdmit && !couldAdmit) || this.#answers.hasRefused;
    if (!this.#waking && isNews) this.#sleep(nowUs);
  }

  abort(sequence: Sequence, nowUs: number): void {
    if (!this.#answers.cancel(sequence)) return;
    this.#catchUp(nowUs);
    this.#engine.abort(sequence);
    if (!this.#waking) this.#sleep(nowUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#catchUp(nowUs);
    this.#engine.endRun();
    if (!this.#waking) this.#sleep(nowUs);
  }

  wake(nowUs: number): void {
    this.#beforeWake?.(nowUs);
    this.#waking = true;
    const engine = this.#engine;
    const answers = this.#answers;
    // Who was refused hears of it between the end of a step and the next schedule.
    engine.advance(answers.hasRefused ? nowUs - 1 : nowUs);
    const isAtEnd = !engine.isIdle && engine.nextEndUs <= nowUs;
    if (isAtEnd) {
      if (engine.nextEndUs !== nowUs) fail(`${this.name} slept through the end of a step`);
      answers.tell(engine.endStep(), nowUs);
    }
    answers.refuse(nowUs);
    if (isAtEnd || engine.isIdle) engine.fill(nowUs);
    this.#waking = false;
    this.#sleep(nowUs);
  }

  /** Nothing in it, nothing held: what must be true after a drained run. */
  checkDrained(): void {
    this.#answers.checkDrained(this.name);
    this.#engine.checkDrained();
  }

  /** All ends of steps that come before this moment have happened. */
  #catchUp(nowUs: number): void {
    if (this.#waking) return;
    const isPast = this.#simulation.isPast(this);
    this.#engine.advance(isPast ? nowUs : nowUs - 1);
  }

  #sleep(nowUs: number): void {
    const engine = this.#engine;
    const simulation = this.#simulation;
    const { hasRefused } = this.#answers;
    if (!engine.isIdle) {
      simulation.schedule(this, hasRefused ? engine.nextEndUs : engine.nextEventUs);
    } else if (engine.state.waiting.length > 0 || hasRefused) {
      simulation.schedule(this, nowUs);
    }
  }
}
