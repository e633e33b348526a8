import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../../core/errors.ts';
import { parseHfConfig } from '../../../sim/catalog/hf-config.ts';
import { findModel } from '../../../sim/catalog/lookup.ts';
import { hfConfigs } from '../../support/hf-configs.ts';

const llama = hfConfigs['Llama-3.1-8B']!;

describe.each(Object.entries(hfConfigs))('the config.json of %s', (name, config) => {
  test('becomes what the catalogue has', () => {
    const { parameters, source: _given, ...shape } = parseHfConfig(config, name);
    const { parameters: published, source: _listed, ...listed } = findModel(name);
    expect(shape).toEqual(listed);
    expect(parameters / published).toBeCloseTo(1, 2);
  });

  test('is refused by the name of a field that is missing', () => {
    const block = (config['text_config'] ?? config) as Readonly<Record<string, unknown>>;
    for (const field of ['hidden_size', 'num_hidden_layers', 'vocab_size']) {
      if (!(field in block)) continue;
      const { [field]: _gone, ...rest } = block;
      const damaged = 'text_config' in config ? { ...config, text_config: rest } : rest;
      expect(complaint(damaged)).toMatch(`the field "${field}" is missing`);
    }
  });
});

test.each([
  [{ quant_method: 'fp8' }, 'fp8'],
  [{ quant_method: 'awq', bits: 4, group_size: 128 }, 'int4'],
  [{ quant_method: 'gptq', bits: 8 }, 'fp8'],
  [{ quant_method: 'bitsandbytes', load_in_4bit: true }, 'int4'],
  [{ quant_method: 'modelopt', quant_algo: 'FP8' }, 'fp8'],
  [{ quant_method: 'modelopt', quant_algo: 'NVFP4' }, 'int4'],
  [
    {
      quant_method: 'compressed-tensors',
      config_groups: { group_0: { weights: { num_bits: 4, type: 'int' } } },
    },
    'int4',
  ],
  [undefined, 'bf16'],
])('weights with %j are stored as %s', (quantization_config, format) => {
  expect(parseHfConfig({ ...llama, quantization_config }, 'x').weightFormat).toBe(format);
});

test.each([
  ['a quantization nobody knows', { quantization_config: { quant_method: 'x1' } }, '"x1"'],
  ['a text for a number', { num_hidden_layers: '32' }, '"num_hidden_layers" is "32"'],
  ['no layers', { num_hidden_layers: 0 }, 'is 0, expected a whole number from 1'],
  ['an encoder', { is_encoder_decoder: true }, 'has an encoder'],
  ['a state space', { mamba_d_state: 16 }, 'layers without a KV cache ("mamba_d_state")'],
  ['linear attention', { layer_types: ['linear_attention'] }, '("linear_attention")'],
  ['heads that share nothing', { num_key_value_heads: 5 }, 'cannot share 5'],
  ['heads of no whole size', { num_attention_heads: 33, num_key_value_heads: 3 }, '"head_dim"'],
  ['experts without a number to choose', { num_local_experts: 8 }, '"num_experts_per_tok"'],
  ['latent attention in part', { kv_lora_rank: 512 }, '"qk_rope_head_dim" is missing'],
  ['windows without a size', { layer_types: ['sliding_attention'] }, '"sliding_window" is missing'],
])('a config.json with %s is refused', (_what, fields, message) => {
  expect(complaint({ ...llama, ...fields })).toContain(message);
});

test.each([null, [], 'config', 3])('%j is no config.json', (value) => {
  expect(complaint(value)).toContain('not a block of keys');
});

test('contexts are stretched as vLLM stretches them', () => {
  const length = (rope_scaling: unknown) =>
    parseHfConfig({ ...llama, max_position_embeddings: 32_768, rope_scaling }, 'x')
      .maxPositionEmbeddings;
  const yarn = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32_768 };
  expect(length(yarn)).toBe(131_072);
  expect(length({ type: 'linear', factor: 2 })).toBe(65_536);
  expect(length({ rope_type: 'longrope', factor: 32 })).toBe(32_768);
  expect(length(null)).toBe(32_768);
});

test('shared experts and dense layers are found in the words of each family', () => {
  const qwen = { ...hfConfigs['Qwen3-30B-A3B'], shared_expert_intermediate_size: 1536 };
  expect(parseHfConfig(qwen, 'x').moe).toMatchObject({ sharedExperts: 2, denseLayers: 0 });
  const sparse = { ...qwen, decoder_sparse_step: 2, mlp_only_layers: [1] };
  expect(parseHfConfig(sparse, 'x').moe?.denseLayers).toBe(25);
  expect(parseHfConfig({ ...llama, num_experts: 0 }, 'x').moe).toBeUndefined();
});

test('windows follow the words of each family', () => {
  const windows = (fields: object) => parseHfConfig({ ...llama, ...fields }, 'x').slidingWindow;
  expect(windows({ sliding_window: 4096 })).toEqual({ tokens: 4096, layers: 32 });
  expect(windows({ sliding_window: 4096, use_sliding_window: false })).toBeUndefined();
  const upper = { sliding_window: 4096, use_sliding_window: true, max_window_layers: 20 };
  expect(windows(upper)).toEqual({ tokens: 4096, layers: 12 });
  expect(windows({ sliding_window: 131_072 })).toBeUndefined();
});

test('whatever it is given, it answers with a model or with a message of its own', () => {
  const anyField = fc.constantFrom(...Object.keys(hfConfigs['DeepSeek-V3']!), 'text_config');
  const change = fc.dictionary(anyField, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const base = fc.constantFrom(...Object.values(hfConfigs));
  const property = fc.property(base, change, (config, changes) => {
    try {
      const { parameters } = parseHfConfig({ ...config, ...changes }, 'x');
      expect(parameters).toBeGreaterThan(0);
      expect(Number.isFinite(parameters)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(FairleadError);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});

function complaint(config: unknown): string {
  try {
    parseHfConfig(config, 'given.json');
  } catch (error) {
    expect(error).toMatchObject({ code: 'MODEL_CONFIG_INVALID' });
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}
