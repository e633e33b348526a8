import { InvalidArgumentError } from '@commander-js/extra-typings';
import { suggestion } from '../core/closest.ts';
import { parseDurationUs } from '../core/time.ts';
import type { LadderRange } from '../experiments/ladder/rungs.ts';
import type { Shard } from '../experiments/shards/share.ts';
import { type MetricName, metricNames } from '../reports/metrics.ts';

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

/** A time as in a scenario, in microseconds, or a message that says how it is written. */
export function durationUs(text: string): number {
  const us = parseDurationUs(text);
  if (us !== undefined) return us;
  throw new InvalidArgumentError(`Write a time, such as 30s or 5m, not "${text}".`);
}

export function metricName(text: string): MetricName {
  const found = metricNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(suggestion(text, metricNames));
}

/** May be given several times. */
export function severalTexts(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

const mostShards = 10_000;

/** `2/4` is the second of four. */
export function shard(text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  const isOne = index !== undefined && of !== undefined && index >= 1 && index <= of;
  if (isOne && of <= mostShards) return { index, of };
  throw new InvalidArgumentError(
    `Write 1/4 to 4/4 for the shards of four, at most ${mostShards} of them, not "${text}".`,
  );
}

/** Of a load and of a rate in requests/s. */
const mostAsked = { load: 3, rate: 1_000_000 };
const mostPlaces = 64;

/** `load=0.4..1.1`, or the places one by one as in `rate=10,20,30`. */
export function ladderRange(text: string): LadderRange {
  const [, axis, places = ''] = /^(load|rate)=(.+)$/.exec(text) ?? [];
  const isRange = places.includes('..');
  const values = places.split(isRange ? '..' : ',').map(numberOf);
  if ((axis === 'load' || axis === 'rate') && values.every((value) => value <= mostAsked[axis])) {
    const [from, to] = values as [number, number];
    if (isRange && values.length === 2 && from < to) return { axis, kind: 'between', from, to };
    const isList = !isRange && values.length >= 2 && values.length <= mostPlaces;
    if (isList) return { axis, kind: 'points', points: values };
  }
  throw new InvalidArgumentError(
    `Write load=0.4..1.1 to find the highest load that keeps the SLO, load=0.4,0.6,0.8 for these places (2 to ${mostPlaces}), or rate=10..60 in requests/s; a load is ${mostAsked.load} at most. Not "${text}".`,
  );
}

/** Above 0; no number otherwise, which is neither less nor more than any. */
function numberOf(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value > 0 ? value : Number.NaN;
}
