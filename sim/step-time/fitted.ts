import { US_PER_MS } from '../../core/time.ts';
import { narrowBatch, type StepCoefficients, shortPrompt } from './coefficients.ts';
import { paddedTokens } from './graph-padding.ts';
import type { HostOverhead } from './host-overhead.ts';
import type { StepShape, StepTimeModel } from './step-time.ts';
import { withHost } from './with-host.ts';

/** The largest of everything in the data behind the coefficients. */
export interface MeasuredRange {
  readonly tokens: number;
  readonly decodeSeqs: number;
  readonly decodeContext: number;
  readonly meanContext: number;
  readonly prefillHistory: number;
}

export interface FittedOptions {
  readonly coefficients: StepCoefficients;
  readonly host: HostOverhead;
  /** Absent: nobody asks, or nothing is known. */
  readonly range?: MeasuredRange;
  /**
   * CUDA-graph sizes a batch is padded to. Only for coefficients of kernels that were measured
   * without padding where the engine pads; a profile probed on a live engine has it inside.
   */
  readonly captureSizes?: readonly number[];
}

/**
 * The time of a step by fitted coefficients; allocates nothing. Outside what was measured it stays
 * linear, without a limit that a decode batch could cross in the middle of its run.
 */
export function fittedStepTime(options: FittedOptions): StepTimeModel {
  const { coefficients, host, range } = options;
  const { mixed } = coefficients;
  const tokensMs = tokenTime(coefficients);
  const padded = paddedTokens(options.captureSizes ?? []);

  function stepMs(shape: Readonly<StepShape>): number {
    const { prefillTokens, decodeSeqs, decodeContext } = shape;
    const tokens = prefillTokens + decodeSeqs;
    let ms =
      tokensMs(tokens < padded.length ? padded[tokens]! : tokens) +
      coefficients.sequenceMs * decodeSeqs +
      coefficients.attentionMs * shape.prefillAttention +
      coefficients.historyMs * shape.prefillHistory;
    if (decodeSeqs === 0) return ms;
    const meanContext = decodeContext / decodeSeqs;
    ms +=
      coefficients.contextMs * decodeContext +
      coefficients.narrowContextMs * Math.min(decodeSeqs, narrowBatch) * meanContext +
      coefficients.meanContextMs * meanContext;
    if (prefillTokens === 0) return ms;
    return (
      ms +
      mixed.baseMs +
      mixed.tokenMs * prefillTokens +
      mixed.shortTokenMs * Math.min(prefillTokens, shortPrompt) +
      mixed.sequenceMs * decodeSeqs +
      mixed.contextMs * decodeContext +
      mixed.meanContextMs * meanContext
    );
  }

  const gpu: StepTimeModel = {
    stepUs: (shape) => stepMs(shape) * US_PER_MS,
    decodeGrowthUs: (decodeSeqs) =>
      (coefficients.contextMs * decodeSeqs +
        coefficients.narrowContextMs * Math.min(decodeSeqs, narrowBatch) +
        coefficients.meanContextMs) *
      US_PER_MS,
  };
  const model = withHost(gpu, host);
  if (range === undefined) return model;
  // Written out, because a copy by spread has a hidden class of its own in each engine.
  const { decodeGrowthUs, evenSteps, stepUs } = model;
  return { stepUs, decodeGrowthUs, evenSteps, outsideRange: (shape) => isOutside(shape, range) };
}

/** Straight pieces between knots, of which the last has no end. */
function tokenTime({ baseMs, knots, tokenMs }: StepCoefficients): (tokens: number) => number {
  const startsMs = [baseMs];
  for (let i = 1; i < knots.length; i++) {
    startsMs.push(startsMs[i - 1]! + tokenMs[i - 1]! * (knots[i]! - knots[i - 1]!));
  }
  return (tokens) => {
    let piece = knots.length - 1;
    while (piece > 0 && tokens < knots[piece]!) piece -= 1;
    return startsMs[piece]! + tokenMs[piece]! * Math.max(0, tokens - knots[piece]!);
  };
}

function isOutside(shape: Readonly<StepShape>, range: MeasuredRange): boolean {
  const { decodeSeqs, decodeContext } = shape;
  // Where no history was measured its cost is an estimate at any length, and continues nothing.
  const mostHistory = range.prefillHistory > 0 ? range.prefillHistory : Number.POSITIVE_INFINITY;
  return (
    shape.prefillTokens + decodeSeqs > range.tokens ||
    decodeSeqs > range.decodeSeqs ||
    decodeContext > range.decodeContext ||
    decodeContext > range.meanContext * decodeSeqs ||
    shape.prefillHistory > mostHistory
  );
}
