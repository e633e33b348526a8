import { describe, expect, test } from 'vitest';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { fleetView, requestView, tally } from '../support/views.ts';

const idle = fleetView([0, 0, 0]);

function told(strategy: Strategy, replica: number, ttftsMs: readonly number[], fromS = 0): void {
  for (const [i, ms] of ttftsMs.entries()) {
    tellServed(strategy, idle[replica]!, { sentUs: fromS * 1e6 + i, ttftUs: ms * 1_000 });
  }
}

function pickOf(strategy: Strategy, fleet: readonly ReplicaView[], atS = 2): number {
  return (strategy.pick(requestView(0), fleet, atS * 1e6) as ReplicaView).index;
}

describe('lowest-response-time', () => {
  test('takes the mean of the newest samples only', () => {
    const strategy = makeStrategy('lowest-response-time', { samples: 4 });
    told(strategy, 0, [1, 1, 1, 1, 500, 500, 500, 500]);
    told(strategy, 1, [900, 900, 900, 900, 200, 200, 200, 200]);
    told(strategy, 2, [900, 100, 100, 900, 100, 900]);
    expect(pickOf(strategy, idle)).toBe(1);
  });

  test('multiplies it by the requests in flight, unless told not to', () => {
    for (const [countInFlight, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const strategy = makeStrategy('lowest-response-time', { countInFlight });
      told(strategy, 0, [100]);
      told(strategy, 1, [250]);
      expect(pickOf(strategy, fleetView([2, 0]))).toBe(expected);
    }
  });

  test('tries the unknown once, and does not send it all that comes until it answers', () => {
    const strategy = makeStrategy('lowest-response-time');
    told(strategy, 0, [100]);
    told(strategy, 1, [300]);
    expect(pickOf(strategy, fleetView([0, 0, 0]))).toBe(2);
    // Busy, it counts as usual: 200 ms twice against 100 ms thrice and 300 ms.
    expect(pickOf(strategy, fleetView([2, 0, 1]))).not.toBe(2);
    expect(pickOf(strategy, fleetView([4, 2, 1]))).toBe(2);
  });

  test('shuns who failed, until that is forgotten', () => {
    const strategy = makeStrategy('lowest-response-time', { rememberS: 10 });
    for (const replica of [0, 1]) told(strategy, replica, [100], 5);
    const failed = { sentUs: 0, totalUs: 1_000, outcome: 'failed' } as const;
    tellServed(strategy, idle[2]!, failed);
    expect(pickOf(strategy, fleetView([50, 50, 0]), 6)).not.toBe(2);
    expect(pickOf(strategy, fleetView([0, 0, 0]), 12)).toBe(2);
  });

  test('takes by chance who is within the buffer', () => {
    const strategy = makeStrategy('lowest-response-time', { buffer: 0.2 });
    told(strategy, 0, [100]);
    told(strategy, 1, [119]);
    told(strategy, 2, [121]);
    const counts = tally(2_000, 3, (request) => strategy.pick(request, idle, 1e6));
    expect(counts[2]).toBe(0);
    expect(counts[0]).toBeGreaterThan(900);
    expect(counts[1]).toBeGreaterThan(900);
  });
});
