import { US_PER_S } from '../core/time.ts';
import { countOf, formatNumber } from '../reports/format.ts';
import type { TraceSummary } from '../scenarios/traces/trace-decoder.ts';
import type { TraceFacts } from '../scenarios/traces/trace-facts.ts';

type Facts = ReturnType<TraceFacts['result']>;

/** What was found in a trace, and what was taken for granted about it, line by line. */
export function traceLines(summary: TraceSummary, facts: Facts): string[] {
  return [
    `${summary.name}: ${summary.format}, ${countOf(facts.rows, 'row')}${spanText(summary, facts)}`,
    ...(summary.timed ? [arrivalText(facts)] : ['no times: the rows are lengths only']),
    `prompt tokens: ${lengthText(facts.promptTokens)}`,
    `answer tokens: ${lengthText(facts.outputTokens)}`,
    ...prefixLines(facts),
    ...assumedLines(summary),
    ...leftOutLines(summary),
    ...summary.notes,
  ];
}

function spanText({ timed }: TraceSummary, { arrivals }: Facts): string {
  if (!timed) return '';
  const minutes = arrivals.spanUs / (60 * US_PER_S);
  if (minutes >= 120) return ` in ${formatNumber(minutes / 60)} hours`;
  return minutes >= 2
    ? ` in ${formatNumber(minutes)} minutes`
    : ` in ${formatNumber(arrivals.spanUs / US_PER_S)} s`;
}

function arrivalText({ arrivals, rows }: Facts): string {
  const rate = (rows * US_PER_S) / arrivals.spanUs;
  const bins = arrivals.counts
    .filter(({ dispersion }) => Number.isFinite(dispersion))
    .map(({ binS, dispersion }) => `${formatNumber(dispersion)} in ${binS} s`);
  const dispersion = bins.length === 0 ? '' : `, index of dispersion ${bins.join(', ')}`;
  return `arrivals: ${formatNumber(rate)} requests/s, CV of gaps ${formatNumber(arrivals.gapCv)}${dispersion}`;
}

function lengthText({ max, mean, p50, p90, p99 }: Facts['promptTokens']): string {
  const print = (tokens: number) => formatNumber(Math.round(tokens));
  return `mean ${formatNumber(mean)}, p50 ${print(p50)}, p90 ${print(p90)}, p99 ${print(p99)}, max ${print(max)}`;
}

function prefixLines({ prefixes, promptTokens, sessions }: Facts): string[] {
  const named =
    sessions === undefined ? [] : [`${countOf(sessions, 'session')}, as the rows name them`];
  if (prefixes === undefined) return named;
  const inferred =
    sessions === undefined ? `; ${countOf(prefixes.sessions, 'session')} by the append rule` : '';
  const share = (100 * prefixes.hitTokens) / promptTokens.sum;
  return [
    `prefixes: ${formatNumber(share)} % of the prompt tokens are in a cache that never forgets${inferred}`,
    ...named,
  ];
}

function assumedLines({ assumed }: TraceSummary): string[] {
  const entries = Object.entries(assumed).map(([key, value]) => `${key} ${value}`);
  return entries.length === 0 ? [] : [`assumed: ${entries.join(', ')}`];
}

function leftOutLines({ bad, badMessages, failed, notSampled, outside }: TraceSummary): string[] {
  const counts = [
    [failed, 'without an answer'],
    [outside, 'outside the window'],
    [notSampled, 'of sessions that were not drawn'],
    [bad, 'bad'],
  ] as const;
  const found = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [...(found.length === 0 ? [] : [`left out: ${found.join(', ')}`]), ...badMessages];
}
