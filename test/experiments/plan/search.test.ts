import { describe, expect, test } from 'vitest';
import { Worth } from '../../../experiments/plan/bounds.ts';
import { candidates } from '../../../experiments/plan/candidates.ts';
import {
  byCost,
  type Fleet,
  fleetKey,
  fleetText,
  usdPerHourOf,
} from '../../../experiments/plan/fleet.ts';
import { FleetJudge } from '../../../experiments/plan/judge-fleet.ts';
import { isWithin } from '../../../experiments/plan/losses.ts';
import { type PlanQuestion, planQuestion } from '../../../experiments/plan/question.ts';
import { cheapestFleet } from '../../../experiments/plan/search.ts';
import { searchBoth } from '../../../experiments/plan/spot-worth.ts';
import { threadExecutor } from '../../../experiments/thread-executor.ts';
import { type SmallPlan, smallPlan } from '../../support/plans.ts';

const prices = (all: Readonly<Record<string, number>>) => new Map(Object.entries(all));

/** Small in number, and different in kind. */
const scenarios: Readonly<Record<string, SmallPlan & { readonly winner: RegExp }>> = {
  'one kind wins': {
    winner: /^\d × L4$/,
    gpus: ['A10G', 'L4'],
    prices: prices({ A10G: 1, L4: 0.9 }),
  },
  'a mixture wins': {
    winner: / \+ /,
    rate: 50,
    slo: ['ttft.p99 < 800ms'],
    strategiesOf: ['predicted-finish'],
    gpus: ['A100-80GB-SXM', 'L4'],
    prices: prices({ 'A100-80GB-SXM': 4, L4: 0.5 }),
  },
  'a loss has to be survived': {
    winner: /^3 × A100-80GB-SXM$/,
    survive: 1,
    gpus: ['A100-80GB-SXM', 'L4'],
    prices: prices({ 'A100-80GB-SXM': 1.9, L4: 1 }),
  },
  'some of it is on spot': {
    winner: /^\d × A10G \+ \d × A10G spot$/,
    survive: 1,
    rate: 30,
    maxReplicas: 8,
    gpus: ['A10G'],
    prices: prices({ A10G: 1 }),
    spot: { reclaimShare: 0.5, prices: prices({ A10G: 0.8 }) },
  },
};

function judgeOf(question: PlanQuestion): FleetJudge {
  return new FleetJudge({ ...question, executor: threadExecutor(0) });
}

describe.each(Object.entries(scenarios))('when %s', (_name, { winner, ...given }) => {
  const question = planQuestion(smallPlan(given));
  const judge = judgeOf(question);
  const all = [...candidates(question)].sort(byCost);

  test('the search finds what judging every fleet finds', async () => {
    let cheapest: Fleet | undefined;
    const passing: Fleet[] = [];
    for (const fleet of all) {
      const { kind } = await judge.judge(fleet);
      if (kind !== 'keeps') continue;
      passing.push(fleet);
      cheapest ??= fleet;
    }
    const searching = judgeOf(question);
    const { best, uniform } = (await searchBoth({ ...question, judge: searching })).found;
    expect(fleetText(best!)).toMatch(winner);
    expect(fleetKey(best!)).toBe(fleetKey(cheapest!));
    expect(searching.runs).toBeLessThan(judge.runs / 2);

    // The bound keeps every fleet that passes.
    const worth = new Worth({ ...question, needs: (card) => question.needs.get(card.group)! });
    for (const { card, failing } of uniform.values()) if (failing) worth.learn(card, failing);
    expect(passing.filter((fleet) => worth.isTooLittle(fleet)).map(fleetText)).toEqual([]);

    // What both rest on: more replicas never make a fleet fail, nor worth less.
    for (const fleet of all) {
      const isMore = (other: Fleet) => other !== fleet && isWithin(fleet, other, question);
      for (const more of all.filter(isMore)) {
        if (worth.isTooLittle(more)) expect(worth.isTooLittle(fleet)).toBe(true);
        if (!passing.includes(fleet)) continue;
        expect([fleetText(more), (await judge.judge(more)).kind]).not.toContain('fails');
      }
    }
  });
});

test('a loss that has to be survived costs something', async () => {
  const given = scenarios['a loss has to be survived']!;
  const usd = await Promise.all(
    [0, 1].map(async (survive) => {
      const question = planQuestion(smallPlan({ ...given, survive }));
      const { best } = await cheapestFleet({ ...question, judge: judgeOf(question) });
      return usdPerHourOf(best!);
    }),
  );
  expect(usd[0]).toBeLessThan(usd[1]!);
});
