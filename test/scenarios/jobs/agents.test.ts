import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestSpec } from '../../../scenarios/request-stream.ts';
import { groupBy } from '../../support/group-by.ts';
import { bySession, playTraffic, randomAnswers, requestsOf } from '../../support/played-traffic.ts';
import { sharedTokens } from '../../support/shared-tokens.ts';

const uniform = (min: number, max: number) => ({ kind: 'uniform', min, max });

const anyTask = fc.record({
  kind: fc.constant('agents'),
  task: fc.constantFrom(40, uniform(10, 90)),
  rounds: fc.constantFrom(1, 3, uniform(1, 5)),
  agents: fc.constantFrom(1, 4, uniform(1, 8)),
  branch: fc.constantFrom(5, uniform(1, 30)),
  answer: fc.constantFrom(7, uniform(1, 20)),
  tools: fc.constantFrom('0s', '2s', { mean: '2s', sd: '3s' }),
  prefix: fc.constantFrom([], [{ tokens: 15, choices: 2 }]),
});

test('the agents of a task share what all of them are told, and not one token more', () => {
  const property = fc.property(anyTask, fc.nat(), (job, seed) => {
    const requests = requestsOf(playTraffic([{ job }], 80, { seed }));
    for (const [a, b] of pairs(requests)) {
      const common = sharedTokens(a.prompt, b.prompt);
      const systemTokens = job.prefix.length === 0 ? 0 : 15;
      const taskTokens = a.prompt.slice(0, -1).reduce((sum, { tokens }) => sum + tokens, 0);
      if (a.session === b.session) expect(common).toBe(taskTokens);
      else expect([0, systemTokens]).toContain(common);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 30 });
});

test('a round begins together, when the last of the round before has its answer', () => {
  const property = fc.property(anyTask, fc.nat(), (job, seed) => {
    const answerUs = randomAnswers(`agents-${seed}`, 20);
    const played = playTraffic([{ job }], 150, { seed, answerUs });
    const endedUs = new Map(played.map(({ request, endedUs }) => [request.id, endedUs]));
    for (const requests of bySession(requestsOf(played)).values()) {
      const rounds = groupBy(requests, ({ turn }) => turn);
      for (const [turn, together] of rounds) {
        expect(new Set(together.map(({ arrivalUs }) => arrivalUs)).size).toBe(1);
        const before = rounds.get(turn - 1);
        if (turn === 1) continue;
        const lastUs = Math.max(...before!.map(({ id }) => endedUs.get(id)!));
        const waitedUs = together[0]!.arrivalUs - lastUs;
        if (job.tools === '0s') expect(waitedUs).toBe(0);
        else if (job.tools === '2s') expect(waitedUs).toBe(2_000_000);
        else expect(waitedUs).toBeGreaterThan(0);
      }
    }
  });
  fc.assert(property, { seed: 2, numRuns: 60 });
});

test('there are as many rounds and agents as asked for', () => {
  const job = { kind: 'agents', task: 9, rounds: 3, agents: 4, branch: 2, answer: 2 };
  const requests = requestsOf(playTraffic([{ job }], 600));
  for (const all of [...bySession(requests).values()].slice(0, 10)) {
    expect(all.map(({ turn }) => turn)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  }
});

test('what a distribution draws beyond a thousand agents is a thousand', () => {
  const job = { kind: 'agents', task: 9, rounds: 1, branch: 2, answer: 2 };
  const agents = { kind: 'constant', tokens: 5_000_000 };
  const requests = requestsOf(playTraffic([{ job: { ...job, agents } }], 2_000));
  const [first] = bySession(requests).values();
  expect(first).toHaveLength(1_000);
});

function pairs(requests: readonly RequestSpec[]): [RequestSpec, RequestSpec][] {
  return requests.flatMap((a, index) =>
    requests.slice(index + 1).map((b): [RequestSpec, RequestSpec] => [a, b]),
  );
}
