import { expect, test } from 'vitest';
import { gatedStrategy } from '../../cli/gated-strategy.ts';
import type { BaselineScenario } from '../../reports/gate/baseline.ts';
import type { StrategyChoice } from '../../scenarios/scenario.ts';
import { baselineOf, gateScenario } from '../support/gate-results.ts';

const scenario = gateScenario({ duration: '1s' });
const known = baselineOf(scenario, 1);

const choice = (name: string, options = {}): StrategyChoice => ({ name, options });

function chosen(strategies: StrategyChoice[], before?: StrategyChoice, asked?: StrategyChoice) {
  const baseline: BaselineScenario | undefined = before && {
    ...known,
    strategy: { name: before.name, options: { ...before.options } },
  };
  return gatedStrategy({ ...scenario, strategies }, asked, baseline);
}

const [random, tokens] = [choice('random'), choice('least-tokens')];

test('is the one that was asked for', () => {
  expect(chosen([random, tokens], tokens, choice('prequal'))).toEqual(choice('prequal'));
});

test('is that of the baseline, with the options it has now', () => {
  const tuned = choice('least-tokens', { tokensPerRequest: 300 });
  expect(chosen([random, tuned], tokens)).toEqual(tuned);
  expect(chosen([tuned, tokens], tokens)).toEqual(tokens);
});

test('is that of the baseline where the scenario does not list it', () => {
  expect(chosen([random, choice('round-robin')], tokens)).toEqual(tokens);
});

test('is the only one there is', () => {
  expect(chosen([random])).toEqual(random);
  expect(chosen([random], tokens)).toEqual(random);
});

test('has to be said where nobody can know', () => {
  expect(() => chosen([random, tokens])).toThrow(
    'small lists 2 strategies. Say with --strategy which of them you deploy: random, least-tokens.',
  );
  const both = [{ tokensPerRequest: 1 }, { tokensPerRequest: 2 }];
  const twice = both.map((options) => choice('least-tokens', options));
  expect(() => chosen(twice, tokens)).toThrow('Say with --strategy');
});
