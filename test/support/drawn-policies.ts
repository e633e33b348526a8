import fc from 'fast-check';
import type { GatewayPolicy, RateLimit } from '../../gateway/policy.ts';

const never = Number.POSITIVE_INFINITY;

/** Off in half of the cases. */
function sometimes<T>(part: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(part, { nil: undefined });
}

const admission = fc.record({
  concurrent: fc.constantFrom(2, 5, never),
  requests: fc.constantFrom<RateLimit[]>(
    [],
    [{ kind: 'token-bucket', perS: 0.2, burst: 2 }],
    [{ kind: 'sliding-window', most: 2, windowUs: 9_000_000 }],
  ),
  tokens: fc.constantFrom<RateLimit[]>(
    [],
    [{ kind: 'token-bucket', perS: 5, burst: 60 }],
    [{ kind: 'sliding-window', most: 60, windowUs: 9_000_000 }],
  ),
});

const passive = fc.oneof(
  fc.record({
    kind: fc.constant('ejection' as const),
    consecutiveFailures: fc.integer({ min: 1, max: 3 }),
    baseUs: fc.constantFrom(100_000, 2_000_000),
    maxUs: fc.constant(5_000_000),
    maxShare: fc.constantFrom(0.5, 1),
    forgiveUs: fc.constant(1_000_000),
  }),
  fc.record({
    kind: fc.constant('max-fails' as const),
    maxFails: fc.nat(2),
    failTimeoutS: fc.integer({ min: 1, max: 3 }),
  }),
);

const health = fc.record({
  active: sometimes(
    fc.record({
      everyUs: fc.constantFrom(200_000, 1_000_000),
      timeoutUs: fc.constant(100_000),
      fall: fc.integer({ min: 1, max: 3 }),
      rise: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  passive: sometimes(passive),
  panicBelow: fc.constantFrom(0, 0.5),
  slowStart: sometimes(
    fc.record({
      windowUs: fc.constant(2_000_000),
      leastShare: fc.constant(0.1),
      by: fc.constantFrom('weight' as const, 'thinning' as const),
    }),
  ),
});

/** Of any gateway, with times of a few seconds. */
export const drawnPolicies: fc.Arbitrary<GatewayPolicy> = fc.record({
  admission: sometimes(
    admission.map(({ concurrent, requests, tokens }) => ({
      assumedOutputTokens: 20,
      tiers: new Map([
        ['free', { maxConcurrent: concurrent, maxPromptTokens: never, requests, tokens }],
      ]),
    })),
  ),
  queue: sometimes(
    fc.record({
      ordering: fc.constantFrom('fcfs' as const, 'edf' as const, 'priority' as const),
      fairness: fc.constantFrom('none' as const, 'round-robin' as const, 'vtc' as const),
      maxLength: fc.constantFrom(1, 4, 100),
      maxWaitUs: fc.constantFrom(300_000, 5_000_000),
      shedLate: fc.boolean(),
      whenNoReplica: fc.constantFrom('hold' as const, 'reject' as const),
      retryAfterUs: fc.constant(1_000_000),
    }),
  ),
  maxInFlight: fc.constantFrom(undefined, 1, 2, 'maxNumSeqs' as const),
  timeouts: sometimes(
    fc.record({
      connectUs: fc.constantFrom(50_000, never),
      firstByteUs: fc.constantFrom(400_000, never),
      idleUs: fc.constantFrom(300_000, never),
      totalUs: fc.constantFrom(2_000_000, never),
    }),
  ),
  retries: sometimes(
    fc.record({
      most: fc.integer({ min: 1, max: 3 }),
      backoffUs: fc.constantFrom(0, 25_000),
      maxBackoffUs: fc.constant(250_000),
      share: fc.constantFrom(0, 0.2),
      atLeast: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  hedging: sometimes(
    fc.record({
      afterUs: fc.constantFrom(20_000, 300_000),
      share: fc.constantFrom(0, 0.5),
      atLeast: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  health: sometimes(health),
  monitor: fc.constant(undefined),
});
