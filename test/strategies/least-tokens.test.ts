import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { chiSquareOfEqual, fleetView, requestView, tally } from '../support/views.ts';

const load = fc.record({ inFlight: fc.nat(50), inFlightPromptTokens: fc.nat(100_000) });
const loads = fc.array(load, { minLength: 1, maxLength: 64 });

function fleetOf(given: readonly Pick<ReplicaView, 'inFlight' | 'inFlightPromptTokens'>[]) {
  return fleetView(new Array(given.length).fill(0), ({ index }) => given[index]!);
}

describe('least-tokens', () => {
  test('picks the least of prompt tokens in flight plus an allowance for each request', () => {
    const allowance = fc.oneof(fc.constantFrom(0, 1, 1_000), fc.nat(1_000_000));
    const property = fc.property(loads, allowance, fc.nat(), (given, tokensPerRequest, seed) => {
      const cost = ({ inFlight, inFlightPromptTokens }: (typeof given)[number]) =>
        inFlightPromptTokens + tokensPerRequest * inFlight;
      const strategy = makeStrategy('least-tokens', { tokensPerRequest }, seed);
      const picked = strategy.pick(requestView(0), fleetOf(given), 0) as ReplicaView;
      expect(cost(picked)).toBe(Math.min(...given.map(cost)));
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('counts a request as a thousand tokens unless told otherwise', () => {
    const property = fc.property(loads, fc.nat(), (given, seed) => {
      const pick = (options: Readonly<Record<string, unknown>>) =>
        makeStrategy('least-tokens', options, seed).pick(requestView(0), fleetOf(given), 0);
      expect(pick({})).toEqual(pick({ tokensPerRequest: 1_000 }));
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('with an allowance of zero looks at prompt tokens alone', () => {
    const fleet = fleetOf([
      { inFlight: 1, inFlightPromptTokens: 5_000 },
      { inFlight: 40, inFlightPromptTokens: 4_999 },
    ]);
    const picked = makeStrategy('least-tokens', { tokensPerRequest: 0 }).pick(
      requestView(0),
      fleet,
      0,
    );
    expect(picked).toBe(fleet[1]);
  });

  test('breaks ties by equal chance, also between different mixes of equal cost', () => {
    const fleet = fleetOf([
      { inFlight: 2, inFlightPromptTokens: 0 },
      { inFlight: 1, inFlightPromptTokens: 1_000 },
      { inFlight: 0, inFlightPromptTokens: 2_000 },
    ]);
    const strategy = makeStrategy('least-tokens');
    const counts = tally(30_000, 3, (request) => strategy.pick(request, fleet, 0));
    // The 99.9 % point of 2 degrees of freedom.
    expect(chiSquareOfEqual(counts)).toBeLessThan(13.8);
  });
});
