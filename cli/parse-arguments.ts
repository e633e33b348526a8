import { InvalidArgumentError } from '@commander-js/extra-typings';
import { parse } from 'yaml';
import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { findStrategy } from '../experiments/run-task.ts';
import { type MetricName, metricNames } from '../reports/metrics.ts';
import type { StrategyChoice } from '../scenarios/scenario.ts';

/** A whole number in a range, or a message that says so. */
export function wholeNumber(bounds: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
    throw new InvalidArgumentError(
      `Write a whole number from ${bounds.min} to ${bounds.max}, not "${text}".`,
    );
  };
}

/** A number in a range, or a message that says so. */
export function numberFrom(bounds: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= bounds.min && value <= bounds.max) return value;
    throw new InvalidArgumentError(
      `Write a number from ${bounds.min} to ${bounds.max}, not "${text}".`,
    );
  };
}

export function metricName(text: string): MetricName {
  const found = metricNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(suggestion(text, metricNames));
}

/** `least-tokens` or `least-tokens:tokensPerRequest=300`; may be given several times. */
export function strategyChoice(text: string, before: StrategyChoice[] = []): StrategyChoice[] {
  const [name, ...rest] = text.split(':');
  const definition = findStrategy(name!);
  const pairs = rest.join(':').split(',').filter(Boolean);
  const options = Object.fromEntries(
    pairs.map((pair) => {
      const [key, value] = pair.split('=', 2);
      return [key!, value === undefined ? true : (parse(value) as unknown)];
    }),
  );
  const checked = definition.schema.safeParse({ name, ...options });
  if (!checked.success) {
    const reasons = checked.error.issues.map(({ path, message }) =>
      [path.join('.'), message].filter(Boolean).join(': '),
    );
    const known = Object.keys(definition.schema.shape).filter((key) => key !== 'name');
    const message = `--strategy ${text}: ${reasons.join('; ')}. Options: ${known.join(', ') || 'none'}.`;
    throw new FairleadError('STRATEGY_OPTIONS', message);
  }
  return [...before, { name: name!, options }];
}
