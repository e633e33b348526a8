import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepCoefficients } from '../../sim/step-time/coefficients.ts';
import { fittedStepTime } from '../../sim/step-time/fitted.ts';
import { captureSizes, paddedTokens } from '../../sim/step-time/graph-padding.ts';
import { hostOverheadOf } from '../../sim/step-time/host-overhead.ts';
import { profiles } from '../../sim/step-time/profiles/registry.ts';
import { emptyShape, type StepShape } from '../../sim/step-time/step-time.ts';

const noHost = { stepMs: 0, sequenceMs: 0 };

const nothingMixed = {
  baseMs: 0,
  tokenMs: 0,
  shortTokenMs: 0,
  sequenceMs: 0,
  contextMs: 0,
  meanContextMs: 0,
};

/** A published fit of an A100-80 with Llama-3.1-8B: two slopes with a knee at 128 tokens. */
const kneeAt128: StepCoefficients = {
  baseMs: 11.0201,
  knots: [0, 128],
  tokenMs: [0.0193403, 0.0532106],
  sequenceMs: 0.00765607,
  contextMs: 8.0442e-5,
  narrowContextMs: 0,
  meanContextMs: 1.03267e-5,
  attentionMs: 4.06814e-6,
  historyMs: 0,
  mixed: { ...nothingMixed, meanContextMs: 0.000209844, sequenceMs: 0.00334999 },
};

/** A published fit of the RTX PRO 6000 with the same model, with a price of history. */
const withHistory: StepCoefficients = {
  baseMs: 11.2282,
  knots: [0, 192],
  tokenMs: [0.0103163, 0.0361314],
  sequenceMs: 0.00410482,
  contextMs: 8.92806e-5,
  narrowContextMs: 0,
  meanContextMs: 0,
  attentionMs: 1.36699e-6,
  historyMs: 0.00054765,
  mixed: {
    ...nothingMixed,
    contextMs: 4.65038e-5,
    meanContextMs: 0.000158015,
    sequenceMs: 0.0221774,
  },
};

/** A published fit of the A100 that interpolates between times at knots. */
const knots = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const timesAtKnots = [
  11.1868, 11.1506, 11.3425, 11.8281, 11.7885, 14.022, 19.9899, 33.3657, 61.8108, 117.186, 233.082,
  468.554,
];
const interpolated: StepCoefficients = {
  baseMs: timesAtKnots[0]!,
  knots: knots.slice(0, -1),
  tokenMs: knots
    .slice(0, -1)
    .map((knot, i) => (timesAtKnots[i + 1]! - timesAtKnots[i]!) / (knots[i + 1]! - knot)),
  sequenceMs: 0.00764186,
  contextMs: 8.05781e-5,
  narrowContextMs: 0,
  meanContextMs: 4.51829e-6,
  attentionMs: 2.94915e-6,
  historyMs: 0,
  mixed: { ...nothingMixed, meanContextMs: 0.000240966, sequenceMs: 0.00371668 },
};

function step(P: number, S: number, B: number, C: number, K = 0): StepShape {
  return {
    prefillTokens: P,
    prefillAttention: S,
    prefillHistory: K,
    decodeSeqs: B,
    decodeContext: C,
    sequences: B + (P > 0 ? 1 : 0),
  };
}

function msOf(coefficients: StepCoefficients, shape: StepShape): number {
  return fittedStepTime({ coefficients, host: noHost }).stepUs(shape) / 1_000;
}

const decode = step(0, 0, 32, 32_768);
const prompt = step(2_048, 2_048 ** 2 / 2, 0, 0);
const mixed = step(512, 131_072, 32, 32_768);

test('published coefficients give the published times', () => {
  expect(msOf(kneeAt128, decode)).toBeCloseTo(14.5305, 4);
  expect(msOf(kneeAt128, prompt)).toBeCloseTo(124.1915, 2);
  expect(msOf(kneeAt128, mixed)).toBeCloseTo(39.3781, 3);
  expect(msOf(interpolated, decode)).toBeCloseTo(14.7176, 3);
  expect(msOf(interpolated, prompt)).toBeCloseTo(123.3708, 2);
  expect(msOf(interpolated, mixed)).toBeCloseTo(38.7853, 3);
  expect(msOf(withHistory, decode)).toBeCloseTo(14.6152, 3);
  expect(msOf(withHistory, prompt)).toBeCloseTo(83.1356, 3);
  expect(msOf(withHistory, mixed)).toBeCloseTo(31.5586, 3);
  expect(msOf(withHistory, step(16, 131_200, 0, 0, 8_192))).toBeCloseTo(16.059, 3);
});

test('a run of decode steps takes what the closed form says', () => {
  const stepTime = fittedStepTime({ coefficients: kneeAt128, host: noHost });
  const t0 = stepTime.stepUs(decode) / 1_000;
  const growth = stepTime.decodeGrowthUs(32, 0) / 1_000;
  expect(growth).toBeCloseTo(0.00258447, 8);
  expect(100 * t0 + (growth * 100 * 99) / 2).toBeCloseTo(1_465.8413, 3);
});

test('the built-in coefficients agree with the published ones, which had other forms', () => {
  const times = (gpu: string, model: string, tensorParallelSize: number, kernels: string) => {
    const entry = profiles
      .find((profile) => profile.gpu === gpu && profile.model === model)!
      .entries.find(
        (candidate) =>
          candidate.tensorParallelSize === tensorParallelSize &&
          candidate.kernels === kernels &&
          candidate.weights === 'bf16',
      )!;
    return [decode, prompt, mixed].map((shape) => msOf(entry.coefficients, shape));
  };
  const near = (ours: readonly number[], theirs: readonly number[]) => {
    for (const [i, ms] of ours.entries()) expect(Math.abs(ms / theirs[i]! - 1)).toBeLessThan(0.03);
  };
  near(times('A100-80GB-SXM', 'Llama-3.1-8B', 1, '0.14.0'), [14.6241, 123.7812, 39.0817]);
  near(times('RTX-PRO-6000', 'Llama-3.1-8B', 1, '0.19.0'), [14.6152, 83.1356, 31.5586]);
});

const entries = profiles.flatMap(({ gpu, model, entries }) =>
  entries.map((entry) => ({ name: `${gpu} ${model}`, ...entry })),
);

const anyStep = fc.record({
  entry: fc.constantFrom(...entries),
  P: fc.oneof(fc.constant(0), fc.nat(20_000)),
  K: fc.nat(200_000),
  B: fc.oneof(fc.constant(0), fc.nat(1_024)),
  context: fc.integer({ min: 1, max: 100_000 }),
});

describe('any built-in profile', () => {
  const shapeOf = ({ P, K, B, context }: { P: number; K: number; B: number; context: number }) =>
    step(P, P * (K + P / 2), B, B * context, P > 0 ? K : 0);

  test('has no negative coefficient', () => {
    const numbers = (value: unknown): number[] =>
      typeof value === 'object' ? Object.values(value!).flatMap(numbers) : [value as number];
    for (const { coefficients } of entries) {
      expect(Math.min(...numbers(coefficients))).toBeGreaterThanOrEqual(0);
      expect(coefficients.tokenMs.length).toBe(coefficients.knots.length);
      expect(coefficients.tokenMs.at(-1)).toBeGreaterThan(0);
      expect(coefficients.contextMs).toBeGreaterThan(0);
    }
  });

  test('never gets shorter by more of anything, inside and outside of its range', () => {
    const what = fc.constantFrom('P', 'K', 'B', 'context');
    const property = fc.property(anyStep, what, fc.nat(2_000), (drawn, key, more) => {
      const { coefficients } = drawn.entry;
      const less = msOf(coefficients, shapeOf(drawn));
      const longer = msOf(coefficients, shapeOf({ ...drawn, [key]: drawn[key] + more }));
      expect(longer - less).toBeGreaterThanOrEqual(-1e-9 * longer);
    });
    fc.assert(property, { seed: 1, numRuns: 3_000 });
  });

  test('sums a run of decode steps to its closed form, across the end of its range', () => {
    const property = fc.property(anyStep, fc.integer({ min: 1, max: 300 }), (drawn, steps) => {
      const { coefficients, range } = drawn.entry;
      const stepTime = fittedStepTime({
        coefficients,
        range,
        host: hostOverheadOf('0.19.0', true),
      });
      const first = shapeOf({ ...drawn, P: 0, B: drawn.B + 1 });
      let sum = 0;
      for (let k = 0; k < steps; k++) {
        const decodeContext = first.decodeContext + k * first.decodeSeqs;
        sum += stepTime.stepUs({ ...first, decodeContext });
      }
      const growth = stepTime.decodeGrowthUs(first.decodeSeqs, first.decodeContext);
      const closed = steps * stepTime.stepUs(first) + (growth * steps * (steps - 1)) / 2;
      expect(closed / sum).toBeCloseTo(1, 9);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});

test('says when a step is outside of what was measured', () => {
  const range = {
    tokens: 8_192,
    decodeSeqs: 256,
    decodeContext: 400_000,
    meanContext: 32_768,
    prefillHistory: 100,
  };
  const outsideRange = fittedStepTime({ coefficients: kneeAt128, host: noHost, range })
    .outsideRange!;
  expect(outsideRange(decode)).toBe(false);
  expect(outsideRange(step(8_192, 1, 0, 0))).toBe(false);
  expect(outsideRange(step(8_192, 1, 1, 10))).toBe(true);
  expect(outsideRange(step(0, 0, 257, 257))).toBe(true);
  expect(outsideRange(step(0, 0, 256, 400_001))).toBe(true);
  expect(outsideRange(step(0, 0, 1, 32_769))).toBe(true);
  expect(outsideRange(step(16, 1, 0, 0, 100))).toBe(false);
  expect(outsideRange(step(16, 1, 0, 0, 101))).toBe(true);
  expect(fittedStepTime({ coefficients: kneeAt128, host: noHost }).outsideRange).toBeUndefined();
});

test('pads a batch to the next captured size, but not what attention reads', () => {
  expect(captureSizes(1_024).at(-1)).toBe(512);
  expect(captureSizes(16)).toEqual([1, 2, 4, 8, 16, 24, 32]);
  const table = paddedTokens(captureSizes(1_024));
  expect([1, 3, 5, 25, 256, 257, 500].map((tokens) => table[tokens])).toEqual([
    1, 4, 8, 32, 256, 272, 512,
  ]);
  const options = { coefficients: kneeAt128, host: noHost };
  const padding = fittedStepTime({ ...options, captureSizes: captureSizes(256) });
  const plain = fittedStepTime(options);
  const growth = padding.stepUs(step(0, 0, 25, 0)) - plain.stepUs(step(0, 0, 25, 0));
  expect(growth / 1_000).toBeCloseTo(7 * 0.0193403, 9);
  expect(padding.decodeGrowthUs(25, 0)).toBe(plain.decodeGrowthUs(25, 0));
  expect(padding.stepUs(prompt)).toBe(plain.stepUs(prompt));
});

test('the host adds to every step, by the version of the engine', () => {
  const stepTime = fittedStepTime({
    coefficients: kneeAt128,
    host: hostOverheadOf('0.19.0', true),
  });
  expect(stepTime.stepUs(decode) / 1_000 - msOf(kneeAt128, decode)).toBeCloseTo(0.3 + 0.48, 9);
});

test.each([
  ['0.1.0', 16, 0.2],
  ['0.8.5', 5.8, 0.016],
  ['0.11.2', 0.4, 0.032],
  ['0.14.9', 0.4, 0.032],
  ['0.15.0', 0.02, 0.024],
  ['0.15.3', 0.02, 0.024],
  ['vllm-0.15', 0.02, 0.024],
  ['0.19.0', 0.3, 0.015],
  ['vllm-0.19', 0.3, 0.015],
  ['vllm-0.30', 0.3, 0.015],
])('the host of vLLM %s takes %d ms a step and %d ms a sequence', (version, stepMs, sequenceMs) => {
  expect(hostOverheadOf(version, true)).toMatchObject({ stepMs, sequenceMs });
});

test('an empty step costs no more than its fixed part', () => {
  expect(msOf(kneeAt128, emptyShape())).toBe(kneeAt128.baseMs);
});
