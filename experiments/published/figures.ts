import { mean } from 'simple-statistics';
import { quantile, sortedSample } from '../../core/quantiles.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { US_PER_MS, US_PER_S } from '../../core/time.ts';

/** What the published tables have, of some requests. */
export interface Figures {
  /** Tokens of answers that were complete, from the first request sent to the last end. */
  readonly outputTokensPerS: number;
  readonly ttftMeanS: number;
  readonly ttftP90S: number;
  /** Between two tokens, of all answers that began. */
  readonly gapMs: number;
  readonly successShare: number;
  readonly e2eMeanS: number;
  /** Of the prompt tokens, those found in a cache. */
  readonly hitShare: number;
}

export function figuresOf(rows: readonly RequestRecord[]): Figures {
  const done = rows.filter(({ outcome }) => outcome === 'ok');
  const begun = rows.filter(({ firstTokenUs }) => !Number.isNaN(firstTokenUs));
  const ttftS = rows.map((row) => (heardUs(row) - row.intendedUs) / US_PER_S);
  const fromUs = Math.min(...rows.map(({ intendedUs }) => intendedUs));
  const untilUs = Math.max(...rows.map(({ endUs }) => endUs));
  const gaps = sum(begun.map(({ outputTokens }) => Math.max(0, outputTokens - 1)));
  const gapsUs = sum(begun.map((row) => row.lastTokenUs - row.firstTokenUs));
  return {
    outputTokensPerS: (sum(done.map((row) => row.outputTokens)) * US_PER_S) / (untilUs - fromUs),
    ttftMeanS: mean(ttftS),
    ttftP90S: quantile(sortedSample(Float64Array.from(ttftS)), 0.9)!,
    gapMs: gapsUs / gaps / US_PER_MS,
    successShare: done.length / rows.length,
    e2eMeanS: sum(done.map((row) => (row.endUs - row.intendedUs) / US_PER_S)) / done.length,
    hitShare: sum(done.map((row) => row.cachedTokens)) / sum(done.map((row) => row.inputTokens)),
  };
}

/** Who gave up before the first token has waited at least until then. */
function heardUs({ endUs, firstTokenUs }: RequestRecord): number {
  return Number.isNaN(firstTokenUs) ? endUs : firstTokenUs;
}

/**
 * The mean of each figure: over the stages of a run, as the published summaries have it, or over
 * seeds. Where nobody had an answer nothing is known of its tokens.
 */
export function meanFigures(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0]!) as (keyof Figures)[];
  const means = names.map((name) => [name, meanOf(all, name)] as const);
  return Object.fromEntries(means) as Record<keyof Figures, number>;
}

function meanOf(all: readonly Figures[], name: keyof Figures): number {
  const values = all.map((figures) => figures[name]).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? Number.NaN : mean(values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
