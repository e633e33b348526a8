import { FairleadError } from '../../core/errors.ts';
import type { EngineOptions } from '../../scenarios/scenario.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model, WeightFormat } from '../catalog/model.ts';

/** Refuses what no amount of memory would help, as vLLM does at its start. */
export function refuseUnsupported(engine: EngineOptions, gpu: Gpu, model: Model): void {
  const { tensorParallelSize: tp } = engine;
  if (!canSplit(model, tp)) {
    const most = tensorParallelSizes.findLast((size) => size < tp && canSplit(model, size));
    const heads = `${model.heads} attention heads with ${model.kvHeads} for keys and values`;
    const message = `${model.name} cannot be split over ${tp} GPUs: it has ${heads}. Write "tensorParallelSize: ${most}".`;
    throw new FairleadError('ENGINE_UNSUPPORTED', message);
  }
  const { maxModelLen = 0 } = engine;
  if (maxModelLen > model.maxPositionEmbeddings) {
    const message = `maxModelLen is ${maxModelLen}, beyond the context of ${model.name}. Write "maxModelLen: ${model.maxPositionEmbeddings}" or less.`;
    throw new FairleadError('ENGINE_UNSUPPORTED', message);
  }
  if (engine.dtype === 'bfloat16' && gpu.hasBf16 === false) {
    const message = `${gpu.name} has no bf16, and vLLM refuses it there. Write "dtype: float16", or leave dtype out.`;
    throw new FairleadError('ENGINE_UNSUPPORTED', message);
  }
}

export const tensorParallelSizes = [1, 2, 4, 8] as const;

/** Heads are split evenly; those for keys and values may be replicated, but evenly as well. */
export function canSplit({ heads, kvHeads, mla }: Model, tp: number): boolean {
  if (heads % tp !== 0) return false;
  return mla !== undefined || kvHeads % tp === 0 || tp % kvHeads === 0;
}

/**
 * The format the engine runs with: fp8 quantises a 16-bit checkpoint while it loads, AWQ and GPTQ
 * stand for a checkpoint that somebody quantised before.
 */
export function engineWeightFormat(
  model: Model,
  quantization: EngineOptions['quantization'],
): WeightFormat {
  if (quantization === undefined) return model.weightFormat;
  const asked = quantization === 'fp8' ? 'fp8' : 'int4';
  if (model.weightFormat === 'bf16' || model.weightFormat === asked) return asked;
  const message = `${model.name} is stored in ${model.weightFormat}, and vLLM refuses "quantization: ${quantization}" on top of it. Leave quantization out.`;
  throw new FairleadError('ENGINE_UNSUPPORTED', message);
}
