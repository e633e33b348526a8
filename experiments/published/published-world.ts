import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { runTask } from '../run-task.ts';
import { type Figures, figuresOf, meanFigures } from './figures.ts';

/** Gives the scenario of this folder that has this name. */
export type PublishedScenarios = (name: string) => Scenario;

export const seeds = [1, 2, 3] as const;

/** Over all requests after the warm-up, the mean of some seeds. */
export function measure(scenario: Scenario, strategy: StrategyChoice): Figures {
  const runs = seeds.map((seed) => {
    const { log, window } = runTask({ scenario, strategy, seed });
    return figuresOf([...log.rows()].filter(({ intendedUs }) => intendedUs >= window.fromUs));
  });
  return meanFigures(runs);
}
