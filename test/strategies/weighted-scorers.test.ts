import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView, ReportedLoad } from '../../strategies/strategy.ts';
import { bestPlaces, playPrefixes, prefixRuns, promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, nothingReported, replicaView, requestView, tally } from '../support/views.ts';

const name = 'weighted-scorers';

const reports: fc.Arbitrary<Partial<ReportedLoad>[]> = fc.array(
  fc.record({
    waiting: fc.oneof(fc.constant(0), fc.nat(300)),
    running: fc.nat(50),
    kvUsage: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
    sentSince: fc.nat(5),
    endedSince: fc.nat(2),
  }),
  { minLength: 1, maxLength: 6 },
);

function reportedFleet(loads: readonly Partial<ReportedLoad>[]): ReplicaView[] {
  return loads.map((load, index) =>
    replicaView(index, {
      inFlight: (load.running ?? 0) * 2,
      inFlightPromptTokens: (load.running ?? 0) * 1_000,
      reported: { ...nothingReported, sampledAtUs: 0, ...load },
    }),
  );
}

/** From 0 for the most to 1 for the least. */
function between(loads: readonly number[]): number[] {
  const [least, most] = [Math.min(...loads), Math.max(...loads)];
  return loads.map((load) => (most === least ? 1 : (most - load) / (most - least)));
}

const scores: Record<string, (fleet: readonly ReplicaView[]) => number[]> = {
  queue: (fleet) => between(fleet.map(({ reported }) => reported.waiting)),
  kv: (fleet) => fleet.map(({ reported }) => 1 - reported.kvUsage),
  running: (fleet) => between(fleet.map(({ reported }) => reported.running)),
  active: (fleet) => {
    const most = Math.max(...fleet.map(({ inFlight }) => inFlight));
    return fleet.map(({ inFlight }) => (inFlight === 0 ? 1 : (most - inFlight) / most));
  },
  tokens: (fleet) =>
    fleet.map(({ inFlightPromptTokens }) => 1 - (2.5 * inFlightPromptTokens) / 4_194_304),
  loadAware: (fleet) =>
    fleet.map(({ reported }) => 0.5 * (1 - Math.min(reported.waiting, 128) / 128)),
};

describe(name, () => {
  test('picks the highest sum of what each score is worth', () => {
    const worth = fc.dictionary(
      fc.constantFrom(...Object.keys(scores)),
      fc.integer({ min: 1, max: 4 }),
    );
    const property = fc.property(reports, worth, fc.nat(), (loads, weights, seed) => {
      const fleet = reportedFleet(loads);
      const sums = fleet.map(() => 0);
      for (const [scorer, weight] of Object.entries(weights)) {
        for (const [i, score] of scores[scorer]!(fleet).entries()) sums[i]! += weight * score;
      }
      const picked = makeStrategy(name, { weights }, seed).pick(requestView(1), fleet, 0);
      expect(bestPlaces(sums.map((sum) => [-sum]))).toContain((picked as ReplicaView).index);
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('scores a prefix by the share of the blocks it looks at', () => {
    const property = fc.property(prefixRuns, (run) => {
      const strategy = makeStrategy(name, { weights: { prefix: 1 }, blocksPerPrompt: 4 });
      for (const { matches, picked } of playPrefixes(strategy, run)) {
        const ranks = matches.map((blocks) => [-Math.min(blocks, 4)]);
        expect(bestPlaces(ranks)).toContain(picked.index);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('weighs queue, KV use and prefix 2 : 2 : 3 unless told otherwise', () => {
    const fleet = (waiting: number, kvUsage: number) =>
      reportedFleet([
        { waiting, kvUsage },
        { waiting: 0, kvUsage: 0 },
      ]);
    const pick = (waiting: number, kvUsage: number) => {
      const strategy = makeStrategy(name);
      const prompt = promptView(1, [1, 2, 3, 4]);
      strategy.onDispatched!(prompt, fleet(0, 0)[0]!, 0);
      return (strategy.pick(prompt, fleet(waiting, kvUsage), 0) as ReplicaView).index;
    };
    expect([pick(0, 0), pick(9, 0.49), pick(9, 0.51), pick(0, 1)]).toEqual([0, 0, 1, 0]);
  });

  test('counts what was sent since as waiting if told to', () => {
    const fleet = reportedFleet([
      { waiting: 0, sentSince: 5, endedSince: 1 },
      { waiting: 3, sentSince: 0, endedSince: 0 },
    ]);
    const pick = (correct: string) => {
      const strategy = makeStrategy(name, { weights: { queue: 1 }, correct });
      return (strategy.pick(requestView(1), fleet, 0) as ReplicaView).index;
    };
    expect([pick('nothing'), pick('all')]).toEqual([0, 1]);
  });

  test('goes by its own requests where nothing is reported', () => {
    const fleet = fleetView([9, 2, 5], ({ inFlight }) => ({ awaiting: inFlight }));
    for (const scorer of ['queue', 'kv', 'running', 'loadAware']) {
      const strategy = makeStrategy(name, { weights: { [scorer]: 1 } });
      expect(strategy.pick(requestView(1), fleet, 0)).toBe(fleet[1]);
    }
  });

  test('forgets what was reported too long ago', () => {
    const fleet = reportedFleet([{ waiting: 9 }, { waiting: 5 }]).map((replica, index) => ({
      ...replica,
      awaiting: index,
    }));
    const strategy = makeStrategy(name, { weights: { queue: 1 } });
    expect(strategy.pick(requestView(1), fleet, 1e6)).toBe(fleet[1]);
    expect(strategy.pick(requestView(2), fleet, 5e6)).toBe(fleet[0]);
  });

  test('gives prompts that nobody has had to one replica after the other', () => {
    const strategy = makeStrategy(name, { weights: { noHitLru: 1 } });
    const fleet = fleetView([0, 0, 0]);
    const picks = [1, 2, 3, 4, 5].map((id) => {
      const prompt = promptView(id, [id, 0]);
      const picked = strategy.pick(prompt, fleet, id) as ReplicaView;
      strategy.onDispatched!(prompt, picked, id);
      return picked.index;
    });
    expect(picks).toEqual([0, 1, 2, 0, 1]);
    const known = tally(300, 3, () => strategy.pick(promptView(9, [5, 0]), fleet, 9));
    expect(Math.min(...known)).toBeGreaterThan(60);
  });

  test('draws in proportion to the sums, or all alike, if told to', () => {
    const fleet = reportedFleet([{ kvUsage: 0.75 }, { kvUsage: 0.25 }, { kvUsage: 1 }]);
    const counts = (picker: string) => {
      const strategy = makeStrategy(name, { weights: { kv: 1 }, picker });
      return tally(12_000, 3, (request) => strategy.pick(request, fleet, 0));
    };
    // Within five standard deviations.
    for (const [i, expected] of [3_000, 9_000, 0].entries()) {
      expect(Math.abs(counts('weighted')[i]! - expected)).toBeLessThan(240);
    }
    for (const count of counts('random')) expect(Math.abs(count - 4_000)).toBeLessThan(260);
  });
});
