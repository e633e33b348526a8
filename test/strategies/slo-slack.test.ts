import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noLimits } from '../../core/slo.ts';
import type { ReplicaView, RequestView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { replicaView, requestView } from '../support/views.ts';

/** A thousand tokens take a second. */
const plain = { margin: 1, prefillTokensPerS: 1_000 };

function fleetOf(awaitingPromptTokens: readonly number[], inFlight = 1): ReplicaView[] {
  return awaitingPromptTokens.map((tokens, index) =>
    replicaView(index, { awaitingPromptTokens: tokens, inFlight }),
  );
}

/** A prompt of 500 tokens that must begin within so many seconds. */
function within(ttftS: number, given: Partial<RequestView> = {}): RequestView {
  return requestView(0, 500, { limits: { ...noLimits, ttftUs: ttftS * 1e6 }, ...given });
}

function picked(request: RequestView, fleet: readonly ReplicaView[], options: object = {}): number {
  const strategy = makeStrategy('slo-slack', { ...plain, ...options });
  return (strategy.pick(request, fleet, 0) as ReplicaView).index;
}

describe('slo-slack', () => {
  test('picks the tightest fit of those who keep the limit', () => {
    const fleet = fleetOf([0, 1_400, 1_600, 5_000]);
    expect(picked(within(2), fleet)).toBe(1);
    expect(picked(within(0.6), fleet)).toBe(0);
    expect(picked(within(20), fleet)).toBe(3);
  });

  test('has lost the time that a request has waited already, and the margin', () => {
    const fleet = fleetOf([0, 1_400, 1_600]);
    expect(picked(within(2, { arrivalUs: -1e6 }), fleet)).toBe(0);
    expect(picked(within(2), fleet, { margin: 2 })).toBe(0);
  });

  test('picks the least late when all are', () => {
    expect(picked(within(0.4), fleetOf([3_000, 2_000, 4_000]))).toBe(1);
  });

  test('picks the soonest for who has no limit', () => {
    expect(picked(requestView(0, 500), fleetOf([3_000, 2_000, 4_000]))).toBe(1);
  });

  test('keeps the limit whenever some replica is predicted to', () => {
    const tokens = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 32 });
    const property = fc.property(
      tokens,
      fc.integer({ min: 1, max: 20_000 }),
      (awaiting, limitMs) => {
        const index = picked(within(limitMs / 1_000), fleetOf(awaiting));
        // A millisecond for each token.
        const late = awaiting.map((ahead) => ahead + 500 - limitMs);
        const best = late.filter((ms) => ms <= 0);
        const expected = best.length > 0 ? Math.max(...best) : Math.min(...late);
        expect(late[index]).toBe(expected);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('prefers who is late with the tokens to who is late with the first, and an idle one to both', () => {
    const limits = { ...noLimits, ttftUs: 2e6, tpotUs: 50_000 };
    const request = requestView(0, 500, { limits });
    const strategy = makeStrategy('slo-slack', plain);
    const pick = (fleet: readonly ReplicaView[]) =>
      (strategy.pick(request, fleet, 0) as ReplicaView).index;
    const [slowTokens, lateStart, idle] = [0, 1, 2].map((index) => replicaView(index));
    const served = {
      sentUs: -1e7,
      ttftUs: 1e6,
      outputTokens: 11,
      request: { promptTokens: 1_000 },
    };
    tellServed(strategy, slowTokens!, { ...served, totalUs: 2e6 });
    tellServed(strategy, lateStart!, { ...served, totalUs: 1.1e6 });
    tellServed(strategy, idle!, { ...served, totalUs: 3e6 });
    const slow = replicaView(0, { inFlight: 3 });
    const late = replicaView(1, { inFlight: 3, awaitingPromptTokens: 4_000 });
    expect(pick([slow, late])).toBe(0);
    expect(pick([slow, late, idle!])).toBe(2);
    expect(pick([slow, replicaView(1, { inFlight: 3 }), idle!])).toBe(1);
    // One at a time it took 10 ms per token; six at once are taken to need 60.
    expect(pick([replicaView(1, { inFlight: 5 }), idle!])).toBe(2);
  });

  test('learns how fast each replica is', () => {
    const strategy = makeStrategy('slo-slack', plain);
    const fleet = fleetOf([0, 0]);
    for (let i = 0; i < 10; i++) {
      const served = { sentUs: (i - 20) * 1e6, totalUs: 9e5, request: { promptTokens: 1_000 } };
      tellServed(strategy, fleet[0]!, { ...served, ttftUs: 8e5 });
      tellServed(strategy, fleet[1]!, { ...served, ttftUs: 1e5 });
    }
    // 400 ms against 50 ms.
    expect(strategy.pick(within(0.3), fleet, 0)).toBe(fleet[1]);
    expect(strategy.pick(within(0.5), fleet, 0)).toBe(fleet[0]);
  });

  test('notices who has stopped, without an event', () => {
    const strategy = makeStrategy('slo-slack', plain);
    const fleet = fleetOf([0, 0]);
    for (const replica of fleet) {
      for (let i = 0; i < 10; i++) {
        const request = { promptTokens: 1_000 };
        tellServed(strategy, replica, { sentUs: i * 1e6, ttftUs: 1e5, totalUs: 9e5, request });
      }
    }
    tellServed(strategy, fleet[0]!, { sentUs: 1e7 });
    expect(strategy.pick(requestView(0, 500), fleet, 2e7)).toBe(fleet[1]);
  });
});
