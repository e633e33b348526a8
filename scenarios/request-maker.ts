import type { Passage, Place } from '../core/passage.ts';
import type { Random } from '../core/random.ts';
import {
  type ClientBehaviour,
  type ClientOptions,
  clientBehaviour,
  drawPatienceUs,
} from './client-behaviour.ts';
import { Population } from './population.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Tenant } from './scenario.ts';

/** More than a scenario can have, or one entry of it can stand for. */
const mostTenants = 2 ** 20;

/** What makes one request of a tenant different from the next. */
export interface RequestDraft {
  readonly id: number;
  readonly arrivalUs: number;
  /** Index in the population. */
  readonly tenant: number;
  readonly session: number;
  readonly turn: number;
  readonly prompt: readonly Passage[];
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly answer: Place;
  readonly patienceUs: number;
  /** Where it is not that of the whole entry. */
  readonly adapter?: number | undefined;
  readonly priority?: number | undefined;
}

export interface RequestMakerOptions {
  readonly options: Tenant;
  /** Its place in the scenario. */
  readonly index: number;
  /** Number of the tenant's LoRA adapter, 0 for none. */
  readonly adapter: number;
  readonly seed: number;
  /** What the tenants of this entry are called, where it is not one that draws them. */
  readonly names?: readonly string[] | undefined;
  chance(purpose: string): Random;
}

/** Gives requests what those of a tenant have in common. */
export class RequestMaker {
  readonly #options: Tenant;
  readonly #index: number;
  readonly #adapter: number;
  readonly #population: Population | undefined;
  readonly #names: readonly string[];
  readonly #client: ClientBehaviour | undefined;
  readonly #clientOptions: ClientOptions | undefined;
  readonly #patience: Random;

  constructor({ adapter, chance, index, names, options, seed }: RequestMakerOptions) {
    const { client, population, tenant } = options;
    this.#options = options;
    this.#index = index;
    this.#adapter = adapter;
    this.#population = population && new Population(population, chance);
    this.#names = names ?? namesOf(tenant, population?.tenants);
    this.#client = client && clientBehaviour(client, seed);
    this.#clientOptions = client;
    this.#patience = chance('patience');
  }

  /** Index of the tenant who sends next. */
  nextTenant(nowUs: number): number {
    return this.#population?.next(nowUs) ?? 0;
  }

  nextPatienceUs(): number {
    if (this.#clientOptions === undefined) return Number.POSITIVE_INFINITY;
    return drawPatienceUs(this.#clientOptions, this.#patience);
  }

  make(draft: RequestDraft): RequestSpec {
    const { finish, priority } = this.#options;
    return {
      id: draft.id,
      arrivalUs: draft.arrivalUs,
      tenant: this.#names[draft.tenant]!,
      session: draft.session,
      turn: draft.turn,
      promptTokens: draft.promptTokens,
      outputTokens: draft.outputTokens,
      finish,
      priority: draft.priority ?? priority,
      adapter: draft.adapter ?? this.#adapter,
      cacheSalt: this.#saltOf(draft.tenant, draft.session),
      prompt: draft.prompt,
      answer: draft.answer,
      client: this.#client,
      leavesAfterUs: draft.patienceUs,
    };
  }

  /** Numbers from one for tenants, and far above them for sessions. */
  #saltOf(tenant: number, session: number): number {
    switch (this.#options.cacheSalt) {
      case 'none':
        return 0;
      case 'tenant':
        return this.#index * mostTenants + tenant + 1;
      case 'session':
        return mostTenants * mostTenants + session;
    }
  }
}

function namesOf(tenant: string, members: number | undefined): string[] {
  if (members === undefined) return [tenant];
  return Array.from({ length: members }, (_, index) => `${tenant}-${index + 1}`);
}
