import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyByLoad } from '../../strategies/shared/latency-by-load.ts';
import { ProbePool } from '../../strategies/shared/probe-pool.ts';
import { SlidingQuantile } from '../../strategies/shared/sliding-quantile.ts';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { fleetView, reportedLoad, requestView } from '../support/views.ts';

/** All of a small fleet is looked at for each request. */
const seesAll = { probesPerRequest: 16 };

/** Replicas that report so many running requests, and have answered in so many milliseconds. */
function warmed(strategy: Strategy, running: readonly number[], ttftsMs: readonly number[]) {
  const fleet = fleetView(new Array<number>(running.length).fill(0), ({ index }) => ({
    reported: reportedLoad({ running: running[index]! }),
  }));
  for (const [index, ms] of ttftsMs.entries()) {
    tellServed(strategy, fleet[index]!, { sentUs: 0, ttftUs: ms * 1_000 });
  }
  return fleet;
}

function pickOf(strategy: Strategy, fleet: readonly ReplicaView[], nowUs = 500_000): number {
  return (strategy.pick(requestView(0), fleet, nowUs) as ReplicaView).index;
}

describe('prequal', () => {
  test('picks the fastest of those that are not hot', () => {
    const strategy = makeStrategy('prequal', seesAll);
    // The fastest of all is hot.
    const fleet = warmed(strategy, [2, 3, 1, 2, 3, 1, 2, 20], [90, 40, 80, 70, 60, 95, 85, 5]);
    for (let i = 0; i < 20; i++) expect(pickOf(strategy, fleet, 500_000 + i)).toBe(1);
  });

  test('picks the least loaded when all are hot', () => {
    const strategy = makeStrategy('prequal', { ...seesAll, hotQuantile: 0 });
    const light = warmed(strategy, [1, 1, 1, 1], [10, 10, 10, 10]);
    pickOf(strategy, light);
    const heavy = warmed(strategy, [9, 7, 8, 6], [10, 20, 30, 400]);
    for (let i = 0; i < 5; i++) expect(pickOf(strategy, heavy, 600_000 + i)).toBe(3);
  });

  test('looks at few, and still never sends much to who is hot', () => {
    const strategy = makeStrategy('prequal');
    const running = Array.from({ length: 32 }, (_, index) => (index < 3 ? 100 : 5));
    const fleet = warmed(strategy, running, new Array<number>(32).fill(50));
    const counts = new Array<number>(32).fill(0);
    for (let i = 0; i < 3_000; i++) counts[pickOf(strategy, fleet, 500_000 + i)]! += 1;
    expect(counts[0]! + counts[1]! + counts[2]!).toBeLessThan(30);
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(28);
  });

  test('uses no answer that is too old, and so chance when it looks at one at a time', () => {
    const strategy = makeStrategy('prequal', { probesPerRequest: 1, keepS: 1 });
    const fleet = warmed(strategy, [1, 1, 1, 50], [10, 10, 10, 900]);
    const counts = new Array<number>(4).fill(0);
    // Every look is older than a second by the time of the next.
    for (let i = 0; i < 4_000; i++) counts[pickOf(strategy, fleet, i * 1_100_000)]! += 1;
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });

  test('learns the latency of a replica and tries one of which nothing is known', () => {
    const strategy = makeStrategy('prequal', seesAll);
    const fleet = warmed(strategy, [1, 1, 1], [50, 60]);
    expect(pickOf(strategy, fleet)).toBe(2);
    tellServed(strategy, fleet[2]!, { sentUs: 600_000, ttftUs: 100_000 });
    expect(pickOf(strategy, fleet, 800_000)).toBe(0);
  });
});

test('an answer says one more after each use, until it is worn out', () => {
  const pool = new ProbePool({ hotQuantile: 0.84, keepUs: 1e6 });
  const fleet = fleetView([0, 0, 0]);
  for (const [latencyUs, replica] of [
    [100, fleet[0]!],
    [200, fleet[1]!],
  ] as const) {
    pool.answer.set([5, latencyUs, 2]);
    pool.put(replica, 0);
  }
  const costs = new Float64Array(3);
  const costsNow = () => {
    pool.writeCosts(costs, fleet);
    return [...costs];
  };
  const none = Number.POSITIVE_INFINITY;
  expect(costsNow()).toEqual([100, 200, none]);
  pool.use(fleet[0]!);
  expect(costsNow()).toEqual([1e15 + 6, 200, none]);
  pool.use(fleet[0]!);
  expect(costsNow()).toEqual([none, 200, none]);
  expect(pool.expire(fleet, 1e6)).toBe(1);
  expect(pool.expire(fleet, 1e6 + 1)).toBe(0);
});

test('the worst of the pool is the hottest, and the slowest if none is hot', () => {
  const pool = new ProbePool({ hotQuantile: 0.5, keepUs: 1e6 });
  const fleet = fleetView([0, 0, 0, 0]);
  const answers = [
    [4, 900],
    [8, 100],
    [9, 50],
    [3, 800],
  ] as const;
  for (const [index, [load, latencyUs]] of answers.entries()) {
    pool.answer.set([load, latencyUs, 9]);
    pool.put(fleet[index]!, index);
  }
  const costs = new Float64Array(4);
  const gone: number[] = [];
  for (let i = 0; i < 3; i++) {
    pool.removeWorst(fleet);
    pool.writeCosts(costs, fleet);
    gone.push([...costs].filter((cost) => cost === Number.POSITIVE_INFINITY).length);
    gone.push(costs.findIndex((cost, at) => cost === Number.POSITIVE_INFINITY && at > 1));
  }
  // The threshold is 8: replica 2 is hot and goes first, then the slowest, 0, then 3.
  expect(gone).toEqual([1, 2, 2, 2, 3, 2]);
  expect(costs[1]).toBe(100);
});

test('the latency at a load is the median of the nearest samples', () => {
  const samples = fc.array(fc.tuple(fc.nat(30), fc.nat(1_000)), { maxLength: 100 });
  const property = fc.property(samples, fc.nat(30), (all, load) => {
    const latencies = new LatencyByLoad();
    for (const [at, latency] of all) latencies.add(3, latency, at);
    const nearest = all
      .slice(-64)
      .reverse()
      .map(([at, latency], age) => ({ distance: Math.abs(at - load), latency, age }))
      .sort((a, b) => a.distance - b.distance || a.age - b.age)
      .slice(0, 9)
      .map(({ latency }) => latency)
      .sort((a, b) => a - b);
    const values = Float64Array.of(load, -1);
    latencies.writeEstimateUs(values, 0, 3);
    expect(values[1]).toBe(nearest[nearest.length >> 1] ?? 0);
  });
  fc.assert(property, { seed: 1, numRuns: 1_000 });
});

test('a sliding quantile is that of the last values, sorted', () => {
  const values = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
  const property = fc.property(
    values,
    fc.integer({ min: 1, max: 12 }),
    fc.nat(100),
    (all, size, q) => {
      const sliding = new SlidingQuantile(size, q / 100);
      const out = new Float64Array(1);
      for (const [i, value] of all.entries()) {
        sliding.add(Float64Array.of(value));
        sliding.write(out, 0);
        const sorted = all.slice(Math.max(0, i + 1 - size), i + 1).sort((a, b) => a - b);
        const rank = Math.min(sorted.length - 1, Math.floor((q / 100) * sorted.length));
        expect(out[0]).toBe(sorted[rank]);
      }
    },
  );
  fc.assert(property, { seed: 1, numRuns: 1_000 });
});
