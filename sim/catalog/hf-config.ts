import { hfExperts } from './hf-experts.ts';
import { type HfFields, hfFields, invalid } from './hf-fields.ts';
import { hfWeightFormat } from './hf-quantization.ts';
import { hfSlidingWindow } from './hf-windows.ts';
import type { LatentAttention, Model } from './model.ts';
import { countParameters } from './parameters.ts';

/**
 * Reads the config.json of a decoder on Hugging Face, whatever its family: what counts is which
 * fields are there, not the name of the architecture. Parameters are counted from the shape.
 */
export function parseHfConfig(config: unknown, name: string): Model {
  const fields = hfFields(config, name);
  refuseOthers(fields);
  const hiddenSize = fields.count('hidden_size', 'n_embd', 'd_model', 'n_embed');
  const layers = fields.count('num_hidden_layers', 'n_layer', 'n_layers', 'num_layers');
  const heads = fields.count('num_attention_heads', 'n_head', 'n_heads');
  const mla = latentAttention(fields);
  const intermediateSize =
    fields.countOrNone(...(fields.modelType === 'llama4_text' ? ['intermediate_size_mlp'] : [])) ??
    fields.countOrNone('intermediate_size', 'ffn_hidden_size', 'n_inner');
  const isClassic = classicMlps.has(fields.modelType);
  if (intermediateSize === undefined && !isClassic) fields.count('intermediate_size');
  const moe = hfExperts(fields, layers);
  const maxPositionEmbeddings = contextLength(fields);
  const slidingWindow = hfSlidingWindow(fields, { layers, maxPositionEmbeddings });
  const shape = {
    name,
    layers,
    hiddenSize,
    heads,
    kvHeads: kvHeads(fields, heads),
    headDim: headDim(fields, { hiddenSize, heads }),
    intermediateSize: intermediateSize ?? 4 * hiddenSize,
    vocabSize: fields.count('vocab_size', 'padded_vocab_size'),
    maxPositionEmbeddings,
    parameters: 0,
    weightFormat: hfWeightFormat(fields),
    ...(isTied(fields) ? { tiedEmbeddings: true as const } : {}),
    ...(isClassic ? { gatedMlp: false } : {}),
    ...(moe === undefined ? {} : { moe }),
    ...(mla === undefined ? {} : { mla }),
    ...(slidingWindow === undefined ? {} : { slidingWindow }),
    source: 'the config.json given',
  };
  return { ...shape, parameters: countParameters(shape).total };
}

/** Families with an MLP of two matrices; where its width is not given, it is four times theirs. */
const classicMlps = new Set([
  'bloom',
  'falcon',
  'gpt2',
  'gpt_bigcode',
  'gpt_neox',
  'mpt',
  'nemotron',
  'opt',
  'phi',
  'starcoder2',
]);

/** What has another state than keys and values for every token, or is no decoder. */
function refuseOthers({ name, flag, has, list, modelType }: HfFields): void {
  if (flag('is_encoder_decoder') === true) throw invalid(name, 'this model has an encoder');
  const stateSpace = ['hybrid_override_pattern', 'layers_block_type', 'linear_attn_config'];
  const recurrent = ['mamba_d_state', 'ssm_cfg', 'state_size', 'attn_layer_period'];
  const marker =
    [...stateSpace, ...recurrent].find(has) ??
    (list('layer_types')?.includes('linear_attention') ? 'linear_attention' : undefined);
  if (marker === undefined) return;
  const type = modelType === '' ? 'this model' : `"${modelType}"`;
  throw invalid(name, `${type} has layers without a KV cache ("${marker}"), which we do not model`);
}

function latentAttention(fields: HfFields): LatentAttention | undefined {
  if (!fields.has('kv_lora_rank')) return undefined;
  return {
    kvLoraRank: fields.count('kv_lora_rank'),
    qLoraRank: fields.isZero('q_lora_rank') ? 0 : (fields.countOrNone('q_lora_rank') ?? 0),
    ropeHeadDim: fields.count('qk_rope_head_dim'),
    valueHeadDim: fields.count('v_head_dim'),
  };
}

function kvHeads(fields: HfFields, heads: number): number {
  const isShared = fields.flag('multi_query') === true && !fields.flag('new_decoder_architecture');
  if (isShared && !fields.has('multi_query_group_num')) return 1;
  const given = fields.countOrNone('num_key_value_heads', 'num_kv_heads', 'multi_query_group_num');
  const inBlock = fields.block('attn_config')?.['kv_n_heads'];
  const groups = given ?? (typeof inBlock === 'number' ? inBlock : heads);
  if (heads % groups === 0) return groups;
  throw invalid(fields.name, `${heads} attention heads cannot share ${groups} key and value heads`);
}

function headDim(
  fields: HfFields,
  { hiddenSize, heads }: { hiddenSize: number; heads: number },
): number {
  if (fields.has('kv_lora_rank')) return fields.count('qk_nope_head_dim');
  const given = fields.countOrNone('head_dim', 'kv_channels');
  if (given !== undefined) return given;
  if (hiddenSize % heads === 0) return hiddenSize / heads;
  throw invalid(
    fields.name,
    `the field "head_dim" is missing, and ${hiddenSize} is not a multiple of ${heads} heads`,
  );
}

/** Longer than trained with YaRN or linear scaling, as vLLM derives it (`vllm/config/model.py`). */
function contextLength(fields: HfFields): number {
  const trained = fields.count(
    'max_position_embeddings',
    'n_positions',
    'seq_length',
    'max_seq_len',
    'max_sequence_length',
  );
  const scaling = fields.block('rope_scaling') ?? fields.block('rope_parameters') ?? {};
  const kind = String(scaling['rope_type'] ?? scaling['type'] ?? 'default');
  const factor = scaling['factor'];
  // The published length of Gemma 3 is the scaled one already.
  if (fields.modelType.startsWith('gemma3')) return trained;
  if (typeof factor !== 'number' || !['yarn', 'linear', 'dynamic'].includes(kind)) return trained;
  const original = scaling['original_max_position_embeddings'];
  return Math.floor(
    (kind === 'yarn' && typeof original === 'number' ? original : trained) * factor,
  );
}

/** Most families say it; some rely on the default of their class. */
function isTied({ flag, modelType }: HfFields): boolean {
  const byDefault = /^(gemma|cohere|gpt2|gpt_bigcode|bloom|falcon|mpt|opt|starcoder2)/;
  return flag('tie_word_embeddings') ?? byDefault.test(modelType);
}
