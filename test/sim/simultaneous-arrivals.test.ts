import { expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

test('requests that arrive at the same instant at an idle engine share its next step', () => {
  const tenant = {
    arrivals: { kind: 'constant', rate: 2 },
    input: { kind: 'constant', tokens: 100 },
    output: { kind: 'constant', tokens: 3 },
  };
  const { log } = simulate({
    scenario: smallScenario({
      replicas: 1,
      engine: { apiServer: { requestMs: 0 } },
      traffic: ['a', 'b', 'c'].map((name) => ({ tenant: name, ...tenant })),
      warmup: '0s',
    }),
    strategy: strategyNamed('random'),
    strategyOptions: {},
    seed: 1,
  });
  expect(log.length).toBeGreaterThan(50);
  for (const { intendedUs, scheduledUs, firstTokenUs, endUs } of log.rows()) {
    expect(intendedUs % 500_000).toBe(0);
    expect([scheduledUs, firstTokenUs, endUs].map((timeUs) => timeUs - intendedUs)).toEqual([
      0, 10_000, 30_000,
    ]);
  }
});
