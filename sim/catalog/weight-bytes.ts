import { bytesPerValue, type Model, type WeightFormat } from './model.ts';
import { countParameters } from './parameters.ts';

/**
 * What the weights of a whole model take on its GPUs. Only the projections are quantised:
 * embeddings, output head and (in mxfp4) everything but the experts stay in 16 bits. DeepSeek's
 * extra prediction layer is not loaded unless asked for.
 */
export function weightBytes(model: Model, format: WeightFormat = model.weightFormat): number {
  const { attention, embeddings, experts, mlp, total } = countParameters(model);
  // Norms and biases, which the count by place leaves out.
  const rest = Math.max(0, model.parameters - total);
  const small = format === 'mxfp4' ? experts : attention + mlp + experts;
  const large = attention + mlp + experts + embeddings + rest - small;
  const padding = format === 'mxfp4' ? mxfp4Padding(model) : 1;
  return Math.round(small * padding * quantisedBytes[format] + large * bytesPerValue);
}

/**
 * vLLM's mxfp4 kernels round one side of each expert up to 256. With it, gpt-oss-20b and -120b weigh
 * what vLLM 0.11 logs on an H100 (13.47 and 64.38 GiB); without it, 6 % less.
 */
function mxfp4Padding({ moe }: Model): number {
  if (moe === undefined) return 1;
  return (Math.ceil(moe.intermediateSize / 256) * 256) / moe.intermediateSize;
}

/**
 * Of one weight with its share of the scales: int4 in groups of 128 with a scale and a zero point,
 * mxfp4 in groups of 32 with a scale of one byte.
 */
export const quantisedBytes: Readonly<Record<WeightFormat, number>> = {
  bf16: 2,
  fp8: 1,
  mxfp4: (4 + 8 / 32) / 8,
  int4: (4 + (16 + 4) / 128) / 8,
};
