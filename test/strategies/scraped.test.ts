import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RankLoad, rankScores } from '../../sim/endpoints/rank-scores.ts';
import type { ReplicaView, ReportedLoad } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import {
  chiSquareOfEqual,
  replicaView,
  reportedLoad,
  requestView,
  tally,
} from '../support/views.ts';

// The strategies whose cost is read straight off the reports.

const asReported = { correct: 'nothing', discountAfterS: 86_400, dropAfterS: 86_400 };

const anyReport: fc.Arbitrary<ReportedLoad> = fc.record({
  sampledAtUs: fc.constant(0),
  waiting: fc.nat(8),
  running: fc.nat(30),
  kvUsage: fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
  sentSince: fc.nat(4),
  sentPromptTokensSince: fc.nat(3).map((thousands) => thousands * 1_000),
  endedSince: fc.nat(4),
});

const anyFleet = fc
  .array(fc.tuple(anyReport, fc.nat(12)), { minLength: 1, maxLength: 32 })
  .map((all) =>
    all.map(([reported, inFlight], index) => replicaView(index, { reported, inFlight })),
  );

/** Whom a strategy picks must be one of least cost, of every fleet. */
function picksTheLeast(
  name: string,
  options: Readonly<Record<string, unknown>>,
  cost: (replica: ReplicaView) => number,
): void {
  const property = fc.property(anyFleet, fc.nat(), (fleet, seed) => {
    const strategy = makeStrategy(name, options, seed);
    const picked = strategy.pick(requestView(0), fleet, 500_000) as ReplicaView;
    expect(cost(picked)).toBeCloseTo(Math.min(...fleet.map(cost)), 9);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
}

const added = ({ sentSince, endedSince }: ReportedLoad) => sentSince - endedSince;

test('least-waiting picks the fewest waiting, with what has changed since', () => {
  picksTheLeast('least-waiting', asReported, ({ reported }) => reported.waiting);
  picksTheLeast('least-waiting', {}, ({ reported }) =>
    Math.max(0, reported.waiting + added(reported)),
  );
});

test('least-kv picks the least use of the cache, with the prompts sent since', () => {
  picksTheLeast('least-kv', asReported, ({ reported }) => reported.kvUsage);
  picksTheLeast(
    'least-kv',
    {},
    ({ reported, kvTokens }) => reported.kvUsage + reported.sentPromptTokensSince / kvTokens,
  );
});

test('least-load picks the fewest requests there, whoever sent them', () => {
  const load = ({ running, waiting }: ReportedLoad) => running + waiting;
  picksTheLeast('least-load', asReported, ({ reported }) => load(reported));
  picksTheLeast('least-load', {}, ({ reported, inFlight }) =>
    Math.max(inFlight, load(reported) + added(reported)),
  );
});

test('least-load of two never picks the one that is busier than all others', () => {
  const fleet = [3, 9, 4, 4].map((running, index) =>
    replicaView(index, { reported: reportedLoad({ running }) }),
  );
  const strategy = makeStrategy('least-load', { choose: 'two' });
  const counts = tally(12_000, 4, (request) => strategy.pick(request, fleet, 0));
  expect(counts[1]).toBe(0);
  // The least loaded is in half of the pairs, and wins all of them.
  expect(counts[0]! / 12_000).toBeCloseTo(1 / 2, 1);
});

describe('vllm-dp', () => {
  /** What an API process of vLLM would look at; what it sent counts as waiting. */
  const seen = ({ inFlight, reported }: ReplicaView): RankLoad => ({
    waiting: reported.waiting + reported.sentSince,
    running: reported.running,
    kvUsage: reported.kvUsage,
    ownInFlight: inFlight,
  });

  test.each([
    ['classic', 'classic'],
    ['since-2026', '2026'],
  ] as const)('scores as the balancer of the engine: %s', (score, name) => {
    picksTheLeast('vllm-dp', { score }, (replica) => rankScores[name](seen(replica), 1));
    picksTheLeast('vllm-dp', { score, ties: 'random' }, (replica) =>
      rankScores[name](seen(replica), 1),
    );
    picksTheLeast('vllm-dp', { score, correct: 'nothing' }, ({ inFlight, reported }) =>
      rankScores[name]({ ...reported, ownInFlight: inFlight }, 1),
    );
  });

  test('gives ties to the first, since 2026 to the next in turn, or to chance', () => {
    const fleet = [0, 1, 2, 3].map((index) => replicaView(index, { reported: reportedLoad() }));
    const picks = (options: object) => {
      const strategy = makeStrategy('vllm-dp', { ...options });
      return [1, 2, 3, 4, 5, 6].map((id) =>
        fleet.indexOf(strategy.pick(requestView(id), fleet, 0) as never),
      );
    };
    expect(picks({})).toEqual([0, 0, 0, 0, 0, 0]);
    expect(picks({ score: 'since-2026' })).toEqual([0, 1, 2, 3, 0, 1]);
    expect(new Set(picks({ ties: 'random' })).size).toBeGreaterThan(1);
  });
});

test.each(['least-waiting', 'least-kv', 'least-load'])('%s breaks ties by equal chance', (name) => {
  const fleet = [2, 1, 1, 2, 1].map((load, index) =>
    replicaView(index, { reported: reportedLoad({ waiting: load, kvUsage: load / 4 }) }),
  );
  const strategy = makeStrategy(name);
  const counts = tally(30_000, 5, (request) => strategy.pick(request, fleet, 0));
  expect([counts[0], counts[3]]).toEqual([0, 0]);
  // The 99.9 % point of 2 degrees of freedom.
  expect(chiSquareOfEqual([counts[1]!, counts[2]!, counts[4]!])).toBeLessThan(13.8);
});

test.each(['least-waiting', 'least-kv', 'least-load', 'vllm-dp'])(
  '%s does not take a silent replica for an idle one',
  (name) => {
    const silent = replicaView(0, {
      inFlight: 40,
      awaiting: 20,
      inFlightPromptTokens: 380_000,
    });
    const reported = reportedLoad({ waiting: 2, running: 10, kvUsage: 0.3 });
    const fleet = [silent, replicaView(1, { reported, inFlight: 9 })];
    expect(makeStrategy(name).pick(requestView(0), fleet, 0)).toBe(fleet[1]);
  },
);
