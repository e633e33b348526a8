import { describe, expect, test } from 'vitest';
import { findGpu, findModel } from '../../sim/catalog/lookup.ts';
import { chooseStepTime } from '../../sim/step-time/choose.ts';
import { hostOverheadOf } from '../../sim/step-time/host-overhead.ts';
import { emptyShape, type StepTimeModel } from '../../sim/step-time/step-time.ts';
import { withHost } from '../../sim/step-time/with-host.ts';

function decode(decodeSeqs: number, decodeContext: number) {
  return { ...emptyShape(), decodeSeqs, decodeContext, sequences: decodeSeqs };
}

function stepTimeOf(gpu: string, model: string, asyncScheduling: boolean): StepTimeModel {
  const hardware = { gpu: findGpu(gpu), model: findModel(model), tensorParallelSize: 1 };
  return chooseStepTime({ ...hardware, engineVersion: 'vllm-0.19', asyncScheduling }).model;
}

describe('a step without asynchronous scheduling', () => {
  test.each([
    ['A100-80GB-SXM', 'Llama-3.1-8B', 1],
    ['A100-80GB-SXM', 'Llama-3.1-8B', 64],
    ['H100-SXM', 'Qwen3-8B', 256],
  ])('waits on %s with %s × %i for 1 ms more, and for each sequence', (gpu, model, seqs) => {
    const [inShadow, inStep] = [true, false].map((asyncScheduling) =>
      stepTimeOf(gpu, model, asyncScheduling).stepUs(decode(seqs, 1_000 * seqs)),
    );
    expect(inStep! - inShadow!).toBeCloseTo(1_000 + 15 * seqs, 6);
  });

  test('is never the faster one, however small the model', () => {
    for (const seqs of [1, 8, 64, 256]) {
      const [inShadow, inStep] = [true, false].map((asyncScheduling) =>
        stepTimeOf('B200-SXM', 'Qwen3-0.6B', asyncScheduling).stepUs(decode(seqs, 10 * seqs)),
      );
      expect(inStep!).toBeGreaterThan(inShadow!);
    }
  });

  test('of an engine that was measured like that costs what was measured', () => {
    const measured = { stepMs: 0.4, sequenceMs: 0.032 };
    expect(hostOverheadOf('0.11.0', false)).toEqual(measured);
    expect(hostOverheadOf('0.11.0', true)).toEqual(measured);
  });
});

test('a step of a very small model takes as long as its host', () => {
  const us = stepTimeOf('B200-SXM', 'Qwen3-0.6B', true).stepUs(decode(1, 500));
  expect(us).toBeCloseTo(2_000 + 15 + 300 + 15, 6);
});

test('a decode batch grows only once its GPU takes longer than its host, and says when', () => {
  const gpu: StepTimeModel = {
    stepUs: ({ decodeContext }) => 1_500 + decodeContext,
    decodeGrowthUs: (decodeSeqs) => decodeSeqs,
  };
  const host = { stepMs: 0.3, sequenceMs: 0, beside: { stepMs: 1.6, sequenceMs: 0.1 } };
  const time = withHost(gpu, host);
  // The host takes 1.6 + 3 * 0.1 ms, which is 400 tokens of context.
  expect(time.stepUs(decode(3, 100))).toBeCloseTo(1_900 + 300, 9);
  expect(time.decodeGrowthUs(3, 100)).toBe(0);
  expect(time.evenSteps!(3, 100)).toBe(101);
  expect(time.decodeGrowthUs(3, 400)).toBe(3);
  expect(time.stepUs(decode(3, 403))).toBeCloseTo(1_903 + 300, 9);
  expect(time.evenSteps!(3, 400)).toBe(Number.POSITIVE_INFINITY);
});
