import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ReportOptions, Reports } from '../../strategies/shared/reported.ts';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { replicaView, reportedLoad } from '../support/views.ts';

// How the strategies that look at metrics read them.

const usual = { correct: 'all', discountAfterS: 1, dropAfterS: 5 } as const;

/** The four readings of a replica. */
function read(replica: ReplicaView, nowUs: number, options: Partial<ReportOptions> = {}) {
  const reports = new Reports({ ...usual, ...options });
  const values = new Float64Array(4);
  reports.writeLoad(values, 0, replica, nowUs);
  reports.writeWaiting(values, 1, replica, nowUs);
  reports.writePromptTokens(values, 2, replica, nowUs);
  reports.writeKvUsage(values, 3, replica, nowUs);
  const [load, waiting, promptTokens, kvUsage] = values as unknown as [
    number,
    number,
    number,
    number,
  ];
  return { load, waiting, promptTokens, kvUsage };
}

const own = { inFlight: 6, awaiting: 2, awaitingPromptTokens: 500, inFlightPromptTokens: 40_000 };
const busy = replicaView(0, {
  ...own,
  kvTokens: 400_000,
  reported: reportedLoad({ waiting: 10, running: 20, kvUsage: 0.5 }),
});
/** What the gateway knows by itself. */
const local = { load: 6, waiting: 2, promptTokens: 500, kvUsage: 0.1 };

describe('a report', () => {
  test('counts whole while it is fresh', () => {
    const whole = { load: 30, waiting: 10, promptTokens: 10_240, kvUsage: 0.5 };
    expect(read(busy, 0)).toEqual(whole);
    expect(read(busy, 1e6)).toEqual(whole);
  });

  test('counts less and less with its age, and then not at all', () => {
    expect(read(busy, 3e6).load).toBe((30 + 6) / 2);
    expect(read(busy, 2e6).waiting).toBe(0.75 * 10 + 0.25 * 2);
    expect(read(busy, 5e6)).toEqual(local);
    expect(read(busy, 1e12)).toEqual(local);
  });

  test('never counts when it never came, and what is missing in it is not zero', () => {
    const silent = replicaView(0, { ...own, kvTokens: 400_000 });
    expect(read(silent, 0)).toEqual(local);
    const partial = reportedLoad({ running: 20, waiting: 10, kvUsage: Number.NaN });
    expect(read({ ...busy, reported: partial }, 0)).toMatchObject({ load: 30, kvUsage: 0.1 });
    const noQueue = reportedLoad({ running: 20, waiting: Number.NaN, kvUsage: 0.5 });
    expect(read({ ...busy, reported: noQueue }, 0)).toEqual({ ...local, kvUsage: 0.5 });
  });

  test('is corrected by what this gateway knows of the time since, as far as it is told to', () => {
    const since = { sentSince: 5, sentPromptTokensSince: 4_000, endedSince: 3 };
    const reported = reportedLoad({ waiting: 10, running: 20, kvUsage: 0.5, ...since });
    const replica = { ...busy, reported };
    expect(read(replica, 0)).toEqual({
      load: 32,
      waiting: 12,
      promptTokens: 14_240,
      kvUsage: 0.51,
    });
    const sent = read(replica, 0, { correct: 'sent' });
    expect(sent).toEqual({ load: 35, waiting: 15, promptTokens: 14_240, kvUsage: 0.51 });
    const nothing = read(replica, 0, { correct: 'nothing' });
    expect(nothing).toEqual({ load: 30, waiting: 10, promptTokens: 10_240, kvUsage: 0.5 });
  });

  test('that froze does not hide what this gateway has there', () => {
    const frozen = { ...busy, reported: reportedLoad() };
    expect(read(frozen, 0)).toMatchObject({ load: 6, promptTokens: 500 });
    expect(read(frozen, 0, { correct: 'nothing' })).toMatchObject({ load: 0 });
  });

  test('may be made to count for ever', () => {
    const ageless = { discountAfterS: 86_400, dropAfterS: 0 };
    expect(read(busy, 86_400e6 - 1, ageless).load).toBe(30);
    expect(read(busy, 86_400e6, ageless).load).toBe(6);
  });

  test('is believed in a share that falls with age from one to the other', () => {
    const property = fc.property(fc.nat(10_000_000), fc.nat(10_000_000), (a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)].map((us) => read(busy, us).load);
      expect(early).toBeGreaterThanOrEqual(late!);
      expect(late).toBeGreaterThanOrEqual(6);
      expect(early).toBeLessThanOrEqual(30);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
