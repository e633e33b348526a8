import type { WeightFormat } from '../catalog/model.ts';
import type { StepCoefficients } from './coefficients.ts';
import type { MeasuredRange } from './fitted.ts';

/** The step times of one model on one GPU, as `npm run fit` wrote them. */
export interface StepProfile {
  readonly gpu: string;
  readonly model: string;
  readonly entries: readonly ProfileEntry[];
}

export interface ProfileEntry {
  readonly source: 'aiconfigurator' | 'LLMServingSim';
  /** The vLLM version whose kernels were measured. */
  readonly kernels: string;
  readonly tensorParallelSize: number;
  readonly weights: WeightFormat;
  /** Rows that were fitted. */
  readonly rows: number;
  /** `prior`: the data hold no chunk with history, so its price is that of other cards. */
  readonly historyFrom: 'data' | 'prior';
  readonly errorPct: StepErrors;
  readonly range: MeasuredRange;
  readonly coefficients: StepCoefficients;
}

/** Mean absolute error in percent on steps that were left out of the fit. */
export interface StepErrors {
  readonly decode: number;
  readonly prefill: number;
  readonly mixed: number;
}
