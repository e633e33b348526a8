import type { Scenario } from '../../scenarios/scenario.ts';
import { strategies } from '../../strategies/registry.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { loadScenario } from '../support/scenarios.ts';
import { moody } from './moody.ts';

/** All that a run is a function of, as plain JSON: it can be printed, pasted and made smaller. */
export interface World {
  readonly seed: number;
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** As a file would have it. */
  readonly scenario: Readonly<Record<string, unknown>>;
}

/** The registered ones, and one that holds and rejects, which none of them does. */
export const playedStrategies: readonly StrategyDefinition[] = [...strategies, moody];

/** Throws where a scenario file would be refused. */
export function scenarioOf({ scenario }: World): Scenario {
  return loadScenario(JSON.stringify(scenario), 'world.json');
}

export function strategyOf({ strategy }: World): StrategyDefinition {
  const found = playedStrategies.find(({ name }) => name === strategy);
  if (found === undefined) throw new Error(`no strategy is called ${strategy}`);
  return found;
}
