import { assert } from '../../core/assert.ts';
import { US_PER_MS } from '../../core/time.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { CrashMode } from '../../scenarios/fleet-events.ts';
import type { Endpoint, EndpointListener } from '../endpoints/endpoint.ts';
import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { SimulatedAttempt } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';

export interface RestartingOptions {
  readonly name: string;
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  /** How often a new engine is planned to be started, the first one included. */
  readonly starts: number;
  readonly isUp: boolean;
  readonly createEndpoint: (listener: EndpointListener) => Endpoint;
}

/**
 * How long it takes to be refused: a round trip, and whatever a proxy does to find out. It must
 * not be nothing, or a client that comes again at once would never let the clock go on.
 */
const refusalUs = US_PER_MS;

/**
 * An address behind which engines die and others are started, each with an empty cache. Those of
 * which it is known before are there from the start, so that their turns among equals are by name;
 * one more is made when it is wanted.
 *
 * The engine of a process that died is told that all its requests are aborted. It ends the step it
 * is in, which nobody hears of, and its time counts as busy.
 */
export class RestartingEndpoint implements Endpoint, Process {
  readonly priority = 1;
  slot = -1;
  readonly name: string;
  readonly #options: RestartingOptions;
  readonly #engines: Endpoint[];
  readonly #createEngine: () => Endpoint;
  /** A process that hangs still accepts connections: the kernel does that for it. */
  silentSinceUs = Number.POSITIVE_INFINITY;
  #started: number;
  #state: 'up' | 'refusing' | CrashMode;
  /** Requests in the engine that is up. */
  readonly #served = new Set<SimulatedAttempt>();
  /** Those that a process which hangs does not answer. */
  readonly #unanswered = new Set<SimulatedAttempt>();
  readonly #refused = new TimedQueue<SimulatedAttempt>();
  readonly #toRefuse = new Set<SimulatedAttempt>();

  constructor(options: RestartingOptions) {
    const { createEndpoint, isUp, listener, name, simulation, starts } = options;
    this.name = name;
    this.#options = options;
    this.#state = isUp ? 'up' : 'refusing';
    this.#started = isUp ? 1 : 0;
    const leave = (attempt: SimulatedAttempt) => this.#served.delete(attempt);
    const inner: EndpointListener = {
      onFirstToken: (attempt, nowUs) => listener.onFirstToken(attempt, nowUs),
      onEnd: (attempt, nowUs) => {
        leave(attempt);
        listener.onEnd(attempt, nowUs);
      },
      onError: (attempt, nowUs) => {
        leave(attempt);
        listener.onError(attempt, nowUs);
      },
    };
    // One that never comes up has an engine all the same, which nobody uses.
    this.#createEngine = () => createEndpoint(inner);
    this.#engines = Array.from({ length: Math.max(1, starts) }, this.#createEngine);
    simulation.add(this);
  }

  get busyUs(): number {
    return this.#engines.reduce((sum, { busyUs }) => sum + busyUs, 0);
  }

  get steps(): number {
    return this.#engines.reduce((sum, { steps }) => sum + steps, 0);
  }

  /** A new process counts from zero. */
  get counters(): EngineCounters {
    return this.#engine.counters;
  }

  snapshot(): Gauges | undefined {
    return this.#state === 'up' ? this.#engine.snapshot() : undefined;
  }

  isConnected(): boolean {
    return true;
  }

  add(attempt: SimulatedAttempt, nowUs: number): void {
    if (this.#state === 'up') {
      this.#served.add(attempt);
      this.#engine.add(attempt, nowUs);
    } else if (this.#state === 'hang') {
      this.#unanswered.add(attempt);
    } else {
      this.#toRefuse.add(attempt);
      this.#refused.push(nowUs + refusalUs, attempt);
      this.#options.simulation.schedule(this, this.#refused.nextUs);
    }
  }

  abort(attempt: SimulatedAttempt, nowUs: number): void {
    this.#unanswered.delete(attempt);
    this.#toRefuse.delete(attempt);
    if (this.#served.delete(attempt)) this.#engine.abort(attempt, nowUs);
  }

  beforeNewPace(nowUs: number): void {
    for (const engine of this.#engines) engine.beforeNewPace(nowUs);
  }

  /** The process dies. */
  crash(mode: CrashMode, nowUs: number): void {
    const served = this.#stop(nowUs);
    this.#become(mode, nowUs);
    if (mode === 'hang') for (const attempt of served) this.#unanswered.add(attempt);
    else this.#fail([...this.#letGo(), ...served], nowUs);
  }

  /** Nobody listens, because the process still loads the model or the machine is gone. */
  refuse(nowUs: number): void {
    const served = this.#stop(nowUs);
    this.#become('refusing', nowUs);
    this.#fail([...this.#letGo(), ...served], nowUs);
  }

  /** A new engine serves. */
  start(nowUs: number): void {
    const stale = this.#letGo();
    this.#started += 1;
    if (this.#started > this.#engines.length) this.#engines.push(this.#createEngine());
    this.#become('up', nowUs);
    this.#fail(stale, nowUs);
  }

  wake(nowUs: number): void {
    while (this.#refused.nextUs <= nowUs) {
      const attempt = this.#refused.pop()!;
      if (this.#toRefuse.delete(attempt)) this.#fail([attempt], nowUs);
    }
    const { nextUs } = this.#refused;
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }

  checkDrained(): void {
    const held = this.#served.size + this.#unanswered.size + this.#toRefuse.size;
    assert(held === 0, `invariant 1: ${this.name} still holds requests`);
    for (const engine of this.#engines) engine.checkDrained();
  }

  get #engine(): Endpoint {
    return this.#engines[Math.max(0, this.#started - 1)]!;
  }

  #become(state: 'up' | 'refusing' | CrashMode, nowUs: number): void {
    const isSilent = state === 'hang';
    if (!isSilent) this.silentSinceUs = Number.POSITIVE_INFINITY;
    else if (this.#state !== 'hang') this.silentSinceUs = nowUs;
    this.#state = state;
  }

  /** Whoever was in the engine. */
  #stop(nowUs: number): SimulatedAttempt[] {
    const served = [...this.#served];
    this.#served.clear();
    for (const attempt of served) this.#engine.abort(attempt, nowUs);
    return served;
  }

  #letGo(): SimulatedAttempt[] {
    const unanswered = [...this.#unanswered];
    this.#unanswered.clear();
    return unanswered;
  }

  /** Whoever hears of it may send others, or give up some of these. */
  #fail(attempts: readonly SimulatedAttempt[], nowUs: number): void {
    for (const attempt of attempts) {
      if (attempt.state === 'ended') continue;
      this.#options.listener.onError(attempt, nowUs);
    }
  }
}
