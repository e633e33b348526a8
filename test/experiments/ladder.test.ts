import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measuredWindow } from '../../core/measured-window.ts';
import { keepsSlo, kneeOf, missingPlaces } from '../../experiments/ladder/knee.ts';
import { climbLadder, type LadderOptions } from '../../experiments/ladder/ladder.ts';
import { type LadderRange, rungsOf } from '../../experiments/ladder/rungs.ts';
import { scalableScenario } from '../../experiments/ladder/scaled-scenario.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { ladderReport } from '../../reports/html/ladder-page.ts';
import { ladderSchema } from '../../reports/ladder.ts';
import { askedRps } from '../../scenarios/asked-rate.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { smallLadder } from '../support/ladders.ts';
import { smallScenario, writtenScenario } from '../support/scenarios.ts';
import { executorOf, runWithTtft } from '../support/seeded-runs.ts';

const between = (from: number, to: number) =>
  ({ axis: 'rate', kind: 'between', from, to }) as const;

describe('the places of a ladder', () => {
  const ends = fc
    .tuple(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 1.02, max: 50, noNaN: true }),
    )
    .map(([from, factor]) => [from, from * factor] as const);

  test('rise in steps of 1 % from end to end', () => {
    fc.assert(
      fc.property(ends, ([from, to]) => {
        const { always, places } = rungsOf(between(from, to));
        expect([places[0], places.at(-1)]).toEqual([from, to]);
        expect([always[0], always.at(-1)]).toEqual([0, places.length - 1]);
        for (const [index, place] of places.slice(1).entries()) {
          // Places are rounded to four digits.
          expect(place / places[index]!).toBeGreaterThan(1);
          expect(place / places[index]!).toBeLessThan(1.0115);
        }
      }),
    );
  });

  test('a search comes to the last that keeps the SLO, in few looks', () => {
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), ([from, to], share) => {
        const rungs = rungsOf(between(from, to));
        const last = Math.round(share * (rungs.places.length + 1)) - 1;
        const known = new Map<number, boolean>();
        for (;;) {
          const missing = missingPlaces(known, rungs);
          if (missing.length === 0) break;
          for (const place of missing) {
            expect(known.has(place)).toBe(false);
            known.set(place, place <= last);
          }
        }
        expect(kneeOf(known)).toEqual({
          highest: last < 0 ? undefined : Math.min(last, rungs.places.length - 1),
          broken: last < rungs.places.length - 1 ? last + 1 : undefined,
        });
        expect(known.size).toBeLessThanOrEqual(
          6 + Math.ceil(Math.log2(rungs.places.length / 5 + 1)) + 1,
        );
      }),
    );
  });

  test('of somebody’s own are all there is', () => {
    const range: LadderRange = { axis: 'load', kind: 'points', points: [0.8, 0.4, 0.8] };
    expect(rungsOf(range)).toEqual({ places: [0.4, 0.8], always: [0, 1] });
  });
});

describe('a scaled scenario', () => {
  const asked = (scenario: Scenario) =>
    scenario.traffic.reduce((sum, one) => sum + askedRps(one, measuredWindow(scenario)), 0);

  const capacities = () => ({ rps: 100, requestsPerJob: 1 });

  test.each(['azure-chat', 'noisy-neighbour', 'overload-ramp'])(
    '%s asks for as much as it is told, every entry for its part',
    (name) => {
      const scenario = resolveLoad(writtenScenario(name), capacities);
      const { asked: load, at } = scalableScenario(writtenScenario(name), 'load', capacities);
      expect(at(load)).toEqual(scenario);
      const ownRps = scenario.traffic.map((one) => one.loadRate?.rps);
      for (const factor of [0.5, 1.25]) {
        const scaled = at(load * factor);
        const sum = scaled.traffic.reduce((all, one) => all + (one.load ?? 0), 0);
        expect(sum).toBeCloseTo(load * factor, 9);
        for (const [index, { loadRate }] of scaled.traffic.entries()) {
          if (ownRps[index] === undefined) expect(loadRate).toBeUndefined();
          else expect(loadRate!.rps / ownRps[index]).toBeCloseTo(factor, 6);
        }
      }
    },
  );

  test('has the same requests, only closer to one another', () => {
    const small = smallScenario();
    const { asked: rate, at } = scalableScenario(small, 'rate');
    expect(rate).toBeCloseTo(5, 9);
    expect(at(rate)).toEqual(small);
    expect(asked(at(10))).toBeCloseTo(10, 9);
    const first = (scenario: Scenario) => {
      const stream = new RequestStream(scenario, 3);
      return Array.from({ length: 20 }, () => stream.next());
    };
    const [slow, fast] = [first(small), first(at(10))];
    for (const [index, { arrivalUs, ...request }] of fast.entries()) {
      const { arrivalUs: slowUs, ...same } = slow[index]!;
      expect(request).toEqual(same);
      expect(Math.abs(slowUs - 2 * arrivalUs)).toBeLessThanOrEqual(2);
    }
  });

  test('is refused where there is nothing to scale, with what to write', () => {
    expect(() => scalableScenario(smallScenario(), 'load')).toThrow('Write --over rate=10..60');
    const users = smallScenario({ traffic: [{ users: { users: 2 } }] });
    expect(() => scalableScenario(users, 'rate')).toThrow('users wait for their answers');
    const chat = writtenScenario('azure-chat');
    expect(() => scalableScenario(chat, 'rate')).toThrow('Write --over load=0.4..1.1');
  });
});

test('a knee found by halving is that of a ladder in steps of 1 %', async () => {
  const options = smallLadder();
  const halved = await climbLadder(options);
  const { places } = rungsOf(options.range);
  const range: LadderRange = { axis: 'rate', kind: 'points', points: places };
  const whole = await climbLadder({ ...options, range });
  expect(ladderSchema.omit({ meta: true }).parse(halved)).toMatchObject({ kind: 'ladder' });
  for (const [index, { breaks, knee, name, points }] of halved!.strategies.entries()) {
    const fine = whole!.strategies[index]!;
    expect([name, knee, breaks]).toEqual([fine.name, fine.knee, fine.breaks]);
    expect(knee.seedsAbove + knee.seedsBelow).toBe(0);
    expect(points.length).toBeLessThan(fine.points.length);
    // A run is the same whoever asked for it.
    for (const point of points.filter(({ seeds }) => seeds === options.seeds.length)) {
      expect(fine.points).toContainEqual(point);
    }
  }
  expect(halved!.verdict).toMatchObject({ kind: whole!.verdict.kind, best: whole!.verdict.best });
  // What lies between two places of somebody's own is not known.
  expect([halved!.verdict.change === null, whole!.verdict.change]).toEqual([false, null]);
});

/** Keeps the SLO up to a rate, which is a strategy's own. */
function made(kneeOfSeed: (strategy: string, seed: number) => number) {
  const { executor, executed } = executorOf(() => runWithTtft(1));
  return {
    executed,
    executor: {
      execute: async (...[tasks, { onSummary }]: Parameters<typeof executor.execute>) => {
        for (const [index, { scenario, seed, strategy }] of tasks.entries()) {
          const rate = askedRps(scenario.traffic[0]!, measuredWindow(scenario));
          const holds = rate <= kneeOfSeed(strategy.name, seed) * (1 + 1e-9);
          const thresholds = [{ text: 'ttft.p99 < 2s', holds, value: 1 }];
          onSummary(index, { ...runWithTtft(rate), thresholds });
        }
      },
    },
  };
}

describe('the answer', () => {
  const options = (knees: Parameters<typeof made>[0]): LadderOptions => ({
    ...smallLadder(),
    range: between(10, 40),
    seeds: [1, 2, 3, 4, 5, 6, 7, 8],
    executor: made(knees).executor,
  });
  const sentenceOf = async (knees: Parameters<typeof made>[0]) => {
    const forward = await climbLadder(options(knees));
    const { strategies } = options(knees);
    const backward = await climbLadder({ ...options(knees), strategies: strategies.toReversed() });
    expect(backward!.verdict).toEqual(forward!.verdict);
    expect(forward!.strategies.filter(({ standing }) => standing === 'best').length).toBe(
      forward!.verdict.best === null ? 0 : 1,
    );
    return [forward!.verdict.kind, forward!.verdict.sentence] as const;
  };
  const of =
    (random: number, other: number, spread = 0.01) =>
    (name: string, seed: number) =>
      (name === 'random' ? random : other) * (1 + spread * (seed - 4.5));

  test('names who carries how much more, before what breaks', async () => {
    const [kind, sentence] = await sentenceOf(of(20, 24));
    expect(kind).toBe('winner');
    expect(sentence).toMatch(
      /^least-requests carries (19|20)\.\d % \[[\d., ]+\] more load than random before it breaks ttft\.p99 < 2s: 2[34]\.\d against (19|20)\.\d requests\/s, more in 8 of 8 seeds\.$/,
    );
  });

  test.each([
    ['a tie', of(20, 20.2, 0.001), 'tied', /too close to tell in steps of 1 %|same load/],
    ['the same knees', of(20, 20), 'identical', /keep the SLO until the same load in all 8 seeds/],
    [
      'both above the end',
      of(50, 60),
      'outside',
      /at 40\.0 requests\/s still, where the ladder ends, in 8 and 8 of 8 seeds\. Let it end higher\.$/,
    ],
    ['one above the end', of(20, 60), 'winner', /^least-requests carries at least \d+/],
    [
      'none at the begin',
      of(5, 6),
      'none',
      /^No strategy keeps the SLO at 10\.0 requests\/s.*Let it begin lower\.$/,
    ],
    [
      'the best at the begin in some seeds',
      of(5, 10, 0.05),
      'outside',
      /in only 4 of 8 seeds\. Let it begin lower\.$/,
    ],
  ] as const)('of %s', async (_name, knees, kind, words) => {
    const [found, sentence] = await sentenceOf(knees);
    expect(sentence).toMatch(words);
    expect(kind === 'tied' ? ['tied', 'identical'] : [kind]).toContain(found);
  });

  test('is the same whatever order runs end in, and no run is asked for twice', async () => {
    const asked = new Set<string>();
    let doubles = 0;
    const { executor } = made(of(20, 24));
    const counting = {
      execute: (...[tasks, rest]: Parameters<typeof executor.execute>) => {
        for (const { scenario, seed, strategy } of tasks) {
          const key = JSON.stringify([scenario.traffic, seed, strategy]);
          if (asked.has(key)) doubles += 1;
          asked.add(key);
        }
        return executor.execute(tasks, rest);
      },
    };
    const result = await climbLadder({ ...options(of(20, 24)), executor: counting });
    const runs = result!.strategies.flatMap(({ points }) => points.map(({ seeds }) => seeds));
    expect(doubles).toBe(0);
    expect(runs.reduce((sum, seeds) => sum + seeds, 0)).toBe(asked.size);
  });

  test('after Ctrl-C is that of the seeds that have arrived, or none', async () => {
    const controller = new AbortController();
    controller.abort();
    const { signal } = controller;
    expect(await climbLadder({ ...options(of(20, 24)), signal })).toBeUndefined();
  });
});

test('a run that falls behind keeps nothing, whatever its percentiles', () => {
  expect(keepsSlo(runWithTtft(1))).toBe(true);
  expect(keepsSlo({ ...runWithTtft(1), saturated: true })).toBe(false);
});

test('the report of a ladder has its answer, its knees and every place', async () => {
  const result = (await climbLadder(smallLadder()))!;
  const run = { startedAt: '2026-01-01T00:00:00Z', durationMs: 1, node: '20', command: 'x' };
  const page = await ladderReport({ ...result, meta: { ...result.meta, run } });
  expect(page).toContain('ttft.mean');
  const places = result.strategies.reduce((sum, { points }) => sum + points.length, 0);
  expect(page.match(/<tr>/g)!.length).toBe(2 + result.strategies.length + places);
});
