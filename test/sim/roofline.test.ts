import { expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import type { Efficiency } from '../../sim/step-time/efficiency.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';

/** A published fit of the same form, without the terms that were added to it since. */
const published: Efficiency = {
  weightBandwidth: 0.81787,
  compute: 0.97904,
  kvBandwidth: 0.85717,
  attention: 0.45996,
  link: 0.52977,
  head: 1.1,
  allReduceMs: 0.00748,
  layerMs: 0.03691,
  stepMs: 0.0706,
  overlapNorm: 1.85292,
  elementwise: 4.9377,
  meanContext: 1.30031,
  sequenceMs: 0,
  historyNs: 0,
  mixed: { kvCache: 0.85717 / 0.71136 - 1, sharedKernelKvCache: 0, layerMs: 0, compute: 0 },
};

function publishedStepTime(gpu: string, model: string, tensorParallelSize: number) {
  return rooflineStepTime({
    gpu: gpus.find(({ name }) => name === gpu)!,
    model: models.find(({ name }) => name === model)!,
    tensorParallelSize,
    efficiency: published,
    sharedAttentionKernel: false,
    host: { stepMs: 0, sequenceMs: 0 },
  });
}

test('a decode step of 32 sequences on one H100 takes what the fit of the model form says', () => {
  const step = publishedStepTime('H100-SXM', 'Llama-3.1-8B', 1);
  const shape = { ...emptyShape(), decodeSeqs: 32, decodeContext: 32 * 1024, sequences: 32 };
  expect(step.stepUs(shape) / 1000).toBeCloseTo(8.3942, 3);
});

test('so does a mixed step of a 70B model on four A100, communication included', () => {
  const step = publishedStepTime('A100-80GB-SXM', 'Llama-3.1-70B', 4);
  const shape = {
    prefillTokens: 512,
    prefillAttention: 512 ** 2 / 2,
    prefillHistory: 0,
    decodeSeqs: 32,
    decodeContext: 32 * 1024,
    sequences: 33,
  };
  expect(step.stepUs(shape) / 1000).toBeCloseTo(98.1172, 2);
});
