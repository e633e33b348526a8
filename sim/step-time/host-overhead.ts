/** What the host adds to a step: scheduling, handing over to the sampler, detokenising. */
export interface HostOverhead extends HostTime {
  /** What it does while the GPU computes: no step is shorter. */
  readonly beside?: HostTime;
}

interface HostTime {
  readonly stepMs: number;
  readonly sequenceMs: number;
}

interface MeasuredHost extends HostTime {
  /** Whether the next step was scheduled in the shadow of the GPU. */
  readonly asyncScheduling: boolean;
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
    asyncScheduling: false,
    stepMs: 16,
    sequenceMs: 0.2,
    source: 'Splitwise measurements of 2023; history, never calibrate a modern engine on it',
  },
  {
    engine: '0.8.5',
    asyncScheduling: false,
    stepMs: 5.8,
    sequenceMs: 0.016,
    source: 'saturated fixed batches on H100, bound by the host; history',
  },
  {
    engine: '0.11.0',
    asyncScheduling: false,
    stepMs: 0.4,
    sequenceMs: 0.032,
    source: 'four unsaturated stages of the KubeCon NA 2025 sweep of inference-perf, H100',
  },
  {
    engine: '0.15.1',
    asyncScheduling: true,
    stepMs: 0.02,
    sequenceMs: 0.024,
    source: '15 steady points on H100, dense models of 7B to 70B, TP 1 to 4',
  },
  {
    engine: '0.19.0',
    asyncScheduling: true,
    stepMs: 0.3,
    sequenceMs: 0.015,
    source: 'replay of 300 requests measured by LLMServingSim on one RTX PRO 6000',
  },
];

/**
 * What the CPU does for a step. With asynchronous scheduling it works beside the GPU; otherwise
 * half of the fixed part, and what it does for each sequence, come before the GPU can start. That
 * part is an estimate (about 1 ms, and 0.01 to 0.02 ms for each sequence), and so is the least step
 * of very small models (2 to 3 ms); both are unverified.
 */
const cpu = { exposedMs: 1, shadowedMs: 1, sequenceMs: 0.015 };

/**
 * The figures of the newest measured version that is not newer than the engine. What was measured
 * with asynchronous scheduling is what is left beside the work in the shadow; without, all of it.
 */
export function hostOverheadOf(engineVersion: string, asyncScheduling: boolean): HostOverhead {
  const notNewer = measuredHosts.filter(({ engine }) => minorOf(engine) <= minorOf(engineVersion));
  const host = notNewer.at(-1) ?? measuredHosts[0]!;
  const { stepMs, sequenceMs } = host;
  if (!host.asyncScheduling) return { stepMs, sequenceMs };
  if (asyncScheduling) {
    const beside = { stepMs: cpu.exposedMs + cpu.shadowedMs, sequenceMs: cpu.sequenceMs };
    return { stepMs, sequenceMs, beside };
  }
  return {
    stepMs: stepMs + cpu.exposedMs,
    sequenceMs: sequenceMs + cpu.sequenceMs,
    beside: { stepMs: cpu.shadowedMs, sequenceMs: 0 },
  };
}

/**
 * vLLM counts its releases in the second number. A patch changes none of what is simulated, and
 * presets such as `vllm-0.15` name none.
 */
export function minorOf(version: string): number {
  const [major = '0', minor = '0'] = version.replace(/^(vllm-|v)/, '').split('.');
  return Number(major) * 1_000 + Number(minor);
}
