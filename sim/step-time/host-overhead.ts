/** What the host adds to a step: scheduling, handing over to the sampler, detokenising. */
export interface HostOverhead {
  readonly stepMs: number;
  readonly sequenceMs: number;
}

interface MeasuredHost extends HostOverhead {
  /** The vLLM version it was measured with. */
  readonly engine: string;
  readonly source: string;
}

/**
 * A property of the engine and the host CPU, not of the GPU. The two figures of a row trade off
 * against each other in fits with few points: use them together.
 */
export const measuredHosts: readonly MeasuredHost[] = [
  {
    engine: '0.2.0',
    stepMs: 16,
    sequenceMs: 0.2,
    source: 'Splitwise measurements of 2023; history, never calibrate a modern engine on it',
  },
  {
    engine: '0.8.5',
    stepMs: 5.8,
    sequenceMs: 0.016,
    source: 'saturated fixed batches on H100, bound by the host; history',
  },
  {
    engine: '0.11.0',
    stepMs: 0.4,
    sequenceMs: 0.032,
    source: 'four unsaturated stages of the KubeCon NA 2025 sweep of inference-perf, H100',
  },
  {
    engine: '0.15.1',
    stepMs: 0.02,
    sequenceMs: 0.024,
    source: '15 steady points on H100, dense models of 7B to 70B, TP 1 to 4',
  },
  {
    engine: '0.19.0',
    stepMs: 0.3,
    sequenceMs: 0.015,
    source: 'replay of 300 requests measured by LLMServingSim on one RTX PRO 6000',
  },
];

/** The figures of the newest measured version that is not newer than the engine. */
export function hostOverheadOf(engineVersion: string): HostOverhead {
  const notNewer = measuredHosts.filter(({ engine }) => minorOf(engine) <= minorOf(engineVersion));
  const { stepMs, sequenceMs } = notNewer.at(-1) ?? measuredHosts[0]!;
  return { stepMs, sequenceMs };
}

/**
 * vLLM counts its releases in the second number. A patch changes none of what is simulated, and
 * presets such as `vllm-0.15` name none.
 */
export function minorOf(version: string): number {
  const [major = '0', minor = '0'] = version.replace(/^(vllm-|v)/, '').split('.');
  return Number(major) * 1_000 + Number(minor);
}
