import { formatDurationUs } from '../core/time.ts';
import { type MetricName, metrics } from './metrics.ts';
import type { Change } from './summary.ts';

/** Three or four significant digits, in the unit of the metric. */
export function formatMetric(metric: MetricName, value: number): string {
  if (metrics[metric].unit === '%') return (value * 100).toFixed(1);
  return formatNumber(value);
}

export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return formatCount(Math.round(value));
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size === 0 ? 0 : 2);
}

/** "-22.0 % [-23.9, -20.1]", or points where a ratio says nothing. */
export function formatChange(metric: MetricName, { kind, estimate, interval }: Change): string {
  const percent = kind === 'ratio' || metrics[metric].unit === '%';
  const print = (value: number) => signed(percent ? value * 100 : value);
  const unit = kind === 'ratio' ? ' %' : percent ? ' points' : ` ${metrics[metric].unit}`;
  if (interval === null) return `${print(estimate)}${unit}`;
  return `${print(estimate)}${unit} [${print(interval.low)}, ${print(interval.high)}]`;
}

/** "$11,753", "$5.20"; of cents there are two, of less as many as it takes. */
export function formatUsd(usd: number): string {
  return `$${usdFigure(usd)}`;
}

/** Where the sign stands at the head of a column. */
export function usdFigure(usd: number): string {
  if (usd >= 1_000) return formatCount(Math.round(usd));
  return usd >= 0.1 ? usd.toFixed(2) : usd.toPrecision(2);
}

/** "1 seed", "8 seeds". */
export function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** "11,753": as toLocaleString has whole numbers, which takes 30 ms to begin. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function signed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 1;
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** "10m after 2m of warm-up". */
export function measuredText(durationUs: number, warmupUs: number): string {
  const duration = formatDurationUs(durationUs);
  if (warmupUs === 0) return `${duration}, no warm-up`;
  return `${duration} after ${formatDurationUs(warmupUs)} of warm-up`;
}
