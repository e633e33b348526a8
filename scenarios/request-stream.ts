import type { Passage, Place } from '../core/passage.ts';
import { createPlugin } from '../core/plugin.ts';
import { type Random, randomStream } from '../core/random.ts';
import { arrivals } from './arrivals/registry.ts';
import type { ArrivalProcess } from './arrivals.ts';
import {
  type ClientBehaviour,
  type ClientOptions,
  clientBehaviour,
  drawPatienceUs,
} from './client-behaviour.ts';
import { lengths } from './lengths/registry.ts';
import type { LengthDistribution } from './lengths.ts';
import type { PluginOptions, Scenario, Tenant } from './scenario.ts';

/** One request as the world makes it; the true output length is here, and no strategy sees it. */
export interface RequestSpec {
  readonly id: number;
  readonly arrivalUs: number;
  readonly tenant: string;
  /** The conversation or job it is part of, 0 for none, and its round there from 1. */
  readonly session: number;
  readonly turn: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** By `max_tokens`, which the engine foresees, or by a stop token, which it does not. */
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  /** Number of the LoRA adapter, 0 for none. */
  readonly adapter: number;
  /** Requests of different salts share no cached prefix; 0 for none. */
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  readonly answer: Place;
  /** Undefined for a client that waits for its answer, however long. */
  readonly client: ClientBehaviour | undefined;
  /** When its user goes away, counted from its arrival. */
  readonly leavesAfterUs: number;
}

/** Traffic as a simulation takes it in: endless, and in order of time. */
export interface RequestSource {
  /** When `next` will come. */
  readonly nextArrivalUs: number;
  next(): RequestSpec;
  /** A request has its outcome: whoever waits for it may go on, which may bring `nextArrivalUs` forward. */
  ended?(id: number, nowUs: number): void;
}

/**
 * The endless traffic of a scenario, in order of time. It holds one pending request for each
 * tenant, and every attribute comes from a stream of chance named after tenant and purpose, so that
 * it is the same whatever the strategy does.
 */
export class RequestStream implements RequestSource {
  readonly #sources: readonly TenantSource[];
  #nextId = 0;

  constructor(scenario: Pick<Scenario, 'traffic'>, seed: number) {
    const adapters = new Set(scenario.traffic.flatMap(({ adapter }) => adapter ?? []));
    const numbers = new Map([...adapters].map((name, index) => [name, index + 1]));
    this.#sources = scenario.traffic.map((tenant) => {
      const adapter = tenant.adapter === undefined ? 0 : numbers.get(tenant.adapter)!;
      return new TenantSource(tenant, adapter, seed);
    });
  }

  get nextArrivalUs(): number {
    return this.#earliest().arrivalUs;
  }

  next(): RequestSpec {
    const source = this.#earliest();
    const id = this.#nextId++;
    const promptTokens = source.input.next();
    const request: RequestSpec = {
      id,
      arrivalUs: source.arrivalUs,
      tenant: source.tenant,
      session: 0,
      turn: 0,
      promptTokens,
      outputTokens: source.output.next(),
      finish: source.finish,
      priority: source.priority,
      adapter: source.adapter,
      cacheSalt: 0,
      // Nobody says what anybody has said before.
      prompt: [{ text: id, from: 0, tokens: promptTokens }],
      answer: { text: id, from: promptTokens },
      client: source.client,
      leavesAfterUs: source.nextPatienceUs(),
    };
    source.advance();
    return request;
  }

  #earliest(): TenantSource {
    let earliest = this.#sources[0]!;
    for (const source of this.#sources) {
      if (source.arrivalUs < earliest.arrivalUs) earliest = source;
    }
    return earliest;
  }
}

class TenantSource {
  readonly tenant: string;
  readonly input: LengthDistribution;
  readonly output: LengthDistribution;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter: number;
  readonly client: ClientBehaviour | undefined;
  readonly #clientOptions: ClientOptions | undefined;
  readonly #patience: Random;
  readonly #arrivals: ArrivalProcess;
  #clockUs = 0;

  constructor(options: Tenant, adapter: number, seed: number) {
    const { tenant, arrivals: arrivalOptions, input, output } = options;
    const chance = (purpose: string) => randomStream(seed, `${purpose}/${tenant}`);
    const length = (options: PluginOptions, purpose: string) =>
      createPlugin(lengths, options, chance(purpose));
    this.tenant = tenant;
    this.input = length(input, 'input');
    this.output = length(output, 'output');
    this.finish = options.finish;
    this.priority = options.priority;
    this.adapter = adapter;
    this.#clientOptions = options.client;
    this.client = options.client && clientBehaviour(options.client, seed);
    this.#patience = chance('patience');
    this.#arrivals = createPlugin(arrivals, arrivalOptions, chance('arrivals'));
    this.advance();
  }

  /** Rounded from the unrounded clock, so that rounding does not shift the rate. */
  get arrivalUs(): number {
    return Math.round(this.#clockUs);
  }

  nextPatienceUs(): number {
    if (this.#clientOptions === undefined) return Number.POSITIVE_INFINITY;
    return drawPatienceUs(this.#clientOptions, this.#patience);
  }

  advance(): void {
    this.#clockUs += this.#arrivals.nextGapUs();
  }
}
