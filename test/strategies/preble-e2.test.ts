import { describe, expect, test } from 'vitest';
import type { ReplicaView, RequestView, Strategy } from '../../strategies/strategy.ts';
import { promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView, tally } from '../support/views.ts';

const fleet = fleetView([0, 0, 0]);

function pick(strategy: Strategy, request: RequestView, nowUs = 0): number {
  return (strategy.pick(request, fleet, nowUs) as ReplicaView).index;
}

/** Serves a request of 10,000 tokens at so many seconds a token, alone. */
function serve(strategy: Strategy, replica: number, id: number, prefillS: number, decodeS = 0.01) {
  const request = requestView(id, 10_000);
  strategy.onDispatched!(request, fleet[replica]!, 0);
  strategy.onFirstToken!(request, fleet[replica]!, 1e10 * prefillS);
  const end = { outcome: 'ok', outputTokens: 101, cachedTokens: 0 } as const;
  strategy.onEnded!(request, fleet[replica]!, end, 1e10 * prefillS + 1e8 * decodeS);
}

describe('preble-e2', () => {
  test('exploits a match of more than half of the prompt, and explores otherwise', () => {
    const strategy = makeStrategy('preble-e2', { rebalance: 1_000 });
    strategy.onDispatched!(promptView(1, [1, 2, 3, 4]), fleet[1]!, 0);
    for (const other of [0, 2]) strategy.onDispatched!(requestView(2, 30), fleet[other]!, 0);
    expect(pick(strategy, promptView(3, [1, 2, 3, 4, 5, 6]))).toBe(1);
    strategy.onDispatched!(requestView(4, 30_000), fleet[1]!, 0);
    // Now what has to be computed elsewhere weighs less than the load there.
    expect(pick(strategy, promptView(5, [1, 2, 8, 8, 8, 8]))).not.toBe(1);
    expect(pick(strategy, promptView(6, [1, 2, 3, 4, 5, 6]))).toBe(1);
  });

  test('of several holders exploits the one with the least work', () => {
    const strategy = makeStrategy('preble-e2');
    const prompt = promptView(1, [1, 2, 3, 4]);
    for (const holder of [0, 2]) strategy.onDispatched!(prompt, fleet[holder]!, 0);
    strategy.onDispatched!(requestView(2, 50), fleet[0]!, 0);
    strategy.onDispatched!(requestView(3, 1_000), fleet[1]!, 0);
    expect(pick(strategy, prompt)).toBe(2);
  });

  test('lets go of a holder with more than twice the least work, until that is long ago', () => {
    const strategy = makeStrategy('preble-e2');
    const prompt = promptView(1, [1, 2, 3, 4]);
    for (const replica of [0, 1, 2]) strategy.onDispatched!(requestView(2, 20), fleet[replica]!, 0);
    strategy.onDispatched!(prompt, fleet[1]!, 0);
    strategy.onDispatched!(requestView(3, 500_000), fleet[1]!, 0);
    expect(pick(strategy, prompt, 1e6)).not.toBe(1);
    expect(pick(strategy, prompt, 181e6)).toBe(1);
  });

  test('learns which replica computes prompts faster', () => {
    const strategy = makeStrategy('preble-e2', { windowS: 1 });
    for (let id = 0; id < 60; id++) serve(strategy, id % 3, 10 + id, id % 3 === 2 ? 1e-5 : 1e-3);
    // Long after that work is forgotten, only what a token costs is left.
    expect(pick(strategy, requestView(1, 5_000), 1e12)).toBe(2);
  });

  test('knows no difference between replicas of which it knows nothing', () => {
    const strategy = makeStrategy('preble-e2');
    const counts = tally(600, 3, (request) => strategy.pick(request, fleet, 0));
    expect(Math.min(...counts)).toBeGreaterThan(140);
  });

  test('learns from the attempt of a hedged request that won', () => {
    const strategy = makeStrategy('preble-e2', { windowS: 1 });
    for (let id = 0; id < 40; id++) {
      const [slow, fast] = [fleet[0]!, fleet[2]!];
      const request = requestView(id, 10_000);
      for (const replica of [fast, slow]) strategy.onDispatched!(request, replica, 0);
      const end = { outcome: 'ok', outputTokens: 101, cachedTokens: 0 } as const;
      strategy.onEnded!(request, slow, { ...end, outcome: 'cancelled' }, 1e5);
      strategy.onFirstToken!(request, fast, 1e5);
      strategy.onEnded!(request, fast, end, 1.1e6);
      serve(strategy, id % 2, 100 + id, 1e-3);
    }
    const counts = tally(50, 3, ({ id }) => strategy.pick(requestView(id, 5_000), fleet, 1e12));
    expect(counts).toEqual([0, 0, 50]);
  });

  test('holds nothing of what a replica did before it joined against it, nor for it', () => {
    const strategy = makeStrategy('preble-e2', { windowS: 1_000 });
    for (let id = 0; id < 60; id++) serve(strategy, id % 3, 10 + id, id % 3 === 2 ? 1e-3 : 1e-5);
    for (const replica of fleet) strategy.onJoined!(replica, 1e9);
    const counts = tally(600, 3, ({ id }) => strategy.pick(requestView(id, 5_000), fleet, 1e9));
    expect(Math.min(...counts)).toBeGreaterThan(140);
  });
});
