import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Card,
  type Fleet,
  replicasByGroup,
  replicasOf,
  usdPerHourOf,
} from '../../../experiments/plan/fleet.ts';
import { FleetJudge } from '../../../experiments/plan/judge-fleet.ts';
import { reclaimOf } from '../../../experiments/plan/loss-events.ts';
import {
  isWithin,
  type Losses,
  leastLeft,
  leftOvers,
  mostMissedBy,
  reclaimOfShare,
} from '../../../experiments/plan/losses.ts';
import { planQuestion } from '../../../experiments/plan/question.ts';
import { threadExecutor } from '../../../experiments/thread-executor.ts';
import { planSchema } from '../../../reports/plan.ts';
import { planMarkdown } from '../../../reports/plan-markdown.ts';
import { type SmallPlan, smallPlan, smallPlanned } from '../../support/plans.ts';
import { smallScenario } from '../../support/scenarios.ts';

const engine = smallScenario().fleet[0]!.engine;

function card(group: string, usdPerHour: number): Card {
  const gpu = group.toUpperCase();
  return { group, gpu, engine, tensorParallelSize: 1, gpusPerReplica: 1, usdPerHour };
}

const [a, b] = [card('a', 1), card('b', 2)];
const onSpot = (of: Card): Card => ({ ...of, group: `${of.group}-spot`, spotOf: of.group });
const cards = [a, onSpot(a), b, onSpot(b)];
const worthOf = (one: Card) => one.usdPerHour;

const someFleet = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 4 })
  .map((counts): Fleet => {
    const parts = cards.map((one, index) => ({ card: one, replicas: counts[index]! }));
    return { parts: parts.filter(({ replicas }) => replicas > 0) };
  })
  .filter(({ parts }) => parts.length > 0);
const someLosses = fc
  .record({ survive: fc.integer({ min: 0, max: 2 }), percent: fc.integer({ min: 1, max: 100 }) })
  .map(({ percent, survive }): Losses => {
    const reclaim = reclaimOfShare(percent / 100, worthOf);
    return { survive, mostMissed: mostMissedBy(worthOf), reclaim };
  });

describe('a reclaim', () => {
  test('takes a share of one kind on spot, rounded up, and nothing that is on demand', () => {
    fc.assert(
      fc.property(someFleet, someLosses, (fleet, { reclaim }) => {
        const lost = reclaim!.lost(fleet);
        const spot = fleet.parts.filter((part) => part.card.spotOf !== undefined);
        expect(lost === undefined).toBe(spot.length === 0);
        if (lost === undefined) return;
        const part = spot.find((one) => one.card === lost.card)!;
        expect(lost.replicas).toBe(
          Math.ceil((Math.round(100 * reclaim!.share) * part.replicas) / 100),
        );
        const window = { warmupUs: 60e6, durationUs: 600e6 };
        const [event] = reclaimOf(fleet, reclaim!, window);
        if (event?.kind !== 'reclaim') throw new Error('a reclaim is one event');
        expect(event).toMatchObject({ at: '6m', notice: '30s', replacement: '4m' });
        // On spot are the last of their group, of which the first are on demand.
        const group = lost.card.spotOf!;
        const numbers = event.replicas.map((name) => Number(name.slice(group.length + 1)));
        const all = replicasByGroup(fleet).get(group)!;
        expect(Math.max(...numbers)).toBe(all);
        expect(Math.min(...numbers)).toBeGreaterThan(all - part.replicas);
        expect(new Set(numbers).size).toBe(lost.replicas);
      }),
    );
  });

  test('leaves no more of a fleet than of one that has all its replicas', () => {
    fc.assert(
      fc.property(someFleet, someFleet, someLosses, (one, other, losses) => {
        if (!isWithin(one, other, losses)) return;
        expect(replicasOf(one)).toBeLessThanOrEqual(replicasOf(other));
        const worth = (fleet: Fleet | undefined) => (fleet ? usdPerHourOf(fleet) : 0);
        const least = (fleet: Fleet) => Math.min(...leftOvers(fleet, losses).map(worth));
        expect(least(one)).toBeLessThanOrEqual(least(other) + 1e-9);
      }),
    );
  });

  test('leaves what is on demand, which does for what is on spot', () => {
    fc.assert(
      fc.property(someFleet, someLosses, (fleet, losses) => {
        const parts = fleet.parts.map(({ card, replicas }) => {
          const onDemand = cards.find(({ group }) => group === card.spotOf) ?? card;
          return { card: onDemand, replicas };
        });
        expect(isWithin(fleet, { parts }, losses)).toBe(true);
        const onlySpot = fleet.parts.filter(({ card }) => card.spotOf !== undefined);
        for (const { card, replicas } of onlySpot) {
          const left = leastLeft({ parts: [{ card, replicas }] }, { ...losses, survive: 0 });
          expect(left).toBe(Math.floor((1 - losses.reclaim!.share) * replicas + 1e-9));
        }
      }),
    );
  });
});

const small: SmallPlan = {
  gpus: ['A10G'],
  survive: 1,
  rate: 30,
  maxReplicas: 8,
  prices: new Map([['A10G', 1]]),
  spot: { reclaimShare: 0.5, prices: new Map([['A10G', 0.8]]) },
};

test('what a fleet does with nothing taken back is simulated once, on spot or on demand', async () => {
  const question = planQuestion(smallPlan(small));
  const judge = new FleetJudge({ ...question, executor: threadExecutor(0) });
  const [onDemand, spot] = question.cards as [Card, Card];
  const fleetOf = (first: number, second: number): Fleet => ({
    parts: [
      { card: onDemand, replicas: first },
      { card: spot, replicas: second },
    ],
  });
  await judge.judge({ parts: [{ card: onDemand, replicas: 6 }] });
  const { runs } = judge;
  expect(await judge.judge(fleetOf(5, 1))).toMatchObject({ kind: 'keeps' });
  expect(judge.runs).toBe(runs + question.seeds.length);
  // Half of one, rounded up, is as much as half of two.
  await judge.judge(fleetOf(4, 2));
  expect(judge.runs).toBe(runs + question.seeds.length);
});

test('an answer with spot says what it saves, and what it was judged by', async () => {
  const [found, without] = await Promise.all([
    smallPlanned(small),
    smallPlanned({ ...small, spot: undefined }),
  ]);
  expect(planSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const { answer, question, spot, winner } = found;
  expect(winner!.fleet.groups.map(({ market }) => market)).toEqual([undefined, 'spot']);
  expect(spot!.onDemand!.fleet).toEqual(without.winner!.fleet);
  const [less, more] = [winner!.fleet.usdPerHour, without.winner!.fleet.usdPerHour];
  expect(spot!.savesUsdPerHour).toBeCloseTo(more - less);
  expect(spot!.savesShare).toBeCloseTo(1 - less / more);
  expect(answer.reasons.join(' ')).toContain(`Spot saves $${(more - less).toFixed(2)} an hour`);
  expect(answer.sentence).toContain('or 50 % of the spot replicas of a kind taken back at once');
  const situations = new Set(winner!.verdict.checks.map(({ situation }) => situation));
  expect([...situations]).toEqual(['reclaim', 'n-1', 'peak']);
  expect(
    question.prices.map(({ market, tier, usdPerGpuHour }) => [market, tier, usdPerGpuHour]),
  ).toEqual([
    [undefined, 'given', 1],
    ['spot', 'given', 0.8],
  ]);
  expect(planMarkdown(found)).toContain('| A10G spot | 0.80 | given |');
  expect('spot' in without || 'reclaimShare' in without.question).toBe(false);
});

test('what may all be gone is no fleet, and where one replica will do spot is of no use', async () => {
  const { answer, winner } = await smallPlanned({ ...small, survive: 0, rate: 3 });
  expect(winner!.fleet.text).not.toContain('spot');
  expect(answer.reasons).toContain('Spot saves nothing: the cheapest fleet is without it.');
});

describe('a spot price', () => {
  const ask = (given: SmallPlan) => () => planQuestion(smallPlan(given));
  const spot = { reclaimShare: 0.5 };

  test('is that of the catalogue, in the tier that was asked for', () => {
    const { cards, prices } = planQuestion(smallPlan({ gpus: ['A10G'], spot }));
    expect(prices[1]).toMatchObject({ gpu: 'A10G', market: 'spot', usdPerGpuHour: 0.5 });
    expect(cards.map(({ group, usdPerHour }) => [group, usdPerHour])).toEqual([
      ['a10g', 1.006],
      ['a10g-spot', 0.5],
    ]);
  });

  test('that nobody knows is asked for', () => {
    expect(ask({ gpus: ['L4'], spot })).toThrow(
      /L4 spot: no spot price is known; give one with --price L4:spot=/,
    );
    const both = planQuestion(smallPlan({ gpus: ['A10G', 'L4'], spot }));
    expect(both.leftOut).toEqual([
      { gpu: 'L4 spot', reason: expect.stringContaining('no spot price is known') },
    ]);
    expect(ask({ gpus: ['A10G', 'L4'], spot: { ...spot, gpus: ['L4'] } })).toThrow(/L4 spot/);
  });

  test('of a GPU that is not planned with is refused, and one that saves nothing', () => {
    expect(ask({ gpus: ['A10G'], spot: { ...spot, gpus: ['L4'] } })).toThrow(
      'L4 on spot cannot be planned with: it is not among --gpus.',
    );
    const prices = new Map([['A10G', 3]]);
    expect(ask({ gpus: ['A10G'], spot: { ...spot, prices } })).toThrow(/costs \$3, and \$1\.006/);
  });
});
