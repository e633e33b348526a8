import { simulate } from '../../sim/simulate.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import weightedScorers from '../../strategies/weighted-scorers.ts';
import type { ValidationRow } from '../calibration/validation-row.ts';
import { type Figures, figuresOf, meanFigures } from './figures.ts';
import { probabilisticShedding } from './probabilistic-shedding.ts';
import { inOrder } from './published-row.ts';
import { measure, type PublishedScenarios, seeds } from './published-world.ts';

const source = 'BLIS, inference-sim, 2026';

/** Of the published factors, "up to" 97 % and 50 % less, and up to 20 times, only the order. */
export function overloadRows(scenarios: PublishedScenarios): ValidationRow[] {
  return [...sheddingRows(scenarios), ...splitRows(scenarios)];
}

function sheddingRows(scenarios: PublishedScenarios): ValidationRow[] {
  const all = critical(scenarios, weightedScorers, { weights: { queue: 1, kv: 1 } });
  const shed = critical(scenarios, probabilisticShedding, {});
  return [
    inOrder({
      name: 'R11: shedding the others shortens the TTFT p90 of critical requests',
      more: all.ttftP90S,
      less: shed.ttftP90S,
      source,
    }),
    inOrder({
      name: 'R11: shedding the others shortens critical requests as a whole',
      more: all.e2eMeanS,
      less: shed.e2eMeanS,
      source,
    }),
  ];
}

/** Whom nobody may turn away. */
function critical(
  scenarios: PublishedScenarios,
  strategy: StrategyDefinition,
  strategyOptions: Readonly<Record<string, unknown>>,
): Figures {
  const scenario = scenarios('overload-shedding');
  const runs = seeds.map((seed) => {
    const { log, window } = simulate({ scenario, strategy, strategyOptions, seed });
    const rows = [...log.rows()].filter(({ intendedUs }) => intendedUs >= window.fromUs);
    return figuresOf(rows.filter(({ tenant }) => tenant === 'critical'));
  });
  return meanFigures(runs);
}

/**
 * A threshold of 16 uncached tokens sends every prompt to other engines, which is a fleet that is
 * split altogether; which prompts are, a pool here cannot choose by itself.
 */
function splitRows(scenarios: PublishedScenarios): ValidationRow[] {
  const strategy = { name: 'least-requests', options: {} };
  const local = measure(scenarios('prefill-local'), strategy);
  const split = measure(scenarios('prefill-split'), strategy);
  return [
    inOrder({
      name: 'R11: prompts that are mostly cached begin later on split engines than on whole ones',
      more: split.ttftMeanS,
      less: local.ttftMeanS,
      source,
    }),
  ];
}
