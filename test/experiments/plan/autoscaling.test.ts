import { expect, test } from 'vitest';
import { onTimes, scalingOf } from '../../../experiments/plan/autoscaling.ts';
import type { Card, Fleet } from '../../../experiments/plan/fleet.ts';
import { planQuestion } from '../../../experiments/plan/question.ts';
import { planSchema } from '../../../reports/plan.ts';
import { planMarkdown } from '../../../reports/plan-markdown.ts';
import type { RunSummary } from '../../../reports/summary.ts';
import { type SmallPlan, smallPlan, smallPlanned } from '../../support/plans.ts';

/** Quiet, then busy; half of the requests may wait for as long as a queue is not seen. */
const curve: SmallPlan = {
  gpus: ['L4'],
  maxKinds: 1,
  slo: ['ttft.p50 < 1s'],
  tenant: {
    arrivals: {
      kind: 'poisson',
      rate: {
        kind: 'steps',
        points: [
          { at: '0s', rate: 0.6 },
          { at: '12m', rate: 3.5 },
          { at: '28m', rate: 0.6 },
        ],
      },
    },
    output: { kind: 'log-normal', mean: 400, sd: 150, max: 1000 },
  },
  world: { warmup: '2m', duration: '38m' },
};

test('the smallest minimum that keeps the SLO is found, and what it saves', async () => {
  const found = await smallPlanned({ ...curve, survive: 1, autoscale: true });
  expect(planSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const { answer, autoscaling, winner } = found;
  if (autoscaling?.kind !== 'judged') throw new Error('the traffic follows a curve');
  const { best, fixedUsdPerHour, tried } = autoscaling;
  const all = winner!.fleet.replicas;
  expect(all).toBeGreaterThan(2);
  expect(fixedUsdPerHour).toBe(winner!.fleet.usdPerHour);
  expect(best!.minimum).toBeLessThan(all);
  for (const { minimum, replicas, usdPerHour, verdict } of tried) {
    expect([minimum, verdict.kind === 'keeps']).toEqual([minimum, minimum >= best!.minimum]);
    // What may be lost is lost in what is judged, and paid for.
    expect(minimum).toBeGreaterThan(1);
    expect(replicas.least).toBeGreaterThanOrEqual(minimum);
    expect(replicas.most).toBeLessThanOrEqual(all);
    expect(replicas.mean).toBeGreaterThanOrEqual(replicas.least);
    expect(usdPerHour).toBeCloseTo((replicas.mean * fixedUsdPerHour) / all, 2);
  }
  expect(best!.usdPerHour).toBeLessThan(fixedUsdPerHour);
  expect(answer.reasons.join(' ')).toContain('Autoscaling by queue-depth, with 2m to boot, keeps');
  expect(planMarkdown(found)).toContain('### Autoscaling');
});

test('traffic that is the same all the time leaves nothing to follow', async () => {
  const steady: SmallPlan = { gpus: ['A10G'], rate: 3 };
  const { answer, autoscaling, winner } = await smallPlanned({ ...steady, autoscale: true });
  const without = await smallPlanned(steady);
  expect(winner).toEqual(without.winner);
  expect('autoscaling' in without).toBe(false);
  expect(autoscaling).toMatchObject({ kind: 'no-curve' });
  expect(answer.reasons.join(' ')).toContain('Autoscaling changes nothing: the traffic follows no');
});

test('replicas that were on for a part of the time cost that part, on spot less', () => {
  const { scenario } = smallPlan();
  const { engine } = scenario.fleet[0]!;
  const facts = { gpu: 'A', engine, tensorParallelSize: 1, gpusPerReplica: 1 };
  const onDemand: Card = { ...facts, group: 'a', usdPerHour: 2 };
  const spot: Card = { ...facts, group: 'a-spot', spotOf: 'a', usdPerHour: 1 };
  const fleet: Fleet = {
    parts: [
      { card: onDemand, replicas: 1 },
      { card: spot, replicas: 2 },
    ],
  };
  const run = (...on: number[]) => {
    const replicas = on.map((seconds, index) => ({ replica: `a-${index + 1}`, on: seconds }));
    return { replicas } as unknown as RunSummary;
  };
  const runs = [run(100, 50, 0), run(100, 100, 50)];
  expect(onTimes(fleet, runs, { durationUs: 100e6 })).toEqual({
    replicas: { least: 1, mean: 2, most: 3 },
    usdPerHour: 3,
  });
  // A run in which all were on says nothing of it.
  const still = { replicas: run(1, 1, 1).replicas.map(({ on: _on, ...rest }) => rest) };
  expect(onTimes(fleet, [still as RunSummary], { durationUs: 100e6 })).toEqual({
    replicas: { least: 3, mean: 3, most: 3 },
    usdPerHour: 4,
  });
});

test('a gateway that switches replicas already goes by its own rule', () => {
  const own = { max: 4, boot: '3m', rule: { kind: 'ttft-target', target: '500ms' } };
  const options = smallPlan({ world: { gateway: { autoscale: { r: own } } } });
  expect(scalingOf(options.scenario)).toMatchObject({ boot: '3m', rule: own.rule });
  expect(planQuestion({ ...options, autoscale: true }).notes).toEqual([]);
  expect(planQuestion(options).notes.join()).toContain('Autoscaling of the scenario is left out');
  expect(scalingOf(smallPlan().scenario)).toMatchObject({ rule: { kind: 'queue-depth' } });
});
