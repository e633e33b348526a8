import { suggestion } from '../../core/closest.ts';
import { type ErrorCode, FairleadError } from '../../core/errors.ts';
import type { Gpu } from './gpu.ts';
import { gpus } from './gpus/registry.ts';
import type { Model } from './model.ts';
import { models } from './models/registry.ts';

export function findGpu(name: string): Gpu {
  return find(gpus, name, { what: 'GPU', code: 'GPU_UNKNOWN' });
}

export function findModel(name: string): Model {
  return find(models, name, { what: 'model', code: 'MODEL_UNKNOWN' });
}

/** By the exact name: a slip becomes a message, never another card. */
function find<T extends { readonly name: string }>(
  catalog: readonly T[],
  name: string,
  { what, code }: { what: string; code: ErrorCode },
): T {
  const found = catalog.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = catalog.map((entry) => entry.name);
  throw new FairleadError(code, `there is no ${what} "${name}". ${suggestion(name, names)}`);
}
