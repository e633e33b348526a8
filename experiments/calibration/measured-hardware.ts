import type { Gpu } from '../../sim/catalog/gpu.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import type { Model } from '../../sim/catalog/model.ts';
import { models } from '../../sim/catalog/models/registry.ts';

/** The names in the calibration data that differ from those of the catalogue. */
const gpuNames: Readonly<Record<string, string>> = {
  RTXPRO6000: 'RTX-PRO-6000',
  RTX4090: 'RTX-4090',
};

/** Level 2 cache by the data sheet, in bytes; only the calibration needs it. */
const cacheBytes: Readonly<Record<string, number>> = {
  'A100-80GB-SXM': 40e6,
  'H100-SXM': 50e6,
  L40S: 96e6,
  'RTX-PRO-6000': 128e6,
  'RTX-4090': 72e6,
};

export function measuredGpu(name: string): Gpu & { readonly cacheBytes: number } {
  const gpu = gpus.find((entry) => entry.name === (gpuNames[name] ?? name));
  if (gpu === undefined) throw new Error(`the catalogue has no GPU "${name}"`);
  return { ...gpu, cacheBytes: cacheBytes[gpu.name]! };
}

export function measuredModel(name: string): Model {
  const model = models.find((entry) => entry.name === name);
  if (model === undefined) throw new Error(`the catalogue has no model "${name}"`);
  return model;
}
