import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategyNamed } from '../support/strategies.ts';
import { smallScenario } from '../support/scenarios.ts';

// A fleet of textbook servers: one slot, a step of 1 ms, a prompt of one token and an exponential
// answer, so that the service time is the length of the answer in milliseconds. What each strategy
// makes of it has been known for decades.

const replicas = 60;
const rho = 0.8;
const meanTokens = 50;
/** The mean of an exponential rounded up to whole tokens. */
const serviceMs = 1 / (1 - Math.exp(-1 / meanTokens));

function fleet(): Scenario {
  return smallScenario({
    replicas,
    engine: { maxNumSeqs: 1, stepTime: { kind: 'fixed', stepMs: 1 } },
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: (1_000 * rho * replicas) / serviceMs },
        input: { kind: 'constant', tokens: 1 },
        output: { kind: 'exponential', mean: meanTokens },
      },
    ],
    warmup: '5s',
    duration: '30s',
  });
}

/** Mean time in the system, in mean service times, over some seeds. */
function sojourn(strategy: string): number {
  const means = [1, 2].map((seed) => {
    const { log, window } = simulate({
      scenario: fleet(),
      strategy: strategyNamed(strategy),
      strategyOptions: {},
      seed,
    });
    const [intended, end] = [log.numbers('intendedUs'), log.numbers('endUs')];
    let [count, sumUs] = [0, 0];
    for (let row = 0; row < log.length; row++) {
      if (intended[row]! < window.fromUs) continue;
      count += 1;
      sumUs += end[row]! - intended[row]!;
    }
    return sumUs / count / 1_000 / serviceMs;
  });
  return means.reduce((sum, value) => sum + value, 0) / means.length;
}

/** Each replica sees its own Poisson stream: M/M/1. */
function ofRandom(): number {
  return 1 / (1 - rho);
}

/** Each replica sees every n-th arrival, so Erlang gaps: sigma solves the equation of E_n/M/1. */
function ofRoundRobin(): number {
  let sigma = rho;
  for (let i = 0; i < 1_000; i++) {
    sigma = (1 + (1 - sigma) / (rho * replicas)) ** -replicas;
  }
  return 1 / (1 - sigma);
}

/** Mitzenmacher (2001), theorem for d = 2 and a large fleet: the sum of rho^(2^i - 2). */
function ofPowerOfTwo(): number {
  const terms = Array.from({ length: 12 }, (_, index) => rho ** (2 ** (index + 1) - 2));
  return terms.reduce((sum, term) => sum + term, 0);
}

describe(`on ${replicas} servers at a load of ${rho}`, () => {
  test.each([
    ['random', ofRandom(), 0.06],
    ['round-robin', ofRoundRobin(), 0.05],
    ['power-of-two', ofPowerOfTwo(), 0.03],
  ])('%s takes the time that theory says', (strategy, expected, tolerance) => {
    console.log(strategy, sojourn(strategy), expected);
    expect(Math.abs(sojourn(strategy) / expected - 1)).toBeLessThan(tolerance);
  });

  test('least-requests hardly ever lets anybody wait', () => {
    const time = sojourn('least-requests');
    console.log(time);
    expect(time).toBeGreaterThan(1);
    expect(time).toBeLessThan(1.2);
  });
});
