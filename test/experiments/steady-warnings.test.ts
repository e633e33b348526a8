import { expect, test } from 'vitest';
import { steadyWarnings } from '../../experiments/steady-warnings.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { allFigures, runWith } from '../support/run-summaries.ts';
import { smallScenario } from '../support/scenarios.ts';

const strategy = { name: 'a', options: {} };
const warming = { kind: 'warming', untilUs: 41.2e6 } as const;

function runs(...unsteady: (RunSummary['unsteady'] | undefined)[]): RunSummary[] {
  return unsteady.map((one) => ({ ...runWith(allFigures(1)), ...(one && { unsteady: one }) }));
}

test('what most seeds say is told, with what to write', () => {
  const scenario = smallScenario();
  const told = (...seeds: Parameters<typeof runs>) =>
    steadyWarnings([{ strategy, runs: runs(...seeds) }], scenario);
  expect(told(warming, undefined, undefined)).toEqual([]);
  expect(told(warming, warming, undefined)).toEqual([
    'a in 2 of 3 seeds: it was not steady before 42s of the run, and what is counted begins earlier. Write "warmup: 42s" in the scenario.',
  ]);
  expect(told({ kind: 'drifting' }, warming, undefined).join()).toContain('still changed');
});

test('what changes by design is not judged', () => {
  const rate = {
    kind: 'ramp',
    points: [
      { at: '0s', rate: 1 },
      { at: '10s', rate: 9 },
    ],
  };
  const changing = smallScenario({ traffic: [{ arrivals: { kind: 'poisson', rate } }] });
  expect(steadyWarnings([{ strategy, runs: runs(warming) }], changing)).toEqual([]);
});
