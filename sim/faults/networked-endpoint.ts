import { assert } from '../../core/assert.ts';
import type { Random } from '../../core/random.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { Endpoint, EndpointListener } from '../endpoints/endpoint.ts';
import type { Gauges } from '../replica/engine.ts';
import type { EngineCounters } from '../replica/engine-counters.ts';
import type { SimulatedAttempt } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';

export interface NetworkedOptions {
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  readonly random: Random;
  readonly createEndpoint: (listener: EndpointListener) => Endpoint;
}

type Word = 'request' | 'abort' | 'firstToken' | 'end' | 'error';

/** A word on its way; it never overtakes an earlier one about the same request. */
interface Message {
  readonly word: Word;
  readonly journey: Journey;
}

interface Journey {
  readonly attempt: SimulatedAttempt;
  /** Words are on their way, or wait for the way to be open again. */
  underway: number;
  lastAtUs: number;
  hasArrived: boolean;
  /** The gateway has given up: no word of it is told any more. */
  isGivenUp: boolean;
}

/**
 * The way between gateway and replica. Requests that are lost never arrive; their connections
 * break when the loss is over, unless somebody gives up before. While all is lost the way is cut:
 * what either side has to say to the other is said again when it is open, as TCP does.
 */
export class NetworkedEndpoint implements Endpoint, Process {
  readonly priority = 1;
  slot = -1;
  readonly #options: NetworkedOptions;
  readonly #replica: Endpoint;
  readonly #journeys = new Map<SimulatedAttempt, Journey>();
  readonly #underway = new TimedQueue<Message>();
  /** Said while the way was cut. */
  #unsaid: Message[] = [];
  readonly #lost = new Set<SimulatedAttempt>();
  #delayUs = 0;
  #loss = 0;
  #cutSinceUs = Number.POSITIVE_INFINITY;

  constructor(options: NetworkedOptions) {
    this.#options = options;
    this.#replica = options.createEndpoint({
      onFirstToken: (attempt, nowUs) => this.#say('firstToken', attempt, nowUs),
      onEnd: (attempt, nowUs) => this.#say('end', attempt, nowUs),
      onError: (attempt, nowUs) => this.#say('error', attempt, nowUs),
    });
    options.simulation.add(this);
  }

  get name(): string {
    return this.#replica.name;
  }

  get busyUs(): number {
    return this.#replica.busyUs;
  }

  get steps(): number {
    return this.#replica.steps;
  }

  get counters(): EngineCounters {
    return this.#replica.counters;
  }

  /** Who asks for metrics does so again at the next scrape: only a cut takes them all. */
  snapshot(): Gauges | undefined {
    return this.#isCut ? undefined : this.#replica.snapshot();
  }

  get silentSinceUs(): number {
    return Math.min(this.#cutSinceUs, this.#replica.silentSinceUs);
  }

  isConnected(attempt: SimulatedAttempt): boolean {
    return !this.#lost.has(attempt);
  }

  add(attempt: SimulatedAttempt, nowUs: number): void {
    if (this.#loss > 0 && (this.#isCut || this.#options.random() < this.#loss)) {
      this.#lost.add(attempt);
      return;
    }
    const journey: Journey = {
      attempt,
      underway: 0,
      lastAtUs: nowUs,
      hasArrived: false,
      isGivenUp: false,
    };
    this.#journeys.set(attempt, journey);
    this.#send('request', journey, nowUs);
  }

  abort(attempt: SimulatedAttempt, nowUs: number): void {
    if (this.#lost.delete(attempt)) return;
    const journey = this.#journeys.get(attempt);
    if (journey === undefined) return;
    journey.isGivenUp = true;
    this.#send('abort', journey, nowUs);
  }

  /** From now on; what is under way arrives as it would have. */
  change({ delayUs, loss }: { delayUs: number; loss: number }, nowUs: number): void {
    this.#delayUs = delayUs;
    this.#loss = loss;
    if (!this.#isCut) this.#cutSinceUs = Number.POSITIVE_INFINITY;
    else this.#cutSinceUs = Math.min(this.#cutSinceUs, nowUs);
    if (!this.#isCut) {
      const unsaid = this.#unsaid;
      this.#unsaid = [];
      for (const { journey, word } of unsaid) {
        journey.underway -= 1;
        this.#send(word, journey, nowUs);
      }
    }
    if (loss === 0) this.#breakLost(nowUs);
  }

  wake(nowUs: number): void {
    while (this.#underway.nextUs <= nowUs) {
      const { journey, word } = this.#underway.pop()!;
      journey.underway -= 1;
      this.#arrive(word, journey, nowUs);
    }
    const { nextUs } = this.#underway;
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }

  beforeNewPace(nowUs: number): void {
    this.#replica.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    const { length } = this.#underway;
    const held = this.#journeys.size + this.#lost.size + this.#unsaid.length + length;
    assert(held === 0, `invariant 1: something is still on its way to ${this.name}`);
    this.#replica.checkDrained();
  }

  get #isCut(): boolean {
    return this.#loss === 1;
  }

  #say(word: Word, attempt: SimulatedAttempt, nowUs: number): void {
    const journey = this.#journeys.get(attempt);
    if (journey !== undefined) this.#send(word, journey, nowUs);
  }

  /** At once, unless something holds it up. */
  #send(word: Word, journey: Journey, nowUs: number): void {
    if (this.#isCut) {
      journey.underway += 1;
      this.#unsaid.push({ word, journey });
    } else if (this.#delayUs === 0 && journey.underway === 0) {
      this.#arrive(word, journey, nowUs);
    } else {
      const atUs = Math.max(nowUs + this.#delayUs, journey.lastAtUs);
      journey.underway += 1;
      journey.lastAtUs = atUs;
      this.#underway.push(atUs, { word, journey });
      this.#options.simulation.schedule(this, this.#underway.nextUs);
    }
  }

  #arrive(word: Word, journey: Journey, nowUs: number): void {
    const { attempt, isGivenUp } = journey;
    const { listener } = this.#options;
    if (word === 'request') {
      if (isGivenUp) return;
      journey.hasArrived = true;
      this.#replica.add(attempt, nowUs);
    } else if (word === 'abort') {
      this.#journeys.delete(attempt);
      if (journey.hasArrived) this.#replica.abort(attempt, nowUs);
    } else if (!isGivenUp) {
      if (word !== 'firstToken') this.#journeys.delete(attempt);
      if (word === 'firstToken') listener.onFirstToken(attempt, nowUs);
      else if (word === 'end') listener.onEnd(attempt, nowUs);
      else listener.onError(attempt, nowUs);
    }
  }

  #breakLost(nowUs: number): void {
    const lost = [...this.#lost];
    this.#lost.clear();
    for (const attempt of lost) {
      if (attempt.state === 'ended') continue;
      this.#options.listener.onError(attempt, nowUs);
    }
  }
}
