import { z } from 'zod';
import type { Need, StrategyDefinition } from '../strategies/strategy.ts';

export interface StrategyOption {
  readonly name: string;
  readonly default: string;
  readonly description: string;
  /** A value that says something, in JSON. */
  readonly example: string;
  /** What it may be, in words; empty where the example says it. */
  readonly values: string;
  /** The keys of one that is a block of them. */
  readonly parts: readonly StrategyOption[];
}

/** What a strategy has to be told by the fleet, beyond the requests that it sends. */
export const needTexts: Readonly<Record<Need, string>> = {
  prefix: 'the prompts',
  signals: 'what replicas report in `/metrics`',
  'kv-events': 'their KV events',
  twin: 'a model of each replica',
  names: 'names of replicas that stay the same',
};

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The options of a strategy as its definition has them, for help texts and tables. */
export function describeStrategyOptions({ schema }: StrategyDefinition): StrategyOption[] {
  return describe(z.toJSONSchema(schema, { io: 'input' })).filter(({ name }) => name !== 'name');
}

function describe({ properties = {} }: JsonSchema): StrategyOption[] {
  return Object.entries(properties).map(([name, property]) => {
    const option = property as JsonSchema;
    return {
      name,
      default: JSON.stringify(option.default ?? null),
      example: JSON.stringify(option.examples?.[0] ?? option.default ?? null),
      description: option.description ?? '',
      values: valuesOf(option),
      parts: describe(option),
    };
  });
}

function valuesOf({
  anyOf = [],
  const: only,
  enum: choices,
  maximum,
  minimum,
  type,
}: JsonSchema): string {
  if (choices !== undefined) return choices.map(String).join(', ');
  if (only !== undefined) return String(only);
  if (anyOf.length > 0) return anyOf.map((one) => valuesOf(one as JsonSchema)).join(' or ');
  if (type === 'boolean') return 'true, false';
  if (type === 'number' || type === 'integer') {
    const kind = type === 'integer' ? 'a whole number' : 'a number';
    const from = minimum === undefined ? '' : ` from ${minimum}`;
    return `${kind}${from}${maximum === undefined ? '' : ` to ${maximum}`}`;
  }
  return '';
}
