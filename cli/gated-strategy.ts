import { FairleadError } from '../core/errors.ts';
import { canonicalJson } from '../experiments/run-id.ts';
import type { BaselineScenario } from '../reports/gate/baseline.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';

/**
 * The strategy that is deployed, which a scenario that lists several does not say: the one that was
 * asked for; or that of the baseline, with the options that the scenario has for it now; or the
 * only one there is.
 */
export function gatedStrategy(
  { name, strategies }: Scenario,
  asked: StrategyChoice | undefined,
  baseline: BaselineScenario | undefined,
): StrategyChoice {
  if (asked !== undefined) return asked;
  const known = baseline?.strategy;
  const same = strategies.filter((one) => one.name === known?.name);
  const exact = same.find((one) => canonicalJson(one) === canonicalJson(known));
  const found = exact ?? (same.length === 1 ? same[0] : undefined);
  if (found !== undefined) return found;
  if (strategies.length === 1) return strategies[0]!;
  // It was given by --strategy when the baseline was made.
  if (known !== undefined && same.length === 0) return known;
  const names = [...new Set(strategies.map((one) => one.name))].join(', ');
  const message = `${name} lists ${strategies.length} strategies. Say with --strategy which of them you deploy: ${names}.`;
  throw new FairleadError('USAGE', message);
}
