import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import leastRequests from '../../strategies/least-requests.ts';
import leastTokens from '../../strategies/least-tokens.ts';
import powerOfTwo from '../../strategies/power-of-two.ts';
import random from '../../strategies/random.ts';
import roundRobin from '../../strategies/round-robin.ts';
import type {
  ReplicaView,
  RequestView,
  Strategy,
  StrategyDefinition,
} from '../../strategies/strategy.ts';

const request: RequestView = { id: 1, tenant: 'chat', arrivalUs: 0, promptTokens: 500 };

function make(definition: StrategyDefinition, options = {}): Strategy {
  return definition.create(options, { random: randomStream(1, 'test') });
}

function views(inFlight: readonly number[], promptTokens: readonly number[] = []): ReplicaView[] {
  return inFlight.map((requests, index) => ({
    index,
    name: `r${index}`,
    inFlight: requests,
    inFlightPromptTokens: promptTokens[index] ?? 0,
  }));
}

/** How often each replica is picked. */
function counts(strategy: Strategy, candidates: readonly ReplicaView[], picks: number): number[] {
  const seen = candidates.map(() => 0);
  for (let nowUs = 0; nowUs < picks; nowUs++) {
    seen[candidates.indexOf(strategy.pick(request, candidates, nowUs) as ReplicaView)]! += 1;
  }
  return seen;
}

/** Pearson's statistic against equal shares; for 7 degrees of freedom 24.3 is one in a thousand. */
function chiSquare(observed: readonly number[]): number {
  const expected = observed.reduce((sum, n) => sum + n, 0) / observed.length;
  return observed.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

const busy = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
const settings = { seed: 11, numRuns: 200 };

test('random picks every replica equally often, whatever its load', () => {
  const observed = counts(make(random), views([9, 0, 0, 3, 0, 1, 0, 5]), 80_000);
  expect(chiSquare(observed)).toBeLessThan(24.3);
});

describe('round-robin', () => {
  test('takes turns', () => {
    expect(counts(make(roundRobin), views([5, 0, 1]), 300)).toEqual([100, 100, 100]);
  });

  test('goes on with the next one when a replica leaves, and takes it in again', () => {
    const strategy = make(roundRobin);
    const all = views([0, 0, 0, 0]);
    const without = all.filter(({ index }) => index !== 1);
    const turn = (candidates: readonly ReplicaView[]) =>
      (strategy.pick(request, candidates, 0) as ReplicaView).index;
    expect([turn(all), turn(without), turn(without), turn(without)]).toEqual([0, 2, 3, 0]);
    expect([turn(all), turn(all)]).toEqual([1, 2]);
  });
});

describe('least-requests', () => {
  test('always picks a replica with the fewest', () => {
    fc.assert(
      fc.property(busy, (inFlight) => {
        const picked = make(leastRequests).pick(request, views(inFlight), 0) as ReplicaView;
        expect(picked.inFlight).toBe(Math.min(...inFlight));
      }),
      settings,
    );
  });

  test('breaks ties evenly, wherever in the list they stand', () => {
    const inFlight = [4, 1, 1, 2, 1, 1, 9, 1, 1, 1, 1];
    const observed = counts(make(leastRequests), views(inFlight), 80_000);
    expect(chiSquare(observed.filter((_, index) => inFlight[index] === 1))).toBeLessThan(24.3);
    expect(observed.filter((_, index) => inFlight[index] !== 1)).toEqual([0, 0, 0]);
  });
});

describe('power-of-two', () => {
  test('never picks the busiest of all, because it looks at two different replicas', () => {
    expect(counts(make(powerOfTwo), views([1, 1, 2, 1]), 20_000)[2]).toBe(0);
  });

  test('picks a replica as often as pairs say in which it is the less busy one', () => {
    // Of six pairs, the idle replica is in three, the second in two without it, the third in one.
    const observed = counts(make(powerOfTwo), views([0, 1, 2, 3]), 60_000);
    for (const [index, pairs] of [3, 2, 1, 0].entries()) {
      expect(Math.abs(observed[index]! - pairs * 10_000)).toBeLessThan(500);
    }
  });
});

describe('least-tokens', () => {
  test('weighs prompts and an allowance for each request', () => {
    const candidates = views([1, 3, 2], [5_000, 100, 3_000]);
    expect(make(leastTokens).pick(request, candidates, 0)).toBe(candidates[1]);
    const heavy = make(leastTokens, { tokensPerRequest: 3_000 });
    expect(heavy.pick(request, candidates, 0)).toBe(candidates[0]);
    const none = make(leastTokens, { tokensPerRequest: 0 });
    expect(none.pick(request, views([9, 0], [0, 1]), 0)).toMatchObject({ index: 0 });
  });

  test('without prompts is least-requests', () => {
    fc.assert(
      fc.property(busy, (inFlight) => {
        const picked = make(leastTokens).pick(request, views(inFlight), 0) as ReplicaView;
        expect(picked.inFlight).toBe(Math.min(...inFlight));
      }),
      settings,
    );
  });
});
