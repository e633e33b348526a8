import { formatNumber } from '../format.ts';
import type { GateRow } from './result.ts';

/** "+4.6 % [+4.1, +5.1]", or points of a share; above zero is worse for either kind. */
export function worseningText({ interval, kind, worsening }: GateRow): string {
  const unit = kind === 'latency' ? '%' : 'points';
  if (interval === null) return `${signedPercent(worsening)} ${unit}`;
  const range = `[${signedPercent(interval.low)}, ${signedPercent(interval.high)}]`;
  return `${signedPercent(worsening)} ${unit} ${range}`;
}

/** The change as it stands in a table: of a share, less is worse, and is shown as less. */
export function changeText(row: GateRow): string {
  if (row.outcome === 'identical') return 'none';
  if (row.kind === 'latency') return worseningText(row);
  const { interval, worsening } = row;
  const turned = interval && { low: -interval.high, high: -interval.low };
  return worseningText({ ...row, worsening: -worsening, interval: turned });
}

/** "2 %", "1 point"; and the floor where that is more. */
export function toleratedText({ base, floorMs, kind, tolerance }: GateRow): string {
  const value = Number((100 * tolerance).toPrecision(3));
  if (kind === 'share') return `${value} ${value === 1 ? 'point' : 'points'}`;
  const isMore = floorMs > tolerance * base;
  return isMore ? `${value} % or ${formatNumber(floorMs)} ms` : `${value} %`;
}

export function valueText({ kind }: GateRow, value: number): string {
  return kind === 'latency' ? `${formatNumber(value)} ms` : `${(100 * value).toFixed(2)} %`;
}

function signedPercent(value: number): string {
  const percent = 100 * value;
  const digits = Math.abs(percent) >= 10 ? 1 : 2;
  const text = Math.abs(percent).toFixed(digits);
  return `${Number(text) === 0 ? '±' : percent < 0 ? '−' : '+'}${text}`;
}

/** What a gate says of a figure, a scenario or the whole, in a word. */
export const outcomeWords = {
  identical: 'identical',
  pass: 'pass',
  regress: 'REGRESS',
  inconclusive: 'inconclusive',
  invalid: 'INVALID',
} as const;
