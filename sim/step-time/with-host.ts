import { US_PER_MS } from '../../core/time.ts';
import type { HostOverhead } from './host-overhead.ts';
import { emptyShape, type StepTimeModel } from './step-time.ts';

type HostedStepTime = Required<Omit<StepTimeModel, 'outsideRange'>>;

/**
 * Puts the host on top of the GPU: what the GPU waits for, and that a step takes at least what the
 * host does beside it. While the GPU is the faster of the two, steps do not grow.
 */
export function withHost(gpu: StepTimeModel, host: HostOverhead): HostedStepTime {
  const shape = emptyShape();
  const besideStepUs = (host.beside?.stepMs ?? 0) * US_PER_MS;
  const besideSequenceUs = (host.beside?.sequenceMs ?? 0) * US_PER_MS;
  const besideUs = (sequences: number) => besideStepUs + besideSequenceUs * sequences;

  /** How much longer than the GPU the host takes for a decode step. */
  function aheadUs(decodeSeqs: number, decodeContext: number): number {
    shape.decodeSeqs = decodeSeqs;
    shape.sequences = decodeSeqs;
    shape.decodeContext = decodeContext;
    return besideUs(decodeSeqs) - gpu.stepUs(shape);
  }

  return {
    stepUs: (step) =>
      Math.max(gpu.stepUs(step), besideUs(step.sequences)) +
      (host.stepMs + host.sequenceMs * step.sequences) * US_PER_MS,
    decodeGrowthUs: (decodeSeqs, decodeContext) =>
      aheadUs(decodeSeqs, decodeContext) > 0 ? 0 : gpu.decodeGrowthUs(decodeSeqs, decodeContext),
    evenSteps: (decodeSeqs, decodeContext) => {
      const ofGpu = gpu.evenSteps?.(decodeSeqs, decodeContext) ?? Number.POSITIVE_INFINITY;
      const leftUs = aheadUs(decodeSeqs, decodeContext);
      if (leftUs <= 0) return ofGpu;
      const growthUs = gpu.decodeGrowthUs(decodeSeqs, decodeContext);
      return growthUs > 0 ? Math.min(ofGpu, Math.floor(leftUs / growthUs) + 1) : ofGpu;
    },
  };
}
