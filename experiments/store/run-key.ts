import { summaryVersion } from '../../reports/summary.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { findStrategy, type RunTask } from '../run-task.ts';
import { contentKey } from './content-store.ts';

/**
 * The questions of runs: equal keys, equal figures. What a scenario plays from a file is in it by
 * content, as a fingerprint of the rows; options of a strategy that were left out are there with
 * their defaults, so that it does not matter whether they were written.
 */
export function runKeys(tasks: readonly RunTask[], code: string): string[] {
  const known = new Map<Scenario, string>();
  return tasks.map(({ scenario, seed, strategy }) => {
    const scenarioKey = known.get(scenario) ?? contentKey(simulatedPart(scenario));
    known.set(scenario, scenarioKey);
    const { schema } = findStrategy(strategy.name);
    const { name, ...options } = schema.parse({ ...strategy.options, name: strategy.name });
    const question = { kind: 'run', summaryVersion, code, scenario: scenarioKey, seed };
    return contentKey({ ...question, strategy: { name, options } });
  });
}

/** Without what only reports speak of: another list of strategies leaves finished runs as true. */
export function simulatedPart(scenario: Scenario): object {
  const {
    expect: _expect,
    name: _name,
    strategies: _strategies,
    summary: _summary,
    ...rest
  } = scenario;
  return rest;
}
