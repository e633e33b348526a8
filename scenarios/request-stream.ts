import type { Passage, Place } from '../core/passage.ts';
import { type RequestLimits, requestLimits } from '../core/slo.ts';
import type { ClientBehaviour } from './client-behaviour.ts';
import type { Scenario, Tenant } from './scenario.ts';
import { allOfIt } from './share.ts';
import { createTenantSource, type TenantSource } from './tenant-source.ts';

/** One request as the world makes it; the true output length is here, and no strategy sees it. */
export interface RequestSpec {
  readonly id: number;
  readonly arrivalUs: number;
  readonly tenant: string;
  /** Name of its quota tier. */
  readonly tier?: string | undefined;
  /** The conversation or task it belongs to, 0 for none, and its round there, from 1. */
  readonly session: number;
  readonly turn: number;
  /** How many rounds there are; 0 without a session. */
  readonly turns?: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** By `max_tokens`, which the engine foresees, or by a stop token, which it does not. */
  readonly finish: 'length' | 'stop';
  readonly priority: number;
  /** What it must keep to count as good. */
  readonly limits: RequestLimits;
  /** Number of the LoRA adapter, 0 for none. */
  readonly adapter: number;
  /** Requests of different salts share no cached prefix; 0 for none. */
  readonly cacheSalt: number;
  readonly prompt: readonly Passage[];
  readonly answer: Place;
  /** Absent: its client waits, however long it takes. */
  readonly client: ClientBehaviour | undefined;
  /** When its user goes away, from its arrival on; infinity for those who stay. */
  readonly leavesAfterUs: number;
}

/** Traffic as a simulation takes it in: endless, and in order of time. */
export interface RequestSource {
  /** When `next` will come; infinity while all wait for others to end. */
  readonly nextArrivalUs: number;
  next(): RequestSpec;
  /** A request has its outcome; others may have waited for it. */
  readonly ended?: ((id: number, nowUs: number) => void) | undefined;
}

/**
 * The traffic of a scenario, in order of time. Every attribute comes from a stream of chance named
 * after tenant and purpose, so that it is the same whatever the strategy does.
 */
export class RequestStream implements RequestSource {
  readonly #sources: readonly TenantSource[];
  /** By request, for those whose tenant wants to know when they end. */
  readonly #waiting = new Map<number, TenantSource>();
  /** Absent where nobody waits for anybody. */
  readonly ended: ((id: number, nowUs: number) => void) | undefined;
  #nextId = 0;

  constructor(scenario: Pick<Scenario, 'slo' | 'traffic'>, seed: number, share = allOfIt) {
    const adapters = new Set(scenario.traffic.flatMap(adaptersOf));
    const numbers = new Map([...adapters].map((name, index) => [name, index + 1]));
    this.#sources = scenario.traffic.map((options, index) => {
      const adapter = options.adapter === undefined ? 0 : numbers.get(options.adapter)!;
      const limits = requestLimits(options.slo ?? scenario.slo);
      return createTenantSource({
        options,
        index,
        adapter,
        adapters: numbers,
        limits,
        seed,
        share,
      });
    });
    const isClosed = this.#sources.some((source) => source.ended !== undefined);
    this.ended = isClosed ? (id, nowUs) => this.#onEnded(id, nowUs) : undefined;
  }

  get nextArrivalUs(): number {
    return this.#earliest().nextArrivalUs;
  }

  next(): RequestSpec {
    const source = this.#earliest();
    const request = source.next(this.#nextId++);
    if (source.ended !== undefined) this.#waiting.set(request.id, source);
    return request;
  }

  #onEnded(id: number, nowUs: number): void {
    const source = this.#waiting.get(id);
    if (source === undefined) return;
    this.#waiting.delete(id);
    source.ended?.(id, nowUs);
  }

  #earliest(): TenantSource {
    let earliest = this.#sources[0]!;
    for (const source of this.#sources) {
      if (source.nextArrivalUs < earliest.nextArrivalUs) earliest = source;
    }
    return earliest;
  }
}

function adaptersOf({ adapter, trace }: Tenant): readonly string[] {
  return [...(adapter === undefined ? [] : [adapter]), ...(trace?.rows?.adapters ?? [])];
}
