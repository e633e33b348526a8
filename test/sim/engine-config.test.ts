import { expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { engineConfig } from '../../sim/replica/engine-config.ts';
import { kvCapacityTokens } from '../../sim/replica/kv-capacity.ts';
import { loadScenario } from '../support/scenarios.ts';

function configOf(gpu: string, engine: string, model = 'Llama-3.1-8B') {
  const scenario = loadScenario(`
name: one
summary: One engine.
model: ${model}
fleet: [{ name: r, gpu: ${gpu}, replicas: 1, engine: ${engine} }]
traffic:
  - arrivals: { kind: poisson, rate: 1 }
    input: { kind: constant, tokens: 1 }
    output: { kind: constant, tokens: 1 }
`);
  return engineConfig(scenario.fleet[0]!, model);
}

// vLLM's own defaults by device.
test.each([
  ['A100-80GB-SXM', 2048, 256],
  ['H100-SXM', 8192, 1024],
  ['H200-SXM', 8192, 1024],
  ['RTX-PRO-6000', 8192, 1024],
  ['L40S', 2048, 256],
  ['L4', 2048, 256],
  ['RTX-4090', 2048, 256],
])('%s starts with a budget of %i tokens and %i sequences', (gpu, tokens, sequences) => {
  const config = configOf(gpu, '{ maxModelLen: 8192 }');
  expect(config).toMatchObject({ maxNumBatchedTokens: tokens, maxNumSeqs: sequences });
});

test('there are never more sequences than tokens in the budget', () => {
  expect(configOf('H100-SXM', '{ maxNumBatchedTokens: 512 }').maxNumSeqs).toBe(512);
});

// Estimates of the tokens that fit, which real engines confirm to about 6 %.
test.each([
  ['Llama-3.1-8B', 'L4', 1, 34_000],
  ['Llama-3.1-8B', 'A10G', 1, 34_000],
  ['Llama-3.1-8B', 'RTX-4090', 1, 42_000],
  ['Llama-3.1-8B', 'A100-40GB-SXM', 1, 160_000],
  ['Llama-3.1-8B', 'L40S', 1, 200_000],
  ['Llama-3.1-8B', 'A100-80GB-SXM', 1, 450_000],
  ['Llama-3.1-8B', 'H100-SXM', 1, 440_000],
  ['Llama-3.1-8B', 'H200-SXM', 1, 880_000],
  ['Llama-3.1-70B', 'H100-SXM', 4, 470_000],
  ['Llama-3.1-70B', 'H200-SXM', 2, 370_000],
  ['Llama-3.1-70B', 'A100-40GB-SXM', 8, 450_000],
])('%s on %s × %i has a KV cache of about %i tokens', (model, gpu, tp, tokens) => {
  const large = ['H100-SXM', 'H200-SXM'].includes(gpu);
  const capacity = kvCapacityTokens({
    gpu: gpus.find(({ name }) => name === gpu)!,
    model: models.find(({ name }) => name === model)!,
    tensorParallelSize: tp,
    gpuMemoryUtilization: 0.9,
    maxNumBatchedTokens: large ? 8192 : 2048,
    maxNumSeqs: large ? 1024 : 256,
  });
  expect(Math.abs(capacity / tokens - 1)).toBeLessThan(0.06);
});

test('block 0 is the null block, and a given block count wins over the formula', () => {
  const config = configOf('L4', '{ numGpuBlocksOverride: 1001, maxModelLen: 8192 }');
  expect(config.usableBlocks).toBe(1000);
});

test('a model that does not fit is refused with what to write instead', () => {
  expect(() => configOf('L4', '{}')).toThrow(/Write "maxModelLen: \d+" or less under engine/);
  expect(() => configOf('L4', '{}', 'Llama-3.1-70B')).toThrow(/leave no memory for the KV cache/);
});
