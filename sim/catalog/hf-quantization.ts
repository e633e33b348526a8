import { type Block, type HfFields, invalid, isBlock } from './hf-fields.ts';
import type { WeightFormat } from './model.ts';

/** The format of a checkpoint by its `quantization_config`; without one it is in 16 bits. */
export function hfWeightFormat(fields: HfFields): WeightFormat {
  const config = fields.block('quantization_config') ?? fields.block('compression_config');
  if (config === undefined) return 'bf16';
  const method = String(config['quant_method'] ?? config['quant_algo'] ?? '').toLowerCase();
  const format = byMethod[method] ?? byBits(bitsOf(config, method));
  if (format !== undefined) return format;
  throw invalid(
    fields.name,
    `its quantization_config is not understood ("quant_method" is "${method}")`,
  );
}

const byMethod: Readonly<Record<string, WeightFormat>> = {
  fp8: 'fp8',
  fbgemm_fp8: 'fp8',
  mxfp4: 'mxfp4',
};

/** GPTQ and AWQ say their bits, compressed-tensors those of a group of layers, ModelOpt a name. */
function bitsOf(config: Block, method: string): number | undefined {
  if (config['load_in_4bit'] === true) return 4;
  if (config['load_in_8bit'] === true) return 8;
  const bits = config['bits'] ?? config['w_bit'] ?? config['num_bits'];
  if (typeof bits === 'number') return bits;
  if (method === 'awq') return 4;
  const algorithm = String(config['quant_algo'] ?? '').toUpperCase();
  if (/FP8|INT8/.test(algorithm)) return 8;
  if (/FP4|W4/.test(algorithm)) return 4;
  const groups = isBlock(config['config_groups']) ? Object.values(config['config_groups']) : [];
  const weights = groups
    .filter(isBlock)
    .map((group) => group['weights'])
    .find(isBlock);
  const groupBits = weights?.['num_bits'];
  return typeof groupBits === 'number' ? groupBits : undefined;
}

function byBits(bits: number | undefined): WeightFormat | undefined {
  if (bits === 8) return 'fp8';
  return bits === 4 ? 'int4' : undefined;
}
