import { describe, expect, test } from 'vitest';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { anyUsage, fleetView, requestView, tally } from '../support/views.ts';

const fleet = fleetView([0, 0]);
const prompt = promptView(1, [1, 2, 3, 4, 5, 6, 7, 8]);

function pick(strategy: Strategy, request = requestView(99, 16)): number {
  return (strategy.pick(request, fleet, 0) as ReplicaView).index;
}

/** Ten first tokens after so long, each of 1,000 tokens. */
function teach(strategy: Strategy, replica: number, elapsedUs: number): void {
  for (let id = 0; id < 10; id++) {
    const request = requestView(1_000 + id, 1_000);
    strategy.onDispatched!(request, fleet[replica]!, 0);
    strategy.onFirstToken!(request, fleet[replica]!, elapsedUs);
    strategy.onEnded!(request, fleet[replica]!, { outcome: 'ok', ...anyUsage }, elapsedUs);
  }
}

describe('smetric', () => {
  test('counts the work that is pending before first tokens, attention included', () => {
    const strategy = makeStrategy('smetric', { attention: 1e-3 });
    // 4,000 tokens and 8,000 for attention, against twice 2,000 and 2,000.
    strategy.onDispatched!(requestView(1, 4_000), fleet[0]!, 0);
    for (const id of [2, 3]) strategy.onDispatched!(requestView(id, 2_000), fleet[1]!, 0);
    expect(pick(strategy)).toBe(1);
    strategy.onFirstToken!(requestView(1, 4_000), fleet[0]!, 1e6);
    expect(pick(strategy)).toBe(0);
    for (const id of [2, 3]) {
      strategy.onEnded!(requestView(id), fleet[1]!, { outcome: 'failed', ...anyUsage }, 1e6);
    }
    strategy.onDispatched!(requestView(4, 10), fleet[0]!, 2e6);
    expect(pick(strategy)).toBe(1);
  });

  test('prefers the holder while what is pending there ends in time', () => {
    const strategy = makeStrategy('smetric', { baseMs: 1_000, perTokenMs: 0, attention: 0 });
    for (const replica of [0, 1]) teach(strategy, replica, 1e6);
    strategy.onDispatched!(prompt, fleet[0]!, 0);
    // A thousand tokens take a second.
    strategy.onDispatched!(requestView(2, 800), fleet[0]!, 0);
    expect(pick(strategy, prompt)).toBe(0);
    strategy.onDispatched!(requestView(3, 200), fleet[0]!, 0);
    expect(pick(strategy, prompt)).toBe(1);
    // Nobody is in time any more.
    strategy.onDispatched!(requestView(4, 1_100), fleet[1]!, 0);
    expect(pick(strategy, prompt)).toBe(0);
  });

  test('prefers nobody for a match of less than half, and any holder while it knows no rates', () => {
    const strategy = makeStrategy('smetric');
    strategy.onDispatched!(prompt, fleet[0]!, 0);
    strategy.onDispatched!(requestView(2, 80_000), fleet[0]!, 0);
    expect(pick(strategy, promptView(3, [1, 2, 3, 9, 9, 9, 9, 9]))).toBe(1);
    expect(pick(strategy, promptView(4, [1, 2, 3, 4, 5, 9, 9, 9]))).toBe(0);
  });

  test('owes nothing for a hedge that lost, and learns from the one that won', () => {
    for (const winner of [0, 1]) {
      const strategy = makeStrategy('smetric', { baseMs: 1_000, perTokenMs: 0, attention: 0 });
      for (let id = 1; id <= 10; id++) {
        const request = requestView(id, 1_000);
        for (const replica of fleet) strategy.onDispatched!(request, replica, 0);
        const lost = { outcome: 'cancelled', ...anyUsage } as const;
        strategy.onEnded!(request, fleet[1 - winner]!, lost, 1e6);
        strategy.onFirstToken!(request, fleet[winner]!, 1e6);
        strategy.onEnded!(request, fleet[winner]!, { outcome: 'ok', ...anyUsage }, 1e6);
      }
      const counts = tally(100, 2, (request) => strategy.pick(request, fleet, 1e6));
      expect(Math.min(...counts)).toBeGreaterThan(20);
      // A thousand tokens take a second, so this makes the winner late, and the prompt goes away.
      strategy.onDispatched!(prompt, fleet[winner]!, 2e6);
      strategy.onDispatched!(requestView(20, 2_000), fleet[winner]!, 2e6);
      expect(pick(strategy, prompt)).toBe(1 - winner);
    }
  });

  test('knows no rate of a replica that has joined anew', () => {
    const strategy = makeStrategy('smetric', { baseMs: 1_000, perTokenMs: 0, attention: 0 });
    for (const replica of [0, 1]) teach(strategy, replica, 1e6);
    strategy.onJoined!(fleet[0]!, 2e6);
    strategy.onDispatched!(prompt, fleet[0]!, 2e6);
    strategy.onDispatched!(requestView(2, 80_000), fleet[0]!, 2e6);
    expect(pick(strategy, prompt)).toBe(0);
  });
});
