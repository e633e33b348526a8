import type { Passage, Place } from '../core/passage.ts';
import type { Random } from '../core/random.ts';
import type { RequestLimits } from '../core/slo.ts';
import { clientBehaviour, createPatience } from './client-behaviour.ts';
import { Population } from './population.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Tenant } from './scenario.ts';

/** More than a scenario can have, or one entry of it can stand for. */
const mostTenants = 2 ** 20;

/** Sessions of different entries have different numbers. */
export const mostSessions = 2 ** 40;

const stays = () => Number.POSITIVE_INFINITY;

/** What makes one request of a tenant different from the next. */
export interface RequestDraft {
  readonly id: number;
  readonly arrivalUs: number;
  /** Index in the population. */
  readonly tenant: number;
  readonly session: number;
  readonly turn: number;
  readonly turns: number;
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
  readonly limits: RequestLimits;
  /** What the tenants of this entry are called, where it is not one that draws them. */
  readonly names?: readonly string[] | undefined;
  chance(purpose: string): Random;
}

/** Gives requests what those of a tenant have in common. */
export class RequestMaker {
  /** Draws after how long the next user goes away; infinity for those who stay. */
  readonly nextPatienceUs: () => number;
  /** What all of them have in common. */
  readonly shared: Pick<
    RequestSpec,
    'adapter' | 'client' | 'finish' | 'limits' | 'priority' | 'tier'
  >;
  readonly #options: Tenant;
  readonly #index: number;
  readonly #population: Population | undefined;
  readonly #names: readonly string[];
  #singles = 0;

  constructor({ adapter, chance, index, limits, names, options }: RequestMakerOptions) {
    const { client, population, tenant } = options;
    this.#options = options;
    this.#index = index;
    this.#population = population && new Population(population, chance);
    this.#names = names ?? namesOf(tenant, population?.tenants);
    this.shared = {
      adapter,
      client: client && clientBehaviour(client, chance),
      finish: options.finish,
      limits,
      priority: options.priority,
      tier: options.tier,
    };
    this.nextPatienceUs = client ? createPatience(client, chance('patience')) : stays;
  }

  /** Index of the tenant who sends next. */
  nextTenant(nowUs: number): number {
    return this.#population?.next(nowUs) ?? 0;
  }

  nameOf(tenant: number): string {
    return this.#names[tenant]!;
  }

  make(draft: RequestDraft): RequestSpec {
    return {
      ...this.shared,
      id: draft.id,
      arrivalUs: draft.arrivalUs,
      tenant: this.nameOf(draft.tenant),
      session: draft.session,
      turn: draft.turn,
      turns: draft.turns,
      promptTokens: draft.promptTokens,
      outputTokens: draft.outputTokens,
      adapter: draft.adapter ?? this.shared.adapter,
      priority: draft.priority ?? this.shared.priority,
      cacheSalt: this.saltOf(draft.tenant, draft.session),
      prompt: draft.prompt,
      answer: draft.answer,
      leavesAfterUs: draft.patienceUs,
    };
  }

  /**
   * Numbers from one for tenants, and far above them for sessions. A request without a session is
   * one by itself; its entry has no other sessions.
   */
  saltOf(tenant: number, session: number): number {
    switch (this.#options.cacheSalt) {
      case 'none':
        return 0;
      case 'tenant':
        return this.#index * mostTenants + tenant + 1;
      case 'session':
        return (
          mostTenants * mostTenants + (session || this.#index * mostSessions + ++this.#singles)
        );
    }
  }
}

function namesOf(tenant: string, members: number | undefined): string[] {
  if (members === undefined) return [tenant];
  return Array.from({ length: members }, (_, index) => `${tenant}-${index + 1}`);
}
