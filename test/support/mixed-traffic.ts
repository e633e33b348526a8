import type { RequestSpec } from '../../scenarios/request-stream.ts';
import { groupBy } from './group-by.ts';
import type { SmallTenant } from './scenarios.ts';

const prefix = [{ tokens: 30, choices: 3, zipf: 1 }, { tokens: { kind: 'exponential', mean: 20 } }];
const length = (mean: number) => ({ kind: 'exponential', mean });

/** A tenant of every kind there is. */
export const mixedTraffic: readonly SmallTenant[] = [
  {
    tenant: 'open',
    arrivals: { kind: 'gamma', cv: 2, rate: 6 },
    prefix: [{ tokens: length(30) }, { tokens: length(20), choices: 2 }],
    population: {
      tenants: 9,
      zipf: 1.2,
      surges: [{ tenant: 3, share: 0.5, from: '2s', until: '4s' }],
    },
    cacheSalt: 'tenant',
    client: { timeout: '3s', retries: 2, abortShare: 0.2, abortAfter: '2s' },
  },
  {
    tenant: 'talk',
    arrivals: { kind: 'poisson', rate: 2 },
    job: {
      kind: 'conversation',
      prefix,
      turns: length(3),
      question: length(10),
      answer: length(15),
      think: { mean: '500ms', sd: '400ms' },
      leaveShare: 0.1,
    },
    cacheSalt: 'session',
  },
  {
    tenant: 'papers',
    users: { users: 4, pause: { median: '300ms', sigma: 1 }, rampUp: '2s' },
    population: { tenants: 4 },
    job: {
      kind: 'documents',
      documents: 20,
      document: length(200),
      questions: length(2),
      question: length(10),
      answer: length(15),
      gap: '200ms',
    },
    client: { firstTokenTimeout: '2s', abortShare: 0.1, abortAfter: '1s', readTokensPerS: 40 },
  },
  {
    tenant: 'agents',
    arrivals: { kind: 'poisson', rate: 1 },
    job: {
      kind: 'agents',
      task: length(200),
      rounds: 2,
      agents: length(3),
      branch: length(20),
      answer: length(10),
      tools: { mean: '500ms', sd: '1s' },
    },
  },
  { tenant: 'loop', users: { users: 3, pause: '500ms' }, prefix },
];

/**
 * Each request under a name that does not depend on when it came: tenant entry, session, turn and
 * number therein. Without a session, its number among those of its entry.
 */
export function byName(requests: readonly RequestSpec[]): Map<string, RequestSpec> {
  const keyOf = ({ session, tenant, turn }: RequestSpec) =>
    `${tenant.replace(/-\d+$/, '')} ${session} ${turn}`;
  const names = new Map<string, RequestSpec>();
  for (const [key, group] of groupBy(requests, keyOf)) {
    for (const [index, request] of group.entries()) names.set(`${key} ${index}`, request);
  }
  return names;
}

/** All but what may depend on how long answers take. */
export function attributesOf({ arrivalUs: _arrivalUs, client, id: _id, ...rest }: RequestSpec) {
  return { ...rest, patience: client?.timeoutUs };
}
