import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlayedRequest } from '../support/played-traffic.ts';
import { playTraffic, randomAnswers } from '../support/played-traffic.ts';

const agents = { kind: 'agents', task: 9, rounds: 2, agents: 1, branch: 2, answer: 2 };

test('no more requests are open than there are users, and no fewer without a pause', () => {
  const shape = fc.record({
    users: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    pause: fc.constantFrom('0s', '3s', { mean: '2s', sd: '5s' }),
    isJob: fc.boolean(),
  });
  const property = fc.property(shape, ({ users, seed, pause, isJob }) => {
    const answerUs = randomAnswers(`users-${seed}`, 10);
    const job = isJob ? { job: { ...agents, tools: '0s' } } : {};
    const tenant = { users: { users, pause }, ...job };
    const played = playTraffic([tenant], 300, { seed, answerUs: (r) => 1 + answerUs(r) });
    for (const [index, { request }] of played.entries()) {
      const open = openAt(played.slice(0, index + 1), request.arrivalUs);
      expect(open).toBeLessThanOrEqual(users);
      // All users send at once in the beginning, one after the other in this list.
      if (pause === '0s' && index >= users) expect(open).toBe(users);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
});

function openAt(played: readonly PlayedRequest[], nowUs: number): number {
  return played.filter(({ endedUs }) => endedUs > nowUs).length;
}

test('a user pauses between jobs', () => {
  const tenant = { users: { users: 1, pause: '30s' } };
  const played = playTraffic([tenant], 50, { answerUs: ({ id }) => 1_000 + id });
  for (const [index, { request }] of played.entries()) {
    const before = played[index - 1];
    if (before !== undefined) expect(request.arrivalUs).toBe(before.endedUs + 30_000_000);
  }
});

test('users begin one after the other, evenly over the ramp', () => {
  const tenant = { users: { users: 8, rampUp: '40s' } };
  const played = playTraffic([tenant], 8, { answerUs: () => 1e12 });
  expect(played.map(({ request }) => request.arrivalUs / 1e6)).toEqual([
    0, 5, 10, 15, 20, 25, 30, 35,
  ]);
});

test('users who all wait for answers send nothing', () => {
  const played = playTraffic([{ users: { users: 3 } }], 10, {
    answerUs: () => Number.POSITIVE_INFINITY,
  });
  expect(played).toHaveLength(3);
});
