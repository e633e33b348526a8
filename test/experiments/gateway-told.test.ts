import { expect, test } from 'vitest';
import { assembleComparison } from '../../experiments/compare.ts';
import { summariseTask } from '../../experiments/run-task.ts';
import { metricReport } from '../../reports/metric-report.ts';
import { smallScenario } from '../support/scenarios.ts';

const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };

function compared(gateway: Record<string, unknown>, names: readonly string[]) {
  const scenario = smallScenario({ replicas: 2, gateway });
  const seeds = [1, 2];
  const all = names.map((name) => {
    const strategy = { name, options: {} };
    return { strategy, runs: seeds.map((seed) => summariseTask({ scenario, strategy, seed })) };
  });
  return assembleComparison({ scenario, all, seeds, by: 'ttftP99Ms', version: '0' });
}

function toldOf(warnings: readonly string[]) {
  return warnings.filter((warning) => warning.includes('nearly everything'));
}

test('what the monitor sees is a warning of the comparison', () => {
  const { warnings } = compared({ monitor: {} }, ['first-fit', 'round-robin']);
  expect(toldOf(warnings)).toEqual([
    expect.stringMatching(
      /^first-fit gave one .* healthy, in 2 of 2 seeds; the first time r-1, 100 % at \d+s of the run\.$/,
    ),
  ]);
  expect(toldOf(compared({}, ['first-fit']).warnings)).toEqual([]);
});

test('how many had no answer is a warning, because latencies do not show them', () => {
  const unanswered = (gateway: Record<string, unknown>) =>
    compared(gateway, ['random']).warnings.filter((warning) => warning.includes('rejected'));
  const admission = { tiers: { default: { concurrent: 1 } } };
  expect(unanswered({ admission })).toEqual([
    expect.stringMatching(/timed out: random \d\d?\.\d %\. Latencies are those of the others/),
  ]);
  expect(unanswered({})).toEqual([]);
});

test('how long machines were on is told where they come and go, and only there', () => {
  const rule = { kind: 'queue-depth', idleFor: '1s' };
  const autoscale = { r: { min: 1, max: 4, rule, coolDownDown: '0s', every: '1s' } };
  const [scaled] = compared({ autoscale }, ['round-robin']).strategies;
  const on = scaled!.replicas.map((replica) => replica.on!);
  expect(on).toHaveLength(4);
  expect(on.at(-1)).toBe(0);
  expect(on[0]).toBeGreaterThan(on[1]!);
  expect(metricReport(scaled!, plain)).toMatch(/ s on\n\n.* machine hours within the window$/);

  const [fixed] = compared({}, ['round-robin']).strategies;
  expect(fixed!.replicas.map((replica) => replica.on)).toEqual([undefined, undefined]);
  expect(metricReport(fixed!, plain)).not.toMatch(/ s on| machine hours/);
});
