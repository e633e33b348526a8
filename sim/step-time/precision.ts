import type { WeightFormat } from '../catalog/model.ts';

export type KvCacheType = 'bf16' | 'fp8';

/** A group of 128 4-bit integers has a 16-bit scale and zero point. */
const int4Bytes = 0.5 + 4 / 128;

/** A block of 32 4-bit floats has an 8-bit scale (OCP Microscaling Formats 1.0). */
const mxfp4Bytes = 0.5 + 1 / 32;

/** Bytes of a weight in a linear layer. */
export const linearBytes: Readonly<Record<WeightFormat, number>> = {
  bf16: 2,
  fp8: 1,
  int4: int4Bytes,
  mxfp4: 2,
};

/** Bytes of a weight in an expert. */
export const expertBytes: Readonly<Record<WeightFormat, number>> = {
  bf16: 2,
  fp8: 1,
  int4: int4Bytes,
  mxfp4: mxfp4Bytes,
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
