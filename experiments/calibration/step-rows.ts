import type { Gpu } from '../../sim/catalog/gpu.ts';
import { kvBytesPerToken, type Model, type WeightFormat } from '../../sim/catalog/model.ts';
import { memoryPlan } from '../../sim/replica/kv-capacity.ts';
import { vllmProfiles } from '../../sim/replica/vllm-profiles.ts';
import type { ProfileEntry } from '../../sim/step-time/profile.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';
import { measuredGpu, measuredModel } from './measured-hardware.ts';

export type StepKind = 'decode' | 'prefill' | 'mixed';

export const stepKinds: readonly StepKind[] = ['decode', 'prefill', 'mixed'];

/** One step of the calibration data: what it held, and the sum of its measured kernels. */
export interface StepRow {
  readonly source: ProfileEntry['source'];
  readonly gpu: Gpu & { readonly cacheBytes: number };
  readonly kernels: string;
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly weights: WeightFormat;
  readonly kind: StepKind;
  readonly shape: Readonly<StepShape>;
  readonly ms: number;
}

export const stepFiles = {
  aiconfigurator: 'step_aic_vllm_composed.csv',
  LLMServingSim: 'step_llmservingsim_composed.csv',
} as const;

/** Longer prompts than any token budget in use. */
const longestPrefill = 8_192;

/** The rows that the model is meant for; see `servesFromCache` for those it is not. */
export function admitted(rows: readonly StepRow[]): StepRow[] {
  return rows.filter((row) => !servesFromCache(row));
}

export function parseStepRows(source: ProfileEntry['source'], csv: string): StepRow[] {
  const [header, ...lines] = csv.trim().split('\n');
  const columns = header!.split(',');
  return lines
    .map((line) => stepRow(source, new Map(line.split(',').map((cell, i) => [columns[i]!, cell]))))
    .filter((row) => row.shape.prefillTokens <= longestPrefill && fitsIntoMemory(row));
}

function stepRow(source: ProfileEntry['source'], cells: ReadonlyMap<string, string>): StepRow {
  const text = (column: string) => {
    const cell = cells.get(column);
    if (cell === undefined) throw new Error(`the step rows have no column "${column}"`);
    return cell;
  };
  const number = (column: string) => Number(text(column));
  const prefillTokens = number('prefill_tokens');
  const prompts = number('n_prefill');
  const prefillHistory = cells.has('kv_prefill') ? prompts * number('kv_prefill') : 0;
  const decodeSeqs = number('batch');
  return {
    source,
    gpu: measuredGpu(text('gpu')),
    kernels: text('vllm'),
    model: measuredModel(text('model')),
    tensorParallelSize: number('tp'),
    weights: text('dtype') === 'fp8' ? 'fp8' : 'bf16',
    kind: text('kind') as StepKind,
    shape: {
      prefillTokens,
      prefillAttention: cells.has('prefill_sq')
        ? number('prefill_sq') / 2
        : prefillTokens * (prefillHistory + prefillTokens / 2),
      prefillHistory,
      decodeSeqs,
      decodeContext: decodeSeqs * number('ctx'),
      sequences: decodeSeqs + prompts,
    },
    ms: number('t_ms'),
  };
}

/** Tables of kernels go beyond what the card could hold beside the weights. */
function fitsIntoMemory({ source, gpu, model, tensorParallelSize, shape }: StepRow): boolean {
  if (source === 'aiconfigurator') return true;
  const { kvTokens } = memoryPlan({
    gpu,
    model,
    tensorParallelSize,
    maxNumBatchedTokens: 2_048,
    maxNumSeqs: 256,
    maxModelLen: model.maxPositionEmbeddings,
    profile: vllmProfiles['vllm-0.19'],
  });
  const { decodeContext, prefillTokens, prefillHistory } = shape;
  return decodeContext + prefillTokens + prefillHistory <= kvTokens;
}

/**
 * The attention kernels were evidently timed on one layer's cache again and again. Where that fits
 * into the level 2 cache of the GPU, the kernel reads it from there, several times faster than an
 * engine ever could: between two uses of a layer's cache it reads all weights and all other layers.
 * Such a row takes less than the memory bandwidth allows, and where the cache ends, time jumps by
 * up to 70 % between neighbouring rows. It is left out where that matters: where reading from
 * memory would take more than a twentieth of the step. A little beyond its size a cache still
 * serves a part of the reads, hence the quarter.
 */
function servesFromCache({ gpu, model, tensorParallelSize, shape, ms }: StepRow): boolean {
  const kvBytes = kvBytesPerToken(model, tensorParallelSize) * shape.decodeContext;
  const readMs = kvBytes / (gpu.bandwidthGBps * 1e6);
  return kvBytes / model.layers <= 1.25 * gpu.cacheBytes && readMs > 0.05 * ms;
}
