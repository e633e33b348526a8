import { suggestion } from '../core/closest.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { findStrategy } from './run-task.ts';

/** Why a strategy cannot do in a scenario what it is known for. */
export function unmetNeeds({ name, options }: StrategyChoice, scenario: Scenario): string[] {
  const { family, needs } = findStrategy(name);
  const goesByCaches = family === 'prefix' || needs.includes('kv-events');
  const unmet: (string | undefined)[] = [
    goesByCaches ? withoutCaches(scenario) : undefined,
    name === 'lora-affinity' ? withoutAdapters(scenario) : undefined,
    name === 'priority-tiers' ? withoutTiers(options['tiers'] as Tiers, scenario) : undefined,
  ];
  return unmet.flatMap((reason) => (reason === undefined ? [] : `${name}: ${reason}`));
}

type Tiers = readonly (readonly string[])[] | undefined;

function withoutCaches({ fleet }: Scenario): string | undefined {
  if (fleet.some(({ engine }) => engine.enablePrefixCaching)) return undefined;
  return 'it goes by prefix caches, and no engine has one (enablePrefixCaching is false).';
}

function withoutAdapters({ traffic }: Scenario): string | undefined {
  const asked = traffic.some(
    ({ adapter, trace }) => adapter !== undefined || (trace?.rows?.adapters.length ?? 0) > 0,
  );
  return asked ? undefined : 'no tenant asks for a LoRA adapter, so it is least-requests.';
}

function withoutTiers(tiers: Tiers, { fleet }: Scenario): string | undefined {
  if (tiers === undefined || tiers.length === 0) return 'it has no tiers, so it is least-requests.';
  const groups = fleet.map(({ name }) => name);
  const unknown = tiers.flat().find((group) => !groups.includes(group));
  if (unknown === undefined) return undefined;
  return `there is no group "${unknown}" for its tiers. ${suggestion(unknown, groups)}`;
}
