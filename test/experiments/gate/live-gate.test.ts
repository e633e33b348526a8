import { expect, test } from 'vitest';
import { gatedMetrics } from '../../../experiments/gate/gated-metrics.ts';
import { liveGate } from '../../../experiments/gate/live-gate.ts';
import type { Comparison, StrategySummary } from '../../../reports/summary.ts';
import { smallComparison } from '../../support/comparisons.ts';

const seeds = 6;
const measured = await liveComparison();

/** As if it had been measured: what a bench leaves, with three repetitions of one strategy. */
async function liveComparison(): Promise<Comparison> {
  const { meta, ...rest } = await smallComparison({ strategies: ['least-requests'], seeds });
  return { ...rest, meta: { ...meta, simulated: false } };
}

/** The same with all latencies longer by a factor, and some noise. */
function slower(factor: number, noise = 0): Comparison {
  const changed = (ms: number | null, seed: number) =>
    ms === null ? null : ms * factor * (1 + noise * (seed % 2 === 0 ? 1 : -1));
  const [strategy] = measured.strategies;
  const metrics = Object.fromEntries(
    Object.entries(strategy!.metrics).map(([name, figures]) => [
      name,
      name.endsWith('Ms') ? { ...figures, perSeed: figures.perSeed.map(changed) } : figures,
    ]),
  ) as StrategySummary['metrics'];
  return { ...measured, strategies: [{ ...strategy!, metrics }] };
}

const gated = gatedMetrics({ chosen: ['ttftP50', 'ttftP99', 'e2eP99', 'goodput'] });

function judged(head: Comparison, again: Comparison, given = gated) {
  const folder = (name: string, comparison: Comparison) => [{ folder: name, comparison }];
  return liveGate({
    base: folder('before', measured),
    head: folder('after', head),
    noise: folder('again', again),
    gated: given,
  });
}

test('what is as it was passes, and what is slower does not', () => {
  const again = slower(1, 0.002);
  expect(judged(slower(1.001, 0.002), again).verdict.kind).toBe('pass');
  const { verdict } = judged(slower(1.3, 0.002), again);
  expect(verdict.kind).toBe('regress');
  expect(verdict.sentence).toContain('6 of 6 seeds');
});

test('a tolerance below the noise is refused, with a figure that is not', () => {
  const { noise, verdict } = judged(slower(1.3), slower(1, 0.1));
  expect(verdict.kind).toBe('invalid');
  expect(verdict.sentence).toContain('TTFT p50 1 % (noise 1');
  const tolerance = Number(/--tolerance ttftP50=([\d.]+)%/.exec(verdict.advice!)![1]) / 100;
  expect(tolerance).toBeGreaterThanOrEqual(noise!.floors[0]!.floor);
  const lax = gatedMetrics({ chosen: ['ttftP50'], tolerances: [{ value: tolerance }] });
  expect(judged(slower(1.3), slower(1, 0.1), lax).verdict.kind).not.toBe('invalid');
  const hopeless = judged(slower(1.3), slower(2, 0.3));
  expect(hopeless.verdict.advice).toBe(
    'Measure more repetitions of both sides and of the noise, and for longer.',
  );
});

/** Repetition by repetition, as a load generator leaves them. */
function apart(comparison: Comparison): Comparison[] {
  const [strategy] = comparison.strategies;
  return comparison.meta.seeds.map((seed, at) => {
    const metrics = Object.fromEntries(
      Object.entries(strategy!.metrics).map(([name, one]) => [
        name,
        { ...one, perSeed: one.perSeed.slice(at, at + 1) },
      ]),
    ) as StrategySummary['metrics'];
    const meta = { ...comparison.meta, seeds: [seed] };
    return { ...comparison, meta, strategies: [{ ...strategy!, metrics }] };
  });
}

test('one pair says nothing of the noise', () => {
  const { verdict } = judged(measured, apart(measured)[0]!);
  expect(verdict.sentence).toContain('the noise is known of 1 pair only');
});

test('folders of a repetition each are judged as one with all of them', () => {
  const folders = (comparisons: readonly Comparison[]) =>
    comparisons.map((comparison, at) => ({ folder: `folder-${at}`, comparison }));
  const [again, head] = [slower(1, 0.002), slower(1.3, 0.002)];
  const whole = judged(head, again);
  const [base, heads] = [folders(apart(measured)), folders(apart(head))];
  const noise = folders(apart(again));
  expect(liveGate({ base, head: heads, noise, gated })).toEqual(whole);
  // Measured twice more, in any order, the base itself tells nothing of the noise.
  const twice = folders([...apart(measured), ...apart(again).reverse()]);
  const off = folders(apart(slower(2)));
  expect(liveGate({ base: off, head: heads, noise: twice, gated }).noise).toEqual(whole.noise);
});

test('other traffic is not held against it', () => {
  const { scenario } = measured;
  const other = { ...slower(1), scenario: { ...scenario, durationUs: 1 } };
  const { verdict } = judged(other, slower(1));
  expect(verdict).toMatchObject({ kind: 'invalid' });
  expect(verdict.sentence).toContain('after has another warm-up or duration than before');
});

test.each([
  [{ timeScale: 2 }, '--time-scale'],
  [{ mostRequests: 500 }, 'number of --requests'],
])('neither is a run with %j', (played, word) => {
  const facts = {
    ...{ url: 'http://here', model: 'm', isValid: true, isInterrupted: false, sent: 1_000 },
    ...{ lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare: 0, failures: [] },
  };
  const { verdict } = judged({ ...slower(1), live: { ...facts, ...played } }, slower(1));
  expect(verdict.kind).toBe('invalid');
  expect(verdict.sentence).toContain(`after has another ${word} than before`);
});

test('simulated runs are not taken for measured ones', () => {
  const simulated = { ...measured, meta: { ...measured.meta, simulated: true } };
  expect(() => judged(simulated, slower(1))).toThrow('after holds simulated runs');
});
