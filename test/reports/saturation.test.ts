import { expect, test } from 'vitest';
import { runTask } from '../../experiments/run-task.ts';
import { isSaturated } from '../../reports/saturation.ts';
import { loadScenario } from '../support/scenarios.ts';

// One engine with one slot and a fixed step is a server whose capacity is known exactly: an answer
// of 10 tokens takes 10 steps of 10 ms, so it serves ten requests per second.

function runAt(load: number, seed: number) {
  const scenario = loadScenario(`
name: known-capacity
summary: One server, ten requests per second.
model: Llama-3.1-8B
fleet:
  - name: server
    gpu: A100-80GB-SXM
    replicas: 1
    engine: { maxNumSeqs: 1, stepTime: { kind: fixed, stepMs: 10 } }
traffic:
  - arrivals: { kind: poisson, rate: ${10 * load} }
    input: { kind: constant, tokens: 1 }
    output: { kind: constant, tokens: 10 }
warmup: 1m
duration: 10m
strategies: [random]
`);
  return runTask({ scenario, strategy: { name: 'random', options: {} }, seed });
}

test.each([0.3, 0.6, 0.8, 0.9])('a load of %f is never called saturated', (load) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { log, window } = runAt(load, seed);
    expect(isSaturated(log, window)).toBe(false);
  }
});

test.each([1.2, 1.5, 3])('a load of %f always is', (load) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { log, window } = runAt(load, seed);
    expect(isSaturated(log, window)).toBe(true);
  }
});
