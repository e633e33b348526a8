/**
 * How weights are stored: 16 bits, 8 bits, 4-bit integers with 16-bit activations (AWQ, GPTQ), or
 * 4-bit floats for the experts only (gpt-oss).
 */
export type WeightType = 'bf16' | 'fp8' | 'int4' | 'mxfp4';

export type KvCacheType = 'bf16' | 'fp8';

/** A group of 128 4-bit integers has a 16-bit scale and zero point. */
const int4Bytes = 0.5 + 4 / 128;

/** A block of 32 4-bit floats has an 8-bit scale (OCP Microscaling Formats 1.0). */
const mxfp4Bytes = 0.5 + 1 / 32;

/** Bytes of a weight in a linear layer. */
export const linearBytes: Readonly<Record<WeightType, number>> = {
  bf16: 2,
  fp8: 1,
  int4: int4Bytes,
  mxfp4: 2,
};

/** Bytes of a weight in an expert. */
export const expertBytes: Readonly<Record<WeightType, number>> = {
  bf16: 2,
  fp8: 1,
  int4: int4Bytes,
  mxfp4: mxfp4Bytes,
};

/**
 * Arithmetic rate by the bf16 rate of the data sheet. Weights of 4 bits are expanded to 16 on the
 * way, which costs about a fifth (Marlin kernels).
 */
export const arithmeticRate: Readonly<Record<WeightType, number>> = {
  bf16: 1,
  fp8: 2,
  int4: 0.8,
  mxfp4: 0.8,
};

export const kvCacheBytes: Readonly<Record<KvCacheType, number>> = { bf16: 2, fp8: 1 };

/** Ampere and older compute in 16 bits whatever the weights are stored in. */
export function hasFp8Arithmetic({ name }: { readonly name: string }): boolean {
  return !/^(A\d|T4|V100|RTX-30|RTX-A)/.test(name);
}
