import { expect, test } from 'vitest';
import { findModel } from '../../sim/catalog/lookup.ts';
import { engineConfig } from '../../sim/replica/engine-config.ts';
import { loadScenario, smallScenario } from '../support/scenarios.ts';

function configOf(gpu: string, engine: string) {
  const model = 'Llama-3.1-8B';
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
  return engineConfig(scenario.fleet[0]!, findModel(model));
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

test('block 0 is the null block, and a given block count wins over the formula', () => {
  const config = configOf('L4', '{ numGpuBlocksOverride: 1001, maxModelLen: 8192 }');
  expect(config.usableBlocks).toBe(1000);
});

test('a block holds 16 tokens, 64 of a latent cache, or what is written', () => {
  const blockSize = (model: string, engine: object) => {
    const [group] = smallScenario({ replicas: 1 }).fleet;
    const options = { ...group!.engine, maxModelLen: 8_192, ...engine };
    return engineConfig({ ...group!, gpu: 'H100-SXM', engine: options }, findModel(model))
      .blockSize;
  };
  expect(blockSize('Llama-3.1-8B', {})).toBe(16);
  expect(blockSize('DeepSeek-V2-Lite', {})).toBe(64);
  expect(blockSize('DeepSeek-V2-Lite', { blockSize: 128 })).toBe(128);
});

test('0 is no limit to the tokens of one prompt in a step, as in vLLM', () => {
  const threshold = (tokens: number) =>
    configOf('H100-SXM', `{ longPrefillTokenThreshold: ${tokens} }`).longPrefillTokenThreshold;
  expect(threshold(0)).toBe(Number.POSITIVE_INFINITY);
  expect(threshold(256)).toBe(256);
});
