import { expect, test } from 'vitest';
import { type SmallTenant, smallScenario } from '../support/scenarios.ts';
import { playByHand } from './support/manual-clients.ts';
import { answerAt, streamHead } from './support/manual-world.ts';

const traffic = (client: SmallTenant['client']): SmallTenant => ({
  arrivals: { kind: 'constant', rate: 1 },
  input: { kind: 'constant', tokens: 8 },
  output: { kind: 'constant', tokens: 11 },
  ...(client === undefined ? {} : { client }),
});

test('a client gives up, waits longer each time, and sends the same again', () => {
  const client = { timeout: '2s', retries: 2, backoff: '1s' };
  const scenario = smallScenario({ traffic: [traffic(client)], warmup: '0s', duration: '2s' });
  const { ended, wire } = playByHand(scenario, () => {});
  const [first] = ended;
  const tries = wire.filter(({ body }) => same(body, wire[0]!.body));
  expect(first).toMatchObject({ outcome: 'timeout', call: { tries: 3 } });
  expect(tries).toHaveLength(3);
  for (const { abortedUs, atUs } of tries) expect(abortedUs - atUs).toBe(2e6);
  const waits = [1, 2].map((n) => tries[n]!.atUs - tries[n - 1]!.abortedUs);
  expect(waits[0]).toBeGreaterThanOrEqual(0.5e6);
  expect(waits[0]).toBeLessThanOrEqual(1e6);
  expect(waits[1]).toBeGreaterThanOrEqual(1e6);
  expect(waits[1]).toBeLessThanOrEqual(2e6);
});

test('what is wrong is not sent again, and a user who leaves is nobody to blame', () => {
  const refusing = smallScenario({ traffic: [traffic({ retries: 5 })], warmup: '0s' });
  const { ended } = playByHand(refusing, (_request, sink, world) => {
    world.after(1_000, () => {
      sink.onHead({ ...streamHead, status: 400, isStream: false });
      sink.onEnd(world.nowUs());
    });
  });
  expect(ended.map(({ outcome }) => outcome)).toEqual(ended.map(() => 'failed'));
  expect(ended.map(({ call }) => call.tries)).toEqual(ended.map(() => 1));
  const leaving = { abortShare: 1, abortAfter: '1s' };
  const scenario = smallScenario({ traffic: [traffic(leaving)], warmup: '0s' });
  const left = playByHand(scenario, answerAt(3_600e6));
  expect(new Set(left.ended.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']));
  for (const { call } of left.ended) {
    expect(call.endUs - call.intendedUs).toBe(call.spec.leavesAfterUs);
  }
});

test('a slow reader has the answer when it has read it', () => {
  const scenario = smallScenario({ traffic: [traffic({ readTokensPerS: 5 })], warmup: '0s' });
  const { ended } = playByHand(scenario, answerAt(1e6));
  expect(ended.length).toBeGreaterThan(8);
  for (const { call, outcome } of ended) {
    expect(outcome).toBe('ok');
    expect(call.endUs - call.answer.firstTokenUs).toBe(2e6);
  }
});

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
