import { vocabulary } from '../cli/vocabulary.ts';
import { US_PER_S } from '../core/time.ts';
import { parseScenario } from '../scenarios/load.ts';
import type { RequestSource } from '../scenarios/request-stream.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { simulate } from '../sim/simulate.ts';
import { strategies } from '../strategies/registry.ts';

/** Traffic and fleet of a benchmark: A100-80GB with Llama-3.1-8B under round-robin. */
export interface Setting {
  readonly replicas: number;
  readonly rateRps: number;
  readonly requests: number;
  readonly lengths: Lengths;
  readonly enablePrefixCaching?: boolean;
}

export interface Lengths {
  readonly input: object;
  readonly output: object;
}

/** Log-normal, with the means and about the spread of Azure's conversation trace. */
export const chat: Lengths = {
  input: { kind: 'log-normal', mean: 1_155, sd: 1_100, min: 2, max: 14_050 },
  output: { kind: 'log-normal', mean: 211, sd: 164, min: 7, max: 1_000 },
};

export function constantLengths(input: number, output: number): Lengths {
  return {
    input: { kind: 'constant', tokens: input },
    output: { kind: 'constant', tokens: output },
  };
}

export function scenarioOf(setting: Setting): Scenario {
  const { enablePrefixCaching = false, lengths, rateRps, replicas, requests } = setting;
  const scenario = {
    name: 'bench',
    summary: 'A benchmark.',
    model: 'Llama-3.1-8B',
    fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas, engine: { enablePrefixCaching } }],
    traffic: [{ arrivals: { kind: 'poisson', rate: rateRps }, ...lengths }],
    warmup: '0s',
    duration: `${Math.max(1, Math.round((requests / rateRps) * 1_000) / 1_000)}s`,
  };
  return parseScenario({ file: 'bench.json', text: JSON.stringify(scenario) }, vocabulary);
}

/** Runs it, and returns how many requests were counted. */
export function run(scenario: Scenario, seed: number, traffic?: RequestSource): number {
  const strategy = strategies.find(({ name }) => name === 'round-robin')!;
  const question = { scenario, strategy, strategyOptions: {}, seed };
  return simulate(traffic === undefined ? question : { ...question, traffic }).log.length;
}

/** What one replica can do: requests a second that end while far too many wait. */
export function capacityRps(lengths: Lengths): number {
  const scenario = scenarioOf({ replicas: 1, rateRps: 100, requests: 30_000, lengths });
  const strategy = strategies.find(({ name }) => name === 'round-robin')!;
  const { log, window } = simulate({ scenario, strategy, strategyOptions: {}, seed: 1 });
  const [fromUs, untilUs] = [0.3 * window.untilUs, window.untilUs];
  const ended = log.numbers('endUs').filter((endUs) => endUs >= fromUs && endUs < untilUs);
  return (ended.length * US_PER_S) / (untilUs - fromUs);
}
