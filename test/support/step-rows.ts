import { randomIndex, randomStream } from '../../core/random.ts';
import { measuredGpu, measuredModel } from '../../experiments/calibration/measured-hardware.ts';
import type { StepRow } from '../../experiments/calibration/step-rows.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';

export interface RowOptions {
  readonly gpu: string;
  readonly count: number;
  readonly model?: string;
  readonly source?: StepRow['source'];
  msOf(shape: Readonly<StepShape>, about: Pick<StepRow, 'gpu' | 'model'>): number;
}

/** Steps of all kinds with times by a formula instead of a measurement. */
export function syntheticRows(options: RowOptions): StepRow[] {
  const random = randomStream(1, `rows/${options.gpu}/${options.model}`);
  const pick = (values: readonly number[]) => values[randomIndex(random, values.length)]!;
  const gpu = measuredGpu(options.gpu);
  const model = measuredModel(options.model ?? 'Llama-3.1-8B');
  return Array.from({ length: options.count }, (_, index) => {
    const kind = (['decode', 'prefill', 'mixed'] as const)[index % 3]!;
    const prefillTokens = kind === 'decode' ? 0 : pick([16, 64, 256, 512, 1_024, 4_096, 8_192]);
    const prefillHistory = kind === 'decode' ? 0 : pick([0, 256, 1_024, 8_192]);
    const decodeSeqs = kind === 'prefill' ? 0 : pick([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    const shape: StepShape = {
      prefillTokens,
      prefillHistory,
      prefillAttention: prefillTokens * (prefillHistory + prefillTokens / 2),
      decodeSeqs,
      decodeContext: decodeSeqs * pick([64, 256, 1_024, 4_096]),
      sequences: decodeSeqs + (prefillTokens > 0 ? 1 : 0),
    };
    return {
      source: options.source ?? 'LLMServingSim',
      gpu,
      model,
      kernels: '0.19.0',
      tensorParallelSize: 1,
      weights: 'bf16',
      kind,
      shape,
      ms: options.msOf(shape, { gpu, model }),
    };
  });
}
