import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

// A fleet of textbook servers: one slot, a step of 1 ms, a prompt of one token and an exponential
// answer, so that the service time is the length of the answer in milliseconds. What each strategy
// makes of it has been known for decades.

const replicas = 60;
const meanTokens = 25;
/** The mean of an exponential rounded up to whole tokens. */
const serviceMs = 1 / (1 - Math.exp(-1 / meanTokens));

function fleetAt(rho: number): Scenario {
  return smallScenario({
    replicas,
    engine: {
      maxNumSeqs: 1,
      stepTime: { kind: 'fixed', stepMs: 1 },
      apiServer: { requestMs: 0 },
    },
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: (1_000 * rho * replicas) / serviceMs },
        input: { kind: 'constant', tokens: 1 },
        output: { kind: 'exponential', mean: meanTokens },
      },
    ],
    warmup: '2s',
    duration: '16s',
  });
}

/** Mean time in the system, in mean service times, and the load that the seed really drew. */
function measure(strategy: string, rho: number, seed: number) {
  const run = simulate({
    scenario: fleetAt(rho),
    strategy: strategyNamed(strategy),
    strategyOptions: {},
    seed,
  });
  let [count, sojournUs, tokens] = [0, 0, 0];
  for (const { intendedUs, endUs, outputTokens } of run.log.rows()) {
    tokens += outputTokens;
    if (intendedUs < run.window.fromUs) continue;
    count += 1;
    sojournUs += endUs - intendedUs;
  }
  return {
    services: sojournUs / count / 1_000 / serviceMs,
    rho: tokens / replicas / (run.window.untilUs / 1_000),
  };
}

/** Each replica sees its own Poisson stream: M/M/1. */
function ofRandom(rho: number): number {
  return 1 / (1 - rho);
}

/** Each replica sees every n-th arrival, so Erlang gaps: sigma solves the equation of E_n/M/1. */
function ofRoundRobin(rho: number): number {
  let sigma = rho;
  for (let i = 0; i < 1_000; i++) {
    sigma = (1 + (1 - sigma) / (rho * replicas)) ** -replicas;
  }
  return 1 / (1 - sigma);
}

/** Mitzenmacher (2001), for two choices in a large fleet: the sum of rho^(2^i - 2). */
function ofPowerOfTwo(rho: number): number {
  const terms = Array.from({ length: 12 }, (_, index) => rho ** (2 ** (index + 1) - 2));
  return terms.reduce((sum, term) => sum + term, 0);
}

describe.each([0.5, 0.8])(`on ${replicas} servers at a load of %d`, (rho) => {
  test.each([
    ['random', ofRandom],
    ['round-robin', ofRoundRobin],
    ['power-of-two', ofPowerOfTwo],
  ])('%s takes the time that theory says', (strategy, theory) => {
    const ratios = [1, 2].map((seed) => {
      const measured = measure(strategy, rho, seed);
      return measured.services / theory(measured.rho);
    });
    const ratio = ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.04);
  });

  test('least-requests hardly ever lets anybody wait', () => {
    const { services } = measure('least-requests', rho, 1);
    expect(services).toBeGreaterThan(0.97);
    expect(services).toBeLessThan(1.1);
  });
});
