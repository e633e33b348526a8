import { randomStream } from '../../core/random.ts';
import { strategies } from '../../strategies/registry.ts';
import type { Strategy, StrategyContext, StrategyDefinition } from '../../strategies/strategy.ts';
import { plainTwins } from './twins.ts';

export function strategyNamed(name: string): StrategyDefinition {
  const found = strategies.find((strategy) => strategy.name === name);
  if (found === undefined) throw new Error(`no strategy is called ${name}`);
  return found;
}

/** A strategy with chance of its own, as a run of this seed would make it. */
export function makeStrategy(
  name: string,
  options: Readonly<Record<string, unknown>> = {},
  seed = 1,
): Strategy {
  return strategyNamed(name).create(options, strategyContext(name, seed));
}

/** What a run of this seed would give it. */
export function strategyContext(name: string, seed = 1): StrategyContext {
  const random = randomStream(seed, `strategy/${name}`);
  return { random, blockTokens: 16, twin: plainTwins() };
}
