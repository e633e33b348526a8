import { z } from 'zod';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import type { Draw } from './draw.ts';

interface Property {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Some options of a strategy at other values than their defaults, as its own schema allows. */
export function drawOptions(
  { name, schema }: StrategyDefinition,
  draw: Draw,
): Readonly<Record<string, unknown>> {
  let options: Readonly<Record<string, unknown>> = {};
  const { properties = {} } = z.toJSONSchema(schema);
  for (const [key, property] of Object.entries(properties)) {
    if (key === 'name' || !draw.chance(0.4)) continue;
    const more = { ...options, [key]: draw.one(valuesOf(property as Property)) };
    // What stands together with another option may be refused.
    if (schema.safeParse({ name, ...more }).success) options = more;
  }
  return options;
}

function valuesOf(property: Property): unknown[] {
  const { default: usual, examples = [], maximum, minimum, type } = property;
  if (property.enum !== undefined) return [...property.enum];
  if (type === 'boolean') return [true, false];
  if (type !== 'number' && type !== 'integer') return [usual, ...examples];
  const near = Number(usual);
  const least = minimum ?? near / 10;
  const inside = (value: number) => Math.max(least, Math.min(value, maximum ?? value));
  const round = (value: number) => (type === 'integer' ? Math.round(value) : value);
  return [least, near / 4, near * 3, near + 1, ...examples].map((value) =>
    inside(round(Number(value))),
  );
}
