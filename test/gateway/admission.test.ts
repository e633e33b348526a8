import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlidingWindow } from '../../gateway/admission/sliding-window.ts';
import { TokenBucket } from '../../gateway/admission/token-bucket.ts';
import type { TierLimits } from '../../gateway/policy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

const calls = fc.array(
  fc.record({
    afterUs: fc.oneof(fc.nat(2_000_000), fc.constant(0)),
    amount: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, maxLength: 60 },
);

interface Taken {
  readonly atUs: number;
  readonly amount: number;
}

describe('a sliding window', () => {
  test('lets through all that fits into every window, and says exactly when the rest will', () => {
    const property = fc.property(calls, fc.integer({ min: 5, max: 30 }), (list, most) => {
      const windowUs = 3_000_000;
      const limiter = new SlidingWindow({ most, windowUs });
      const taken: Taken[] = [];
      const fits = (amount: number, atUs: number) => {
        const inside = taken.filter((other) => other.atUs > atUs - windowUs);
        return inside.reduce((sum, other) => sum + other.amount, amount) <= most;
      };
      let nowUs = 0;
      for (const { afterUs, amount } of list) {
        nowUs += afterUs;
        const waitUs = limiter.waitUs(amount, nowUs);
        expect(waitUs === 0).toBe(fits(amount, nowUs));
        if (waitUs === 0) {
          limiter.charge(amount, nowUs);
          taken.push({ atUs: nowUs, amount });
        } else if (amount > most) {
          expect(waitUs).toBe(Number.POSITIVE_INFINITY);
        } else {
          expect(fits(amount, nowUs + waitUs)).toBe(true);
          expect(fits(amount, nowUs + waitUs - 1)).toBe(false);
        }
      }
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('counts what it was in the end, as long as it counts', () => {
    const limiter = new SlidingWindow({ most: 10, windowUs: 1_000 });
    const charge = limiter.charge(8, 0);
    expect(limiter.waitUs(4, 500)).toBe(500);
    charge.settle(3, 600);
    expect(limiter.waitUs(7, 600)).toBe(0);
    expect(limiter.waitUs(8, 600)).toBe(400);
    expect(limiter.waitUs(10, 1_000)).toBe(0);
    // It is forgotten by then, and correcting it once more changes nothing.
    charge.settle(10, 1_500);
    expect(limiter.waitUs(10, 1_500)).toBe(0);
  });
});

describe('a token bucket', () => {
  test('never lets through more than its burst and what came in since', () => {
    const bursts = fc.integer({ min: 5, max: 30 });
    const rates = fc.constantFrom(4, 7, 0.3, 1 / 3, 11);
    const property = fc.property(calls, bursts, rates, (list, burst, perS) => {
      const limiter = new TokenBucket({ perS, burst });
      const taken: Taken[] = [];
      let nowUs = 0;
      for (const { afterUs, amount } of list) {
        nowUs += afterUs;
        const waitUs = limiter.waitUs(amount, nowUs);
        if (waitUs === Number.POSITIVE_INFINITY) {
          expect(amount).toBeGreaterThan(burst);
          continue;
        }
        // Exactly when it was said, it may come.
        nowUs += waitUs;
        expect(limiter.waitUs(amount, nowUs)).toBe(0);
        limiter.charge(amount, nowUs);
        taken.push({ atUs: nowUs, amount });
        for (const [index, { atUs }] of taken.entries()) {
          const sum = taken.slice(index).reduce((total, other) => total + other.amount, 0);
          expect(sum).toBeLessThanOrEqual(burst + ((nowUs - atUs) * perS) / 1e6 + 1e-6);
        }
      }
    });
    fc.assert(property, { seed: 2, numRuns: 300 });
  });

  test('gives back what was not used, and makes up for what was used beyond it', () => {
    const limiter = new TokenBucket({ perS: 1, burst: 10 });
    const [small, large] = [limiter.charge(5, 0), limiter.charge(5, 0)];
    expect(limiter.waitUs(2, 0)).toBe(2_000_000);
    small.settle(3, 0);
    expect(limiter.waitUs(2, 0)).toBe(0);
    large.settle(9, 0);
    expect(limiter.waitUs(2, 0)).toBe(4_000_000);
  });
});

const free: TierLimits = {
  maxConcurrent: Number.POSITIVE_INFINITY,
  maxPromptTokens: Number.POSITIVE_INFINITY,
  requests: [],
  tokens: [],
};

function worldOf(limits: Partial<TierLimits>): GatewayWorld {
  const tiers = new Map([
    ['gold', { ...free, ...limits }],
    ['default', { ...free, maxConcurrent: 1 }],
  ]);
  return new GatewayWorld({
    replicas: 1,
    policy: { admission: { assumedOutputTokens: 90, tiers } },
  });
}

const gold = { tier: 'gold' };

test('each tenant of a tier has its own limits; a tier without limits has none', () => {
  const world = worldOf({ maxConcurrent: 2 });
  const outcomes = [
    ...[gold, gold, gold].map((one) => world.submit({ ...one, tenant: 'a' })),
    world.submit({ ...gold, tenant: 'b' }),
    ...[1, 2].map(() => world.submit({ tenant: 'c' })),
    ...[1, 2].map(() => world.submit({ tenant: 'd', tier: 'unheard-of' })),
  ].map(({ outcome, rejection }) => rejection?.reason ?? outcome);
  const waiting = [undefined, undefined];
  expect(outcomes).toEqual([
    ...waiting,
    'concurrency',
    undefined,
    undefined,
    'concurrency',
    ...waiting,
  ]);
  world.run(2e6);
  expect(world.submit({ ...gold, tenant: 'a' }).outcome).toBeUndefined();
  world.finish();
});

test('a prompt that is too long is told never to come again', () => {
  const request = worldOf({ maxPromptTokens: 99 }).submit({ ...gold, promptTokens: 100 });
  expect(request.rejection).toEqual({
    reason: 'prompt-too-long',
    retryAfterUs: Number.POSITIVE_INFINITY,
  });
});

test('requests and tokens are limited each by their own, and the guess is put right', () => {
  const requests = worldOf({ requests: [{ kind: 'token-bucket', perS: 1, burst: 2 }] });
  const reasons = [1, 2, 3].map(() => requests.submit(gold).rejection);
  expect(reasons).toEqual([undefined, undefined, { reason: 'request-rate', retryAfterUs: 1e6 }]);
  const tokens = worldOf({ tokens: [{ kind: 'sliding-window', most: 210, windowUs: 60e6 }] });
  // 10 for the prompt and 90 by guess; the answers have 20.
  const charged = [1, 2, 3].map(() => tokens.submit(gold).rejection?.reason);
  expect(charged).toEqual([undefined, undefined, 'token-rate']);
  tokens.run(2e6);
  // 60 are known by then, and one more guess fits.
  expect(tokens.submit(gold).rejection).toBeUndefined();
  expect(tokens.submit(gold).rejection!.reason).toBe('token-rate');
  tokens.finish();
});
