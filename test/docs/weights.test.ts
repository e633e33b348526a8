import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { repository } from '../support/run-fairlead.ts';
import { smallScenario } from '../support/scenarios.ts';

const weighed = smallScenario({
  replicas: 3,
  events: [{ kind: 'weight', at: '1ms', replicas: ['r-1'], weight: 8 }],
});
const plain = smallScenario({ replicas: 3 });

function looksAtWeights(strategy: StrategyDefinition): boolean {
  const [first, second] = [plain, weighed].map((scenario) => {
    const { log } = simulate({ scenario, strategy, strategyOptions: {}, seed: 1 });
    return JSON.stringify([...log.rows()].map(({ replica }) => replica));
  });
  return first !== second;
}

test('the strategies that look at weights are those of which the page says so', () => {
  const page = readFileSync(join(repository, 'docs/faults.md'), 'utf8');
  const [, said] = /Strategies that look at weights: ([^.]+)\./.exec(page)!;
  const names = [...said!.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
  expect(names).toEqual(strategies.filter(looksAtWeights).map(({ name }) => name));
});
