import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runKeys } from '../../../experiments/store/run-key.ts';
import type { Scenario, StrategyChoice } from '../../../scenarios/scenario.ts';
import { strategies } from '../../../strategies/registry.ts';
import { loadScenario, smallScenario, writtenScenario } from '../../support/scenarios.ts';

const scenario = smallScenario();
const random: StrategyChoice = { name: 'random', options: {} };

function keyOf({ code = 'code', seed = 1, strategy = random, world = scenario } = {}): string {
  return runKeys([{ scenario: world, strategy, seed }], code)[0]!;
}

test('the order of keys, and a way through JSON, make no other question', () => {
  const world = writtenScenario('azure-chat');
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (chance) => {
      const shuffled = shuffledKeys(world, () => chance.next().value) as Scenario;
      expect(keyOf({ world: shuffled })).toBe(keyOf({ world }));
    }),
    { numRuns: 50 },
  );
});

test.each(strategies)('a default of $name is the same whether it is written or not', (strategy) => {
  const { name, ...defaults } = strategy.schema.parse({ name: strategy.name });
  const written = { name: String(name), options: defaults };
  expect(keyOf({ strategy: written })).toBe(
    keyOf({ strategy: { name: strategy.name, options: {} } }),
  );
});

test('a default of a scenario is the same whether it is written or not', () => {
  const yaml = (more: string) => `
name: ${more === '' ? 'short' : 'long'}
summary: s
model: Llama-3.1-8B
fleet: [{ name: a, gpu: L4, replicas: 1 ${more} }]
traffic: [{ arrivals: { kind: poisson, rate: 1 }, input: 9, output: 9 }]
`;
  const long = loadScenario(yaml(', engine: { enablePrefixCaching: true }'));
  expect(keyOf({ world: long })).toBe(keyOf({ world: loadScenario(yaml('')) }));
});

test('what is only told in reports makes no other question', () => {
  const other = { ...scenario, name: 'x', summary: 'y', strategies: [random], expect: undefined };
  expect(keyOf({ world: other })).toBe(keyOf());
});

test('whatever else changes makes another one', () => {
  const [tenant] = scenario.traffic;
  const trace = (fingerprint: string) => {
    const rows = { rows: 1, fingerprint, columns: { arrivalUs: new SharedArrayBuffer(8) } };
    return { ...scenario, traffic: [{ ...tenant, trace: { file: 'a.csv', rows } }] };
  };
  const worlds = [
    { ...scenario, durationUs: scenario.durationUs + 1 },
    { ...scenario, warmupUs: Number.POSITIVE_INFINITY },
    { ...scenario, warmupUs: Number.NaN },
    { ...scenario, model: 'other' },
    trace('one'),
    trace('other'),
  ] as unknown as Scenario[];
  const strategy = { name: 'least-tokens', options: {} };
  const option = { name: 'least-tokens', options: { tokensPerRequest: 7 } };
  const keys = [
    ...[keyOf(), keyOf({ seed: 2 }), keyOf({ code: 'changed' })],
    ...[keyOf({ strategy }), keyOf({ strategy: option })],
    ...worlds.map((world) => keyOf({ world })),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

function shuffledKeys(value: unknown, chance: () => number): unknown {
  if (Array.isArray(value)) return value.map((inner) => shuffledKeys(inner, chance));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map((entry) => ({ entry, rank: chance() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry: [key, inner] }) => [key, shuffledKeys(inner, chance)]);
  return Object.fromEntries(entries);
}
