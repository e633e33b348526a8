import { unsteadyText } from '../reports/steady-state-text.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyRuns } from './summarise-strategy.ts';

/** Where most seeds of a strategy were not steady, by the latest of them. */
export function steadyWarnings(all: readonly StrategyRuns[], scenario: Scenario): string[] {
  if (scenario.events.length > 0 || trafficChanges(scenario)) return [];
  return all.flatMap(({ runs, strategy }) => {
    const unsteady = runs.flatMap((run) => (run.saturated ? [] : (run.unsteady ?? [])));
    if (unsteady.length * 2 <= runs.length) return [];
    const seeds = `in ${unsteady.length} of ${runs.length} seeds`;
    return [
      `${strategy.name} ${seeds}: ${unsteadyText(latest(unsteady), (warmup) => `"warmup: ${warmup}" in the scenario`)}`,
    ];
  });
}

/** Traffic that changes by design never comes to rest, and is not meant to. */
export function trafficChanges({ traffic }: Pick<Scenario, 'traffic'>): boolean {
  return traffic.some(
    ({ arrivals, trace }) =>
      (trace !== undefined && arrivals === undefined) || typeof arrivals?.['rate'] === 'object',
  );
}

type Unsteady = NonNullable<RunSummary['unsteady']>;

function latest(all: readonly Unsteady[]): Unsteady {
  const untilUs = (one: Unsteady) => (one.kind === 'warming' ? one.untilUs : Infinity);
  return all.reduce((one, other) => (untilUs(other) > untilUs(one) ? other : one));
}
