import type { Passage, Place } from '../core/passage.ts';
import { createPlugin } from '../core/plugin.ts';
import { randomStream } from '../core/random.ts';
import { arrivals } from './arrivals/registry.ts';
import type { ArrivalProcess } from './arrivals.ts';
import { type RequestLengths, requestLengths } from './request-lengths.ts';
import type { Scenario, Tenant } from './scenario.ts';

/** One request as the world makes it; the true output length is here, and no strategy sees it. */
export interface RequestSpec {
  readonly id: number;
  readonly arrivalUs: number;
  readonly tenant: string;
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
}

/** Traffic as a simulation takes it in: endless, and in order of time. */
export interface RequestSource {
  /** When `next` will come. */
  readonly nextArrivalUs: number;
  next(): RequestSpec;
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
    const { promptTokens, outputTokens } = source.nextLengths();
    const request: RequestSpec = {
      id,
      arrivalUs: source.arrivalUs,
      tenant: source.tenant,
      promptTokens,
      outputTokens,
      finish: source.finish,
      priority: source.priority,
      adapter: source.adapter,
      cacheSalt: 0,
      // Nobody says what anybody has said before.
      prompt: [{ text: id, from: 0, tokens: promptTokens }],
      answer: { text: id, from: promptTokens },
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
  readonly nextLengths: () => RequestLengths;
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  readonly adapter: number;
  readonly #arrivals: ArrivalProcess;
  #arrivalUs = 0;

  constructor(options: Tenant, adapter: number, seed: number) {
    const chance = (purpose: string) => randomStream(seed, `${purpose}/${options.tenant}`);
    this.tenant = options.tenant;
    this.nextLengths = requestLengths(options, chance);
    this.finish = options.finish;
    this.priority = options.priority;
    this.adapter = adapter;
    this.#arrivals = createPlugin(arrivals, options.arrivals, { chance, rateFactor: 1 });
    this.advance();
  }

  get arrivalUs(): number {
    return this.#arrivalUs;
  }

  advance(): void {
    this.#arrivalUs = Math.round(this.#arrivals.nextUs());
  }
}
