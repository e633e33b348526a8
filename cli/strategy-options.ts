import { z } from 'zod';
import type { StrategyDefinition } from '../strategies/strategy.ts';

export interface StrategyOption {
  readonly name: string;
  readonly default: string;
  readonly description: string;
}

/** The options of a strategy as its definition has them, for help texts and tables. */
export function describeStrategyOptions({ schema }: StrategyDefinition): StrategyOption[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties)
    .filter(([name]) => name !== 'name')
    .map(([name, property]) => ({
      name,
      default: JSON.stringify((property as { default?: unknown }).default ?? null),
      description: (property as { description?: string }).description ?? '',
    }));
}
