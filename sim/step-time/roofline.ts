import { US_PER_MS } from '../../core/time.ts';
import type { Efficiency } from './efficiency.ts';
import type { HostOverhead } from './host-overhead.ts';
import {
  type ContextTimes,
  type DataSheetOptions,
  dataSheetTimes,
  type StepParts,
} from './roofline-parts.ts';
import type { StepTimeModel } from './step-time.ts';
import { withHost } from './with-host.ts';

export interface RooflineOptions extends DataSheetOptions {
  readonly efficiency: Efficiency;
  readonly host: HostOverhead;
  /** Prompts and decodes of a step go through one attention kernel, as in FlashAttention 2. */
  readonly sharedAttentionKernel: boolean;
}

/**
 * A step is bound by reading the weights or by arithmetic, whichever is slower, smoothed where they
 * meet; reading the KV cache, attention over prompts, the output head and the communication come on
 * top. Everything but the fitted efficiencies is read off two data sheets.
 */
export function rooflineStepTime(options: RooflineOptions): StepTimeModel {
  const { host, interconnect, sharedAttentionKernel } = options;
  const efficiency: Efficiency =
    interconnect === undefined
      ? options.efficiency
      : { ...options.efficiency, link: 1, allReduceMs: interconnect.allReduceMs };
  const times = dataSheetTimes(options);
  const parts = times.emptyParts();
  const gpu: StepTimeModel = {
    stepUs: (shape) => {
      times.fill(parts, shape);
      return stepPartsMs(parts, efficiency, sharedAttentionKernel) * US_PER_MS;
    },
    decodeGrowthUs: (decodeSeqs, decodeContext) => {
      const growthMs = contextGrowthMs(times.everywhere, decodeSeqs, efficiency);
      if (decodeContext >= times.windowTokens * decodeSeqs) return growthMs * US_PER_MS;
      return (growthMs + contextGrowthMs(times.inWindow, decodeSeqs, efficiency)) * US_PER_MS;
    },
    evenSteps: (decodeSeqs, decodeContext) => {
      const left = times.windowTokens * decodeSeqs - decodeContext;
      return left > 0 ? Math.floor(left / decodeSeqs) + 1 : Number.POSITIVE_INFINITY;
    },
  };
  return withHost(gpu, host);
}

function contextGrowthMs(times: ContextTimes, decodeSeqs: number, use: Efficiency): number {
  return (
    (times.kvMsPerToken * decodeSeqs) / use.kvBandwidth +
    use.meanContext * times.meanContextMsPerToken
  );
}

/** The parts of a step at the speed of the data sheet, put together at the speed of kernels. */
export function stepPartsMs(
  parts: Readonly<StepParts>,
  use: Efficiency,
  sharedAttentionKernel: boolean,
): number {
  const { mixed } = use;
  const gemmMs = smoothMax(
    parts.weightsMs / use.weightBandwidth,
    parts.computeMs / use.compute,
    use.overlapNorm,
  );
  let kvMs = parts.kvMs / use.kvBandwidth;
  let mixedMs = 0;
  if (parts.mixed) {
    kvMs *= (1 + mixed.kvCache) * (sharedAttentionKernel ? 1 + mixed.sharedKernelKvCache : 1);
    mixedMs = mixed.layerMs * parts.layers + (mixed.compute * parts.promptComputeMs) / use.compute;
  }
  return (
    use.stepMs +
    use.layerMs * parts.layers +
    gemmMs +
    parts.headMs / use.head +
    kvMs +
    use.meanContext * parts.meanContextMs +
    parts.attentionMs / use.attention +
    use.allReduceMs * parts.allReduces +
    parts.linkMs / use.link +
    use.elementwise * parts.elementMs +
    use.sequenceMs * parts.sequences +
    use.historyNs * parts.historyTokenLayers * 1e-6 +
    parts.routingMs +
    mixedMs
  );
}

/**
 * (a^n + b^n)^(1/n) for positive a and b, by exp and log: unlike `**` these give the same bits in
 * every version of Node.
 */
function smoothMax(a: number, b: number, norm: number): number {
  const larger = Math.max(a, b);
  const ratio = Math.min(a, b) / larger;
  const power = ratio > 0 ? Math.exp(norm * Math.log(ratio)) : 0;
  return larger * Math.exp(Math.log1p(power) / norm);
}
