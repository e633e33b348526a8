import type { HfFields } from './hf-fields.ts';
import type { MixtureOfExperts } from './model.ts';

/** The experts of Mixtral, Qwen, DeepSeek, GLM, gpt-oss, Phi, Ernie and Llama 4. */
export function hfExperts(fields: HfFields, layers: number): MixtureOfExperts | undefined {
  const experts = routedExperts(fields);
  if (experts === undefined) return undefined;
  const intermediateSize = fields.count('moe_intermediate_size', 'intermediate_size');
  return {
    experts,
    topK: fields.count('num_experts_per_tok', 'experts_per_token', 'moe_k', 'moe_topk'),
    intermediateSize,
    sharedExperts: sharedExperts(fields, intermediateSize),
    denseLayers: denseLayers(fields, layers),
  };
}

/** Dense members of such a family say 0 or 1 experts, or null. */
function routedExperts(fields: HfFields): number | undefined {
  const names = ['num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts'];
  const name = names.find((candidate) => fields.has(candidate));
  if (name === undefined || fields.isZero(name)) return undefined;
  const experts = fields.count(name);
  return experts > 1 ? experts : undefined;
}

/** Qwen gives the width of its shared expert, DeepSeek their number; Llama 4 always has one. */
function sharedExperts(fields: HfFields, intermediateSize: number): number {
  for (const name of ['n_shared_experts', 'moe_num_shared_experts', 'num_shared_experts']) {
    if (fields.has(name)) return fields.isZero(name) ? 0 : fields.count(name);
  }
  const width = 'shared_expert_intermediate_size';
  if (fields.has(width) && !fields.isZero(width)) return fields.count(width) / intermediateSize;
  return fields.modelType === 'llama4_text' ? 1 : 0;
}

function denseLayers(fields: HfFields, layers: number): number {
  for (const name of ['first_k_dense_replace', 'moe_layer_start_index']) {
    if (fields.has(name)) return fields.isZero(name) ? 0 : fields.count(name);
  }
  const step = fields.countOrNone('decoder_sparse_step', 'interleave_moe_layer_step') ?? 1;
  const isSparse = (layer: number) => layer < layers && (layer + 1) % step === 0;
  const exceptions = new Set(fields.list('mlp_only_layers')?.map(Number).filter(isSparse));
  return layers - Math.floor(layers / step) + exceptions.size;
}
