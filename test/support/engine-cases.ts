import fc from 'fast-check';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { fixedStepTime } from '../../sim/step-time/fixed.ts';
import type { StepTimeModel } from '../../sim/step-time/step-time.ts';
import type { BenchOptions } from './engine-bench.ts';
import { benchRequests, type RequestDraw, requestDraws } from './engine-requests.ts';

/** How long steps last: whole milliseconds, so that times tie, or never the same twice. */
export type StepTimeDraw =
  | { readonly kind: 'fixed'; readonly stepMs: number }
  | ({ readonly kind: 'linear' } & Readonly<Record<Coefficient, number>>);

type Coefficient =
  | 'baseUs'
  | 'prefillUs'
  | 'attentionUs'
  | 'historyUs'
  | 'decodeUs'
  | 'contextUs'
  | 'windowUs'
  | 'windowTokens'
  | 'meanContextUs'
  | 'sequenceUs'
  | 'mixedPenalty';

type Switches = Omit<EngineConfig, 'stepTime' | 'usableBlocks'>;

/** An engine, its load, and when somebody looks; plain data, so that it can be read and shrinks. */
export interface EngineCase {
  readonly switches: Switches;
  /** Beyond those that the longest sequence needs. */
  readonly spareBlocks: number;
  readonly stepTime: StepTimeDraw;
  readonly requests: readonly RequestDraw[];
  readonly window: { readonly fromUs: number; readonly lengthUs: number };
  readonly looksUs: readonly number[];
}

/** Small multiples of an irrational number, which shrink to 0. */
function multiples(unit: number, most: number): fc.Arbitrary<number> {
  return fc.nat(most).map((n) => n * unit);
}

const stepTimes: fc.Arbitrary<StepTimeDraw> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), stepMs: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('linear' as const),
    baseUs: multiples(Math.PI * 10, 100),
    prefillUs: multiples(Math.SQRT2, 50),
    attentionUs: multiples(Math.LN2 / 10, 20),
    historyUs: multiples(Math.E / 10, 20),
    decodeUs: multiples(Math.SQRT1_2, 50),
    contextUs: multiples(Math.LOG10E, 20),
    windowUs: multiples(Math.SQRT2, 20),
    windowTokens: fc.nat(40),
    meanContextUs: multiples(Math.LN10, 20),
    sequenceUs: multiples(Math.LOG2E, 20),
    mixedPenalty: multiples(Math.PI / 10, 5).map((more) => 1 + more),
  }),
);

const switches: fc.Arbitrary<Switches> = fc
  .record({
    maxNumSeqs: fc.integer({ min: 1, max: 10 }),
    maxNumBatchedTokens: fc.integer({ min: 1, max: 40 }),
    maxModelLen: fc.integer({ min: 2, max: 64 }),
    blockSize: fc.integer({ min: 1, max: 8 }),
    longPrefillTokenThreshold: fc.constantFrom(Number.POSITIVE_INFINITY, 1, 3, 8),
    enableChunkedPrefill: fc.nat(4).map((n) => n < 4),
    reserveFullIsl: fc.boolean(),
    watermarkBlocks: fc.constantFrom(0, 0, 1, 4),
    schedulingPolicy: fc.constantFrom('fcfs', 'priority'),
    asyncScheduling: fc.boolean(),
    enablePrefixCaching: fc.nat(3).map((n) => n < 3),
    freeUnhashedToFront: fc.boolean(),
    prefixQueriesCount: fc.constantFrom('onAdmission', 'everyAttempt'),
    maxLoras: fc.constantFrom(0, 0, 1, 2, 3),
    loraLoadUs: fc.constantFrom(0, 1_000, 777.7),
  })
  // Without chunks vLLM wants the longest prompt to fit into one step.
  .map((drawn) => ({
    ...drawn,
    maxNumBatchedTokens: drawn.enableChunkedPrefill
      ? drawn.maxNumBatchedTokens
      : Math.max(drawn.maxNumBatchedTokens, drawn.maxModelLen),
  }));

export const engineCases: fc.Arbitrary<EngineCase> = fc.record({
  switches,
  spareBlocks: fc.nat(12),
  stepTime: stepTimes,
  requests: fc.array(requestDraws, { minLength: 1, maxLength: 40 }),
  window: fc.record({
    fromUs: fc.oneof(fc.constant(0), fc.nat(20_000)),
    lengthUs: fc.nat(200_000),
  }),
  looksUs: fc.array(fc.nat(150_000), { maxLength: 10 }),
});

/** What an engine bench is made of. */
export function benchOptions(engineCase: EngineCase): BenchOptions {
  const { window, looksUs, requests, stepTime, spareBlocks, switches: drawn } = engineCase;
  const usableBlocks = Math.ceil(drawn.maxModelLen / drawn.blockSize) + spareBlocks;
  return {
    config: { ...drawn, usableBlocks, stepTime: stepTimeOf(stepTime) },
    requests: benchRequests(requests, drawn),
    window: { fromUs: window.fromUs, untilUs: window.fromUs + window.lengthUs },
    looksUs,
  };
}

export function stepTimeOf(draw: StepTimeDraw): StepTimeModel {
  if (draw.kind === 'fixed') return fixedStepTime(draw);
  return {
    stepUs: (shape) => {
      const { prefillTokens, decodeSeqs, decodeContext } = shape;
      const mixed = prefillTokens > 0 && decodeSeqs > 0;
      const meanContext = decodeSeqs > 0 ? decodeContext / decodeSeqs : 0;
      return (
        draw.baseUs +
        draw.prefillUs * prefillTokens +
        draw.attentionUs * shape.prefillAttention +
        draw.historyUs * shape.prefillHistory +
        draw.decodeUs * decodeSeqs +
        draw.contextUs * decodeContext * (mixed ? draw.mixedPenalty : 1) +
        draw.windowUs * Math.min(decodeContext, draw.windowTokens * decodeSeqs) +
        draw.meanContextUs * meanContext +
        draw.sequenceUs * shape.sequences
      );
    },
    decodeGrowthUs: (decodeSeqs, decodeContext) => {
      const isInWindow = decodeContext < draw.windowTokens * decodeSeqs;
      const perToken = draw.contextUs + (isInWindow ? draw.windowUs : 0);
      return perToken * decodeSeqs + draw.meanContextUs;
    },
    evenSteps: (decodeSeqs, decodeContext) => {
      const left = draw.windowTokens * decodeSeqs - decodeContext;
      return left > 0 ? Math.floor(left / decodeSeqs) + 1 : Number.POSITIVE_INFINITY;
    },
  };
}
