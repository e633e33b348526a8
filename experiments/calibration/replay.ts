import { GapHistogram } from '../../core/gap-histogram.ts';
import { quantile, sortedSample } from '../../core/quantiles.ts';
import { US_PER_S } from '../../core/time.ts';
import { plainRequest } from '../../scenarios/plain-request.ts';
import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { Replica } from '../../sim/replica/replica.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
import { vllmProfiles } from '../../sim/replica/vllm-profiles.ts';
import { type Process, Simulation } from '../../sim/simulation.ts';
import type { StepTimeModel } from '../../sim/step-time/step-time.ts';

export const requestsFile = 'e2e_llmservingsim_requests.csv';

/** What a real engine did with a request: vLLM 0.19.0, Llama-3.1-8B on one RTX PRO 6000. */
export interface MeasuredRequest {
  readonly arrivalUs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latency: Latency;
}

export interface Latency {
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly e2eMs: number;
}

export function parseRequests(csv: string): MeasuredRequest[] {
  const [header, ...lines] = csv.trim().split('\n');
  const columns = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const number = (column: string) => Number(cells[columns.indexOf(column)]);
    return {
      // When the engine had it; `arrival_s` is when the client meant to send it.
      arrivalUs: Math.round(number('queued_s') * US_PER_S),
      inputTokens: number('input_toks'),
      outputTokens: number('output_toks'),
      latency: {
        ttftMs: number('ttft_ms'),
        tpotMs: number('tpot_ms'),
        e2eMs: number('e2e_ms'),
      },
    };
  });
}

/** The same requests at the same times through a simulated engine with the same settings. */
export function replay(requests: readonly MeasuredRequest[], stepTime: StepTimeModel): Latency[] {
  const run = new ReplayRun(requests, stepTime);
  return run.latencies();
}

/** Simulated over measured, less one, in percent, for each statistic of each metric. */
export function replayErrors(
  requests: readonly MeasuredRequest[],
  simulated: readonly Latency[],
): Map<string, number> {
  const errors = new Map<string, number>();
  for (const [metric, key] of metrics) {
    const measured = statistics(requests.map(({ latency }) => latency[key]));
    const ours = statistics(simulated.map((latency) => latency[key]));
    for (const [name, value] of ours) {
      errors.set(`${metric} ${name}`, 100 * (value / measured.get(name)! - 1));
    }
  }
  return errors;
}

const metrics = [
  ['TTFT', 'ttftMs'],
  ['TPOT', 'tpotMs'],
  ['E2E', 'e2eMs'],
] as const;

function statistics(values: readonly number[]): Map<string, number> {
  const sorted = sortedSample(Float64Array.from(values));
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return new Map([
    ['mean', mean],
    ...[50, 90, 99].map((p): [string, number] => [`p${p}`, quantile(sorted, p / 100)!]),
  ]);
}

/** The measured server, whose cache was never the limit. */
export const server: Omit<EngineConfig, 'stepTime'> = {
  maxNumSeqs: 128,
  maxNumBatchedTokens: 2_048,
  maxModelLen: 131_072,
  blockSize: 16,
  usableBlocks: 33_000,
  longPrefillTokenThreshold: Number.POSITIVE_INFINITY,
  enableChunkedPrefill: true,
  watermarkBlocks: 0,
  schedulingPolicy: 'fcfs',
  enablePrefixCaching: true,
  maxLoras: 0,
  loraLoadUs: 0,
  ...vllmProfiles['vllm-0.19'],
};

/** The prompts had nothing in common, and `ignore_eos` let every answer run to its length. */
function sequenceOf(id: number, promptTokens: number, outputTokens: number): Sequence {
  const lengths = { promptTokens, outputTokens };
  return new Sequence(plainRequest({ id, arrivalUs: 0, tenant: 'replay', ...lengths }));
}

interface Arrival {
  readonly arrivalUs: number;
  readonly sequence: Sequence;
}

/**
 * One engine and the arrivals. No front end stands between them: the measured times begin when the
 * engine had the request (`queued_s`).
 */
class ReplayRun implements Process {
  readonly priority = 1;
  slot = -1;
  readonly #simulation = new Simulation();
  readonly #replica: Replica;
  readonly #arriving: Arrival[];
  readonly #arrivals: readonly Arrival[];

  constructor(requests: readonly MeasuredRequest[], stepTime: StepTimeModel) {
    this.#arrivals = requests.map(({ arrivalUs, inputTokens, outputTokens }, id) => {
      return { arrivalUs, sequence: sequenceOf(id, inputTokens, outputTokens) };
    });
    this.#arriving = [...this.#arrivals].sort((a, b) => a.arrivalUs - b.arrivalUs);
    this.#replica = new Replica({
      name: 'replay',
      config: { ...server, stepTime },
      simulation: this.#simulation,
      listener: {
        onFirstToken: () => {},
        onEnd: () => {},
        onError: ({ promptTokens }) => {
          throw new Error(`the simulated engine refused a prompt of ${promptTokens} tokens`);
        },
      },
      gaps: new GapHistogram(),
      window: { fromUs: 0, untilUs: Number.POSITIVE_INFINITY },
    });
    this.#simulation.add(this);
  }

  latencies(): Latency[] {
    this.#simulation.schedule(this, this.#arriving[0]!.arrivalUs);
    this.#simulation.run(() => false);
    return this.#arrivals.map(({ arrivalUs, sequence }) => {
      const { firstTokenUs, generated, lastTokenUs } = sequence;
      const decodeUs = lastTokenUs - firstTokenUs;
      return {
        ttftMs: (firstTokenUs - arrivalUs) / 1_000,
        tpotMs: generated > 1 ? decodeUs / (generated - 1) / 1_000 : Number.NaN,
        e2eMs: (lastTokenUs - arrivalUs) / 1_000,
      };
    });
  }

  wake(nowUs: number): void {
    while (this.#arriving[0]?.arrivalUs === nowUs) {
      this.#replica.add(this.#arriving.shift()!.sequence, nowUs);
    }
    const next = this.#arriving[0];
    if (next !== undefined) this.#simulation.schedule(this, next.arrivalUs);
  }
}
