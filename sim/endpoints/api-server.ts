import { assert } from '../../core/assert.ts';
import { US_PER_MS } from '../../core/time.ts';
import type { ApiServerOptions } from '../../scenarios/scenario.ts';
import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { ReplicaListener } from '../replica/pending-answers.ts';
import type { Sequence } from '../replica/sequence.ts';
import { ArrivalOrder } from '../replica/waiting-queue.ts';
import type { Process, Simulation } from '../simulation.ts';
import type { Server } from './server.ts';

export interface ApiServerSetting {
  readonly options: ApiServerOptions;
  readonly maxModelLen: number;
  readonly listener: ReplicaListener;
  readonly simulation: Simulation;
}

/**
 * The front end of vLLM: HTTP, chat template, tokeniser and the way to the engine, on one event
 * loop for each API process (`vllm/entrypoints/openai/api_server.py`). Requests queue in the order
 * of their arrival, and the process that has been idle longest takes the next one.
 */
export class ApiServer implements Server {
  readonly #engine: Server;
  readonly #setting: ApiServerSetting;
  readonly #processes: number;
  readonly #idle = new ArrivalOrder<ApiProcess>();
  #refused = 0;
  readonly #queue = new ArrivalOrder<Sequence>();

  constructor(engine: Server, setting: ApiServerSetting) {
    const { options, simulation } = setting;
    this.#engine = engine;
    this.#setting = setting;
    this.#processes = options.processes;
    const onServed = (loop: ApiProcess, nowUs: number) => this.#onServed(loop, nowUs);
    for (let number = 0; number < options.processes; number++) {
      this.#idle.add(new ApiProcess({ number, options, simulation, onServed }));
    }
  }

  get busyUs(): number {
    return this.#engine.busyUs;
  }

  get steps(): number {
    return this.#engine.steps;
  }

  get counters(): EngineCounters {
    const { finished, ...counters } = this.#engine.counters;
    return { ...counters, finished: { ...finished, error: finished.error + this.#refused } };
  }

  /** The gauges of vLLM know nothing of what has not reached an engine. */
  snapshot(): Gauges {
    return this.#engine.snapshot();
  }

  add(sequence: Sequence, nowUs: number): void {
    if (this.#setting.options.requestMs === 0) {
      const loop = this.#idle.popFront();
      this.#idle.add(loop);
      this.#engine.add(sequence, nowUs, loop.number);
      return;
    }
    sequence.isInFrontEnd = true;
    if (this.#idle.length === 0) this.#queue.add(sequence);
    else this.#idle.popFront().begin(sequence, nowUs);
  }

  /** Who is aborted in the queue is passed over; what is being served is served in vain. */
  abort(sequence: Sequence, nowUs: number): void {
    if (sequence.isInFrontEnd) sequence.isInFrontEnd = false;
    else this.#engine.abort(sequence, nowUs);
  }

  /** The front end keeps its own pace: only steps of the engine become slower. */
  beforeNewPace(nowUs: number): void {
    this.#engine.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    const isIdle = this.#queue.length === 0 && this.#idle.length === this.#processes;
    assert(isIdle, 'invariant 1: a front end still holds requests');
    this.#engine.checkDrained();
  }

  #onServed(loop: ApiProcess, nowUs: number): void {
    const sequence = loop.sequence!;
    this.#beginNext(loop);
    if (!sequence.isInFrontEnd) return;
    sequence.isInFrontEnd = false;
    // The API process knows the length of a prompt as soon as it has tokenised it, and answers 400.
    if (sequence.askedTokens > this.#setting.maxModelLen) {
      this.#refused += 1;
      sequence.isRefused = true;
      this.#setting.listener.onError(sequence, nowUs);
    } else {
      this.#engine.add(sequence, nowUs, loop.number);
    }
  }

  #beginNext(loop: ApiProcess): void {
    while (this.#queue.length > 0) {
      const next = this.#queue.popFront();
      if (next.isInFrontEnd) {
        loop.begin(next, loop.endUs);
        return;
      }
    }
    loop.sequence = undefined;
    this.#idle.add(loop);
  }
}

interface ApiProcessSetting {
  readonly number: number;
  readonly options: ApiServerOptions;
  readonly simulation: Simulation;
  readonly onServed: (loop: ApiProcess, nowUs: number) => void;
}

/** An event loop, which does one thing at a time. */
class ApiProcess implements Process {
  readonly priority = 1;
  slot = -1;
  readonly number: number;
  /** What it is serving. */
  sequence: Sequence | undefined = undefined;
  /** When it will be done with that, not rounded. */
  endUs = Number.NaN;
  readonly #requestUs: number;
  readonly #tokenUs: number;
  readonly #simulation: Simulation;
  readonly #onServed: ApiProcessSetting['onServed'];

  constructor({ number, onServed, options, simulation }: ApiProcessSetting) {
    this.number = number;
    this.#requestUs = options.requestMs * US_PER_MS;
    this.#tokenUs = options.promptUsPer1000Tokens / 1_000;
    this.#simulation = simulation;
    this.#onServed = onServed;
    simulation.add(this);
  }

  begin(sequence: Sequence, startUs: number): void {
    this.sequence = sequence;
    this.endUs = startUs + this.#requestUs + this.#tokenUs * sequence.promptTokens;
    this.#simulation.schedule(this, Math.round(this.endUs));
  }

  wake(nowUs: number): void {
    this.#onServed(this, nowUs);
  }
}
