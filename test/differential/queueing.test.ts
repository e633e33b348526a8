import { describe, expect, test } from 'vitest';
import { studentT } from '../../experiments/statistics/student-t.ts';
import { simulate } from '../../sim/simulate.ts';
import random from '../../strategies/random.ts';
import { loadScenario } from '../support/scenarios.ts';

// One engine with one slot and a step of 1 ms is a textbook server: a prompt of one token and an
// answer of n tokens take n steps (the step that computes the prompt gives the first token). So the
// service time is the length of the answer, in milliseconds, and the mean wait is known in closed
// form (Pollaczek and Khinchine): W = rate * E[S^2] / (2 * (1 - rho)).

const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
const meanTokens = 100;

interface Service {
  readonly yaml: string;
  /** Moments of the service time, in steps. */
  readonly mean: number;
  readonly meanSquare: number;
}

const deterministic: Service = {
  yaml: `{ kind: constant, tokens: ${meanTokens} }`,
  mean: meanTokens,
  meanSquare: meanTokens ** 2,
};

/** An exponential time rounded up to whole steps is geometric, whose moments are exact. */
const memoryless: Service = geometric(1 - Math.exp(-1 / meanTokens));

function geometric(success: number): Service {
  return {
    yaml: `{ kind: exponential, mean: ${meanTokens} }`,
    mean: 1 / success,
    meanSquare: (2 - success) / success ** 2,
  };
}

function server(service: Service, rho: number) {
  return loadScenario(`
name: textbook
summary: One server, one slot, one step a token.
model: Llama-3.1-8B
fleet:
  - name: server
    gpu: A100-80GB-SXM
    replicas: 1
    engine:
      maxNumSeqs: 1
      stepTime: { kind: fixed, stepMs: 1 }
      apiServer: { requestMs: 0 }
traffic:
  - arrivals: { kind: poisson, rate: ${(1000 * rho) / service.mean} }
    input: { kind: constant, tokens: 1 }
    output: ${service.yaml}
warmup: 2m
duration: 10m
strategies: [random]
`);
}

interface Measured {
  readonly waitMs: number;
  readonly sojournMs: number;
  readonly busyShare: number;
}

function measure(service: Service, rho: number, seed: number): Measured {
  const run = simulate({
    scenario: server(service, rho),
    strategy: random,
    strategyOptions: {},
    seed,
  });
  const { log, window, replicas } = run;
  const intended = log.numbers('intendedUs');
  const [scheduled, end] = [log.numbers('scheduledUs'), log.numbers('endUs')];
  let [count, waitUs, sojournUs, lastUs] = [0, 0, 0, 0];
  for (let row = 0; row < log.length; row++) {
    lastUs = Math.max(lastUs, end[row]!);
    if (intended[row]! < window.fromUs) continue;
    count += 1;
    waitUs += scheduled[row]! - intended[row]!;
    sojournUs += end[row]! - intended[row]!;
  }
  return {
    waitMs: waitUs / count / 1000,
    sojournMs: sojournUs / count / 1000,
    busyShare: replicas[0]!.busyUs / lastUs,
  };
}

/** The mean over the seeds, and half the width of its 99 % interval. */
function band(values: readonly number[]): { mean: number; half: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT(0.99, n - 1) * Math.sqrt(variance / n) };
}

function expectInBand(values: readonly number[], truth: number, mostShare: number): void {
  const { mean, half } = band(values);
  expect(Math.abs(mean - truth)).toBeLessThan(half);
  // A band that takes in everything proves nothing.
  expect(half / truth).toBeLessThan(mostShare);
}

describe.each([
  ['M/M/1', memoryless],
  ['M/D/1', deterministic],
] as const)('the simulator set up as %s', (_name, service) => {
  test.each([0.5, 0.8])('waits as the closed form says at a load of %f', (rho) => {
    const runs = seeds.map((seed) => measure(service, rho, seed));
    const rate = rho / service.mean;
    const waitMs = (rate * service.meanSquare) / (2 * (1 - rho));
    const of = (figure: keyof Measured) => runs.map((run) => run[figure]);
    expectInBand(of('waitMs'), waitMs, rho < 0.6 ? 0.12 : 0.2);
    expectInBand(of('sojournMs'), waitMs + service.mean, rho < 0.6 ? 0.07 : 0.17);
    expectInBand(of('busyShare'), rho, 0.03);
  });
});
