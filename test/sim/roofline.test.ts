import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gpu } from '../../sim/catalog/gpu.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import { emptyShape, type StepShape } from '../../sim/step-time/step-time.ts';

const noHost = { stepMs: 0, sequenceMs: 0 };
function dataSheetOnly(name: string): Gpu {
  const { efficiency: _fitted, ...sheet } = gpus.find((gpu) => gpu.name === name)!;
  return sheet;
}

function model(name: string) {
  return models.find((candidate) => candidate.name === name)!;
}

test('a decode step of 32 sequences on one H100 takes what the fit of the model form says', () => {
  const step = rooflineStepTime({
    gpu: dataSheetOnly('H100-SXM'),
    model: model('Llama-3.1-8B'),
    tensorParallelSize: 1,
    host: noHost,
  });
  const shape = { ...emptyShape(), decodeSeqs: 32, decodeContext: 32 * 1024, sampledSeqs: 32 };
  expect(step.stepUs(shape) / 1000).toBeCloseTo(8.3942, 2);
});

test('so does a mixed step of a 70B model on four A100, communication included', () => {
  const step = rooflineStepTime({
    gpu: dataSheetOnly('A100-80GB-SXM'),
    model: model('Llama-3.1-70B'),
    tensorParallelSize: 4,
    host: noHost,
  });
  const shape = {
    prefillTokens: 512,
    prefillAttention: 512 ** 2 / 2,
    prefillHistory: 0,
    decodeSeqs: 32,
    decodeContext: 32 * 1024,
    sampledSeqs: 33,
  };
  expect(step.stepUs(shape) / 1000).toBeCloseTo(98.1172, 1);
});

describe.each(gpus.map((gpu) => [gpu.name, gpu] as const))('on %s', (_name, gpu) => {
  test('more work never takes less time', () => {
    const amounts = fc.record({
      prefillTokens: fc.nat(8192),
      prefillHistory: fc.nat(100_000),
      decodeSeqs: fc.nat(256),
      context: fc.integer({ min: 1, max: 8192 }),
    });
    const larger = fc.constantFrom('prefillTokens', 'prefillHistory', 'context');
    const step = rooflineStepTime({
      gpu,
      model: model('Llama-3.1-8B'),
      tensorParallelSize: 1,
      host: noHost,
    });
    const timeOf = (work: { [K in keyof StepShape | 'context']?: number }) => {
      const { prefillTokens = 0, prefillHistory = 0, decodeSeqs = 0, context = 0 } = work;
      return step.stepUs({
        prefillTokens,
        prefillHistory,
        prefillAttention: prefillTokens * (prefillHistory + prefillTokens / 2),
        decodeSeqs,
        decodeContext: decodeSeqs * context,
        sampledSeqs: decodeSeqs,
      });
    };
    fc.assert(
      fc.property(amounts, larger, fc.nat(1000), (work, what, more) => {
        const [less, greater] = [timeOf(work), timeOf({ ...work, [what]: work[what] + more })];
        expect(greater).toBeGreaterThanOrEqual(less * (1 - 1e-12));
      }),
      { seed: 9, numRuns: 200 },
    );
  });
});
