import type { StrategyRuns } from './summarise-strategy.ts';

/**
 * A strategy that is compared with itself under other options is called as on the command line:
 * two rows of one name would leave open which of them is meant.
 */
export function withLabels(all: readonly StrategyRuns[]): StrategyRuns[] {
  return all.map((one) => {
    const { fleet, strategy } = one;
    const same = all.filter(
      (other) => other.fleet === fleet && other.strategy.name === strategy.name,
    );
    const own = same.length === 1 ? strategy.name : labelOf(strategy);
    const name = fleet === undefined ? own : `${own} @ ${fleet.label}`;
    return { ...one, strategy: { ...strategy, name } };
  });
}

function labelOf({ name, options }: StrategyRuns['strategy']): string {
  const given = Object.entries(options).map(([key, value]) => `${key}=${textOf(value)}`);
  return given.length === 0 ? name : `${name}:${given.join(',')}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
