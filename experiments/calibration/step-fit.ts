import { kvBytesPerToken } from '../../sim/catalog/model.ts';
import {
  narrowBatch,
  type StepCoefficients,
  shortPrompt,
} from '../../sim/step-time/coefficients.ts';
import { fittedStepTime } from '../../sim/step-time/fitted.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';
import { nonNegativeLeastSquares } from './least-squares.ts';
import type { StepRow } from './step-rows.ts';

const allKnots = [1, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];

/**
 * Reading one token of the history of a prompt chunk, in each layer: 17 to 24 ns on the cards where
 * it was measured (LLMServingSim's profiles of vLLM 0.19). The price where it was not.
 */
const historyPriorMs = 20e-6;

/**
 * The coefficients with the smallest squared relative error, decodes, prefills and mixed steps
 * counting the same however many rows there are of each.
 */
export function fitStepTime(rows: readonly StepRow[]): StepCoefficients {
  const knots = supportedKnots(rows);
  const weigh = kindWeights(rows);
  const leastContextMs = contextFloorMs(rows[0]!);
  const aboveFloor = ({ shape, ms }: StepRow) => 1 - (leastContextMs * shape.decodeContext) / ms;
  const solution = nonNegativeLeastSquares({
    rows: rows.map((row) =>
      features(row.shape, knots).map((value) => (value / row.ms) * weigh(row)),
    ),
    right: rows.map((row) => aboveFloor(row) * weigh(row)),
  });
  const fitted = coefficientsOf(solution, { knots, leastContextMs });
  if (hasHistory(rows)) return fitted;
  return { ...fitted, historyMs: rounded(historyPriorMs * rows[0]!.model.layers) };
}

/**
 * No kernel reads the cache faster than the memory of the data sheet. Where weights leave little
 * room, all contexts of the data are too short to tell.
 */
function contextFloorMs({ gpu, model, tensorParallelSize }: StepRow): number {
  return kvBytesPerToken(model, tensorParallelSize) / (gpu.bandwidthGBps * 1e6);
}

export function hasHistory(rows: readonly StepRow[]): boolean {
  return rows.some(({ shape }) => shape.prefillHistory > 0);
}

export function predictor(coefficients: StepCoefficients): (row: StepRow) => number {
  const stepTime = fittedStepTime({ coefficients, host: { stepMs: 0, sequenceMs: 0 } });
  return ({ shape }) => stepTime.stepUs(shape) / 1_000;
}

/** What each coefficient is multiplied with, in the order of `coefficientsOf`. */
export function features(shape: Readonly<StepShape>, knots: readonly number[]): number[] {
  const { prefillTokens, decodeSeqs, decodeContext } = shape;
  const tokens = prefillTokens + decodeSeqs;
  const meanContext = decodeSeqs > 0 ? decodeContext / decodeSeqs : 0;
  const mixed = prefillTokens > 0 && decodeSeqs > 0 ? 1 : 0;
  return [
    1,
    decodeSeqs,
    decodeContext,
    Math.min(decodeSeqs, narrowBatch) * meanContext,
    meanContext,
    shape.prefillAttention,
    shape.prefillHistory,
    mixed,
    mixed * prefillTokens,
    mixed * Math.min(prefillTokens, shortPrompt),
    mixed * decodeSeqs,
    mixed * decodeContext,
    mixed * meanContext,
    ...knots.map((knot, i) => {
      const end = knots[i + 1] ?? Number.POSITIVE_INFINITY;
      return Math.max(0, Math.min(tokens, end) - knot);
    }),
  ];
}

export function coefficientsOf(
  solution: readonly number[],
  { knots, leastContextMs }: { knots: readonly number[]; leastContextMs: number },
): StepCoefficients {
  const value = (index: number) => rounded(solution[index]!);
  return {
    baseMs: value(0),
    knots,
    tokenMs: knots.map((_, i) => value(13 + i)),
    sequenceMs: value(1),
    contextMs: rounded(leastContextMs + solution[2]!),
    narrowContextMs: value(3),
    meanContextMs: value(4),
    attentionMs: value(5),
    historyMs: value(6),
    mixed: {
      baseMs: value(7),
      tokenMs: value(8),
      shortTokenMs: value(9),
      sequenceMs: value(10),
      contextMs: value(11),
      meanContextMs: value(12),
    },
  };
}

/** A slope needs data over twice its knot; the last one would otherwise mean nothing. */
function supportedKnots(rows: readonly StepRow[]): number[] {
  const most = Math.max(...rows.map(({ shape }) => shape.prefillTokens + shape.decodeSeqs));
  return allKnots.filter((knot) => 2 * knot <= most);
}

function kindWeights(rows: readonly StepRow[]): (row: StepRow) => number {
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return ({ kind }) => Math.sqrt(rows.length / (3 * counts.get(kind)!));
}

/** Six digits are more than the data hold, and the same on every machine. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
