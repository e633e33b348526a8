import { expect, test } from 'vitest';
import type { Gpu } from '../../sim/catalog/gpu.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';

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
  const shape = { ...emptyShape(), decodeSeqs: 32, decodeContext: 32 * 1024, sequences: 32 };
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
    sequences: 33,
  };
  expect(step.stepUs(shape) / 1000).toBeCloseTo(98.1172, 1);
});
