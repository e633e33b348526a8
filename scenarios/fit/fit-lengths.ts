import { sampleRankCorrelation } from 'simple-statistics';
import { quantile } from '../../core/quantiles.ts';
import type { PluginOptions } from '../scenario.ts';

export interface Lengths {
  readonly promptTokens: readonly number[];
  readonly outputTokens: readonly number[];
}

/** Keys of an entry of the traffic. */
export type FittedLengths =
  | { readonly input: PluginOptions; readonly output: PluginOptions }
  | { readonly lengths: readonly (readonly [number, number])[] };

/** From here on prompts and answers are taken to depend on each other. */
const dependent = 0.2;
const mostRows = 2_000;

/**
 * Tables of quantiles, as few as will do; no family of distributions meets the atoms of real
 * traffic. Where prompts and answers depend on each other, rows of both.
 */
export function fitLengths({ outputTokens, promptTokens }: Lengths): FittedLengths {
  if (promptTokens.length > 2) {
    const rank = sampleRankCorrelation([...promptTokens], [...outputTokens]);
    if (Math.abs(rank) > dependent) return { lengths: jointRows({ outputTokens, promptTokens }) };
  }
  return { input: quantileTable(promptTokens), output: quantileTable(outputTokens) };
}

/** Most that a length between two points may be off, and most points. */
const tolerance = 0.02;
const mostPoints = 400;
const probes = 1_000;

/** Points are put where a straight line between the others is worst, until none is bad. */
export function quantileTable(tokens: readonly number[]): PluginOptions {
  const sorted = Float64Array.from(tokens).sort();
  const at = (probe: number) => Math.max(1, Math.round(quantile(sorted, probe / probes)!));
  const chosen = new Set([0, 500, probes]);
  while (chosen.size < mostPoints) {
    const points = [...chosen].sort((a, b) => a - b);
    const worst = worstProbe(points, at);
    if (worst === undefined) break;
    chosen.add(worst);
  }
  const points = [...chosen].sort((a, b) => a - b);
  return { kind: 'empirical', quantiles: points.map((probe) => [probe / probes, at(probe)]) };
}

function worstProbe(points: readonly number[], at: (probe: number) => number): number | undefined {
  let worst: number | undefined;
  let most = tolerance;
  for (const [index, to] of points.entries()) {
    if (index === 0) continue;
    const from = points[index - 1]!;
    const [low, high] = [at(from), at(to)];
    for (let probe = from + 1; probe < to; probe++) {
      const drawn = low + ((high - low) * (probe - from)) / (to - from);
      // Below half a token, rounding brings the very length back.
      const error = Math.abs(drawn - at(probe)) / Math.max(at(probe), 0.49 / tolerance);
      if (error <= most) continue;
      most = error;
      worst = probe;
    }
  }
  return worst;
}

/**
 * Every n-th row in the order of prompts keeps how answers go with them; its lengths become those
 * of its rank, so that both have the quantiles of the whole trace.
 */
function jointRows({ outputTokens, promptTokens }: Lengths): [number, number][] {
  const rows = promptTokens.map((prompt, index) => [prompt, outputTokens[index]!] as const);
  rows.sort(([a, c], [b, d]) => a - b || c - d);
  const count = Math.min(mostRows, rows.length);
  const taken = Array.from(
    { length: count },
    (_, index) => rows[centre(index, count, rows.length)]!,
  );
  const answers = outputTokens.toSorted((a, b) => a - b);
  const byAnswer = taken
    .map((_, index) => index)
    .sort((a, b) => taken[a]![1] - taken[b]![1] || a - b);
  const fitted = taken.map(([prompt]): [number, number] => [prompt, 0]);
  for (const [rank, index] of byAnswer.entries()) {
    fitted[index]![1] = answers[centre(rank, count, answers.length)]!;
  }
  return fitted;
}

/** The middle of the index-th of so many equal parts. */
function centre(index: number, parts: number, length: number): number {
  return Math.floor(((index + 0.5) * length) / parts);
}
