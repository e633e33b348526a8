import { expect, test } from 'vitest';
import { assembleComparison } from '../../experiments/compare.ts';
import { summariseTask } from '../../experiments/run-task.ts';
import { unmetNeeds } from '../../experiments/unmet-needs.ts';
import { strategies } from '../../strategies/registry.ts';
import { smallScenario } from '../support/scenarios.ts';

const uncached = smallScenario({ engine: { enablePrefixCaching: false } });
const cached = smallScenario({ engine: { enablePrefixCaching: true } });

function needsOf(name: string, scenario = cached, options = {}) {
  return unmetNeeds({ name, options }, scenario);
}

test('who goes by caches is told of where there are none, and nobody else', () => {
  const told = strategies.filter(({ name }) =>
    /no engine has one/.test(`${needsOf(name, uncached)}`),
  );
  const names = told.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['dynamo-kv', 'precise-prefix', 'cache-aware']));
  expect(names).not.toContain('ring-hash');
  expect(names).not.toContain('predicted-finish');
  expect(needsOf('precise-prefix')).toEqual([]);
});

test('affinity to adapters needs adapters', () => {
  expect(needsOf('lora-affinity')).toEqual([expect.stringContaining('asks for a LoRA adapter')]);
  const traffic = cached.traffic.map((tenant) => ({ ...tenant, adapter: 'sql' }));
  expect(needsOf('lora-affinity', { ...cached, traffic })).toEqual([]);
});

test('tiers need groups that there are', () => {
  expect(needsOf('priority-tiers')).toEqual([expect.stringContaining('it has no tiers')]);
  expect(needsOf('priority-tiers', cached, { tiers: [['r']] })).toEqual([]);
  expect(needsOf('priority-tiers', cached, { tiers: [['r'], ['spot']] })).toEqual([
    'priority-tiers: there is no group "spot" for its tiers. Known: r.',
  ]);
});

test('it is a warning of the comparison', () => {
  const strategy = { name: 'dynamo-kv', options: {} };
  const runs = [summariseTask({ scenario: uncached, strategy, seed: 1 })];
  const all = [{ strategy, runs }];
  const question = { scenario: uncached, all, seeds: [1], by: 'ttftP99Ms', version: '0' } as const;
  expect(assembleComparison(question).warnings[0]).toMatch(/^dynamo-kv: it goes by prefix caches/);
});
