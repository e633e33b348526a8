import { describe, expect, test } from 'vitest';
import { RankBalancer } from '../../sim/endpoints/rank-balancer.ts';
import { rankScores } from '../../sim/endpoints/rank-scores.ts';

function balancer(score: 'classic' | '2026', apiProcess = 0, apiProcesses = 1): RankBalancer {
  return new RankBalancer({ ranks: 4, score, apiProcess, apiProcesses });
}

function picks(from: RankBalancer, count: number): number[] {
  return Array.from({ length: count }, () => from.pick());
}

const idle = { waiting: 0, running: 0, kvUsage: 0 };

describe('the classic score', () => {
  test('counts a waiting request four times as much as a running one', () => {
    const load = { waiting: 3, running: 5, kvUsage: 0.9, ownInFlight: 7 };
    expect(rankScores.classic(load, 2)).toBe(17);
  });

  test('starts over at the same rank with every report', () => {
    const chosen = balancer('classic');
    expect(picks(chosen, 6)).toEqual([0, 1, 2, 3, 0, 1]);
    chosen.onReports([idle, idle, idle, idle]);
    expect(picks(chosen, 2)).toEqual([0, 1]);
  });

  test('lets every API process start at a rank of its own', () => {
    const first = [0, 1, 2].map((apiProcess) => balancer('classic', apiProcess, 3).pick());
    expect(first).toEqual([0, 1, 2]);
  });

  test('takes it that the other API processes do the same', () => {
    const chosen = balancer('classic', 0, 2);
    const busy = { ...idle, running: 7 };
    chosen.onReports([idle, busy, busy, busy]);
    // One request counts as two that wait, which is eight.
    expect(picks(chosen, 4)).toEqual([0, 1, 2, 3]);
  });
});

describe('the score of 2026', () => {
  const load = { waiting: 2, running: 5, kvUsage: 0.75, ownInFlight: 1 };

  test('adds for a cache more than half full, if somebody waits', () => {
    expect(rankScores[2026](load, 1)).toBe(7 + 2 * 6 * 0.25);
    expect(rankScores[2026]({ ...load, kvUsage: 0.4 }, 1)).toBe(7);
    expect(rankScores[2026]({ ...load, waiting: 0 }, 1)).toBe(5);
  });

  test('knows what it sent itself whatever the report says', () => {
    expect(rankScores[2026]({ ...idle, ownInFlight: 3 }, 4)).toBe(12);
    const chosen = balancer('2026');
    expect(picks(chosen, 2)).toEqual([0, 1]);
    chosen.onReports([idle, idle, idle, idle]);
    chosen.onEnded(0);
    expect(picks(chosen, 3)).toEqual([2, 3, 0]);
  });

  test('moves on with every request', () => {
    const chosen = balancer('2026');
    for (const rank of [0, 1, 2, 3, 0]) {
      expect(chosen.pick()).toBe(rank);
      chosen.onEnded(rank);
      chosen.onReports([idle, idle, idle, idle]);
    }
  });
});
