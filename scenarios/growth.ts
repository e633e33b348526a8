import type { Scenario, Tenant } from './scenario.ts';

/** How many times as much there is of the traffic that a scenario writes down. */
export interface Growth {
  readonly requests: number;
  /** Of the part of a prompt that nobody shares. */
  readonly promptTokens: number;
}

export const noGrowth: Growth = { requests: 1, promptTokens: 1 };

/**
 * The same traffic, only more of it: the draws stay what they were, so two growths of a scenario
 * can be compared request by request. Of a closed loop there are more users.
 */
export function withGrowth<Of extends Pick<Scenario, 'traffic'>>(scenario: Of, by: Growth): Of {
  if (by.requests === 1 && by.promptTokens === 1) return scenario;
  return { ...scenario, traffic: scenario.traffic.map((tenant) => grown(tenant, by)) };
}

function grown(tenant: Tenant, by: Growth): Tenant {
  const { growth: before = noGrowth, users } = tenant;
  const growth = {
    requests: before.requests * by.requests,
    promptTokens: before.promptTokens * by.promptTokens,
  };
  if (users === undefined) return { ...tenant, growth };
  const count = Math.max(1, Math.round(users.users * by.requests));
  return { ...tenant, growth, users: { ...users, users: count } };
}

/** The first entry whose rate nobody can change: a trace that brings its own times. */
export function fixedInTime({ traffic }: Pick<Scenario, 'traffic'>): Tenant | undefined {
  return traffic.find(({ trace }) => trace?.rows?.timed === true);
}

/** Whether the prompts of every entry follow `promptTokens`; those of jobs and traces do not. */
export function hasPlainPrompts({ traffic }: Pick<Scenario, 'traffic'>): boolean {
  return traffic.every(({ job, trace }) => job === undefined && trace === undefined);
}
