import type { StrategyRuns } from './summarise-strategy.ts';

/**
 * A strategy that is compared with itself under other options is called as on the command line:
 * two rows of one name would leave open which of them is meant.
 */
export function withLabels(all: readonly StrategyRuns[]): StrategyRuns[] {
  const names = all.map(({ strategy }) => strategy.name);
  return all.map(({ runs, strategy }) => {
    const isAlone = names.filter((name) => name === strategy.name).length === 1;
    return { runs, strategy: isAlone ? strategy : { ...strategy, name: labelOf(strategy) } };
  });
}

function labelOf({ name, options }: StrategyRuns['strategy']): string {
  const given = Object.entries(options).map(([key, value]) => `${key}=${textOf(value)}`);
  return given.length === 0 ? name : `${name}:${given.join(',')}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
