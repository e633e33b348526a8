import type { WeightFormat } from '../catalog/model.ts';
import { quantisedBytes } from '../catalog/weight-bytes.ts';

export type KvCacheType = 'bf16' | 'fp8';

/** Bytes of a weight in a linear layer; mxfp4 has only its experts in few bits. */
export const linearBytes: Readonly<Record<WeightFormat, number>> = {
  ...quantisedBytes,
  mxfp4: quantisedBytes.bf16,
};

/**
 * Arithmetic rate by the bf16 rate of the data sheet. Weights of 4 bits are expanded to 16 on the
 * way, which costs about a fifth (Marlin kernels).
 */
export const arithmeticRate: Readonly<Record<WeightFormat, number>> = {
  bf16: 1,
  fp8: 2,
  int4: 0.8,
  mxfp4: 0.8,
};

export const kvCacheBytes: Readonly<Record<KvCacheType, number>> = { bf16: 2, fp8: 1 };
