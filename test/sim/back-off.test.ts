import { expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { type SmallTenant, smallScenario } from '../support/scenarios.ts';

const refuseAll = { ...roundRobin, create: () => ({ pick: () => 'reject' as const }) };
const client = { retries: 3, backoff: '100ms' };

/** When each request of a tenant came, and how long its client waited between its tries. */
function waitsOf(name: string, traffic: readonly SmallTenant[]) {
  const scenario = smallScenario({ traffic, duration: '30s' });
  const run = simulate({ scenario, strategy: refuseAll, strategyOptions: {}, seed: 1 });
  return [...run.log.rows()]
    .filter(({ tenant }) => tenant === name)
    .map(({ endUs, intendedUs, tries }) => [intendedUs, endUs - intendedUs, tries])
    .sort(([a], [b]) => a! - b!);
}

const talk = { kind: 'conversation', turns: 5, question: 20, answer: 5, think: '10ms' };

test.each<[string, SmallTenant]>([
  ['single requests', {}],
  ['conversations', { job: talk }],
])('how long clients wait is their own, whoever else sends: %s', (_name, kind) => {
  const [chat, other] = [
    { ...kind, tenant: 'chat', client },
    { tenant: 'other', client },
  ];
  const alone = waitsOf('chat', [chat]);
  expect(alone.length).toBeGreaterThan(100);
  // Of so many microseconds that two may agree now and then.
  const different = new Set(alone.map(([, waitUs]) => waitUs)).size;
  expect(different).toBeGreaterThan(0.98 * alone.length);
  expect(waitsOf('chat', [other, chat])).toEqual(alone);
  expect(waitsOf('chat', [chat, other])).toEqual(alone);
});
