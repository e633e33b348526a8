import { expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { defineStrategy, type StrategyDefinition } from '../../strategies/strategy.ts';
import { countAfterResponse } from '../support/negative-controls.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

// Routers that count a request only once its answer begins send every long prompt to the same
// worker: no answer has begun while the burst lasts. SGLang's was found to do so with prompts of
// 32,000 tokens and answers of one.

const wrong = defineStrategy({
  name: 'count-after-response',
  summary: 'Counts too late.',
  options: {},
  create: countAfterResponse,
});

const replicas = 4;

function prompts(promptTokens: number, answerTokens: number): Scenario {
  return smallScenario({
    replicas,
    engine: { maxNumBatchedTokens: 2_048, maxModelLen: 40_000 },
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: 6 },
        input: { kind: 'constant', tokens: promptTokens },
        output: { kind: 'constant', tokens: answerTokens },
      },
    ],
    warmup: '0s',
    duration: '20s',
  });
}

/** The share of the busiest replica, and the mean time to first token. */
function run(scenario: Scenario, strategy: StrategyDefinition) {
  const { log } = simulate({
    scenario,
    strategy,
    strategyOptions: {},
    seed: 1,
    checkInvariants: true,
  });
  const rows = [...log.rows()];
  const counts = new Map<string, number>();
  for (const { replica } of rows) counts.set(replica, (counts.get(replica) ?? 0) + 1);
  const ttftUs = rows.reduce((sum, row) => sum + row.firstTokenUs - row.intendedUs, 0);
  return { share: Math.max(...counts.values()) / rows.length, ttftUs: ttftUs / rows.length };
}

test('who counts load when the answer begins sends all long prompts to one replica', () => {
  const scenario = prompts(32_000, 1);
  const late = run(scenario, wrong);
  const atOnce = run(scenario, strategyNamed('least-requests'));
  expect(late.share).toBe(1);
  expect(atOnce.share).toBeLessThan(1.2 / replicas);
  expect(late.ttftUs).toBeGreaterThan(2 * atOnce.ttftUs);
});

test('and is not found out by short prompts with long answers', () => {
  const { share } = run(prompts(50, 300), wrong);
  expect(share).toBeLessThan(1.3 / replicas);
});
