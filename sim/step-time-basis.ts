import type { EngineOptions } from '../scenarios/scenario.ts';
import type { Gpu } from './catalog/gpu.ts';
import type { Model } from './catalog/model.ts';

/** What the step times of an engine rest on, and how far off they may be. */
export interface StepTimeBasis {
  readonly basis: 'gpu' | 'spec' | 'fixed';
  /** In words, for people. */
  readonly text: string;
  /** Mean error of a step on measurements the fit has not seen; null where there are none. */
  readonly expectedErrorPercent: number | null;
}

/**
 * The one place that knows how good the step times are. Errors of the roofline: 7 % for another
 * model on a GPU with constants of its own, 13 % on a GPU from its data sheet alone. Experts,
 * latent attention and weights in few bits were in none of the measurements.
 */
export function stepTimeBasis({ stepTime }: EngineOptions, gpu: Gpu, model: Model): StepTimeBasis {
  if (stepTime.kind === 'fixed') {
    return { basis: 'fixed', text: 'fixed by the scenario', expectedErrorPercent: null };
  }
  const basis = gpu.efficiency === undefined ? 'spec' : 'gpu';
  const text =
    basis === 'gpu' ? 'roofline fitted on this GPU' : 'roofline from the data sheet of the GPU';
  if (model.moe !== undefined || model.mla !== undefined) {
    return {
      basis,
      text: `${text}, for a kind of model never measured`,
      expectedErrorPercent: null,
    };
  }
  return { basis, text, expectedErrorPercent: basis === 'gpu' ? 7 : 13 };
}
