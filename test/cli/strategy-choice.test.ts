import { expect, test } from 'vitest';
import { strategyChoice } from '../../cli/strategy-choice.ts';
import { FairleadError } from '../../core/errors.ts';

test.each<[text: string, options: object]>([
  ['random', {}],
  ['least-tokens:tokensPerRequest=300', { tokensPerRequest: 300 }],
  [
    'weighted-scorers:weights={queue: 1, kv: 0.5},picker=random',
    { weights: { queue: 1, kv: 0.5 }, picker: 'random' },
  ],
  ['priority-tiers:tiers=[[a, b], [c]]', { tiers: [['a', 'b'], ['c']] }],
])('%s is understood', (text, options) => {
  expect(strategyChoice(text)).toEqual([{ name: text.split(':')[0], options }]);
});

test.each<[text: string, reason: string]>([
  ['random:x=1', 'there is no option "x". Options: none.'],
  ['least-tokens:tokens=1', 'there is no option "tokens". Did you mean "tokensPerRequest"?'],
  ['least-tokens:name=random', 'there is no option "name".'],
  ['least-tokens:tokensPerRequest', 'tokensPerRequest: it has no value. Write tokensPerRequest=…'],
  ['least-tokens:tokensPerRequest=1,tokensPerRequest=2', 'tokensPerRequest: it is given twice.'],
  ['least-tokens:tokensPerRequest=1=2', 'tokensPerRequest: found "1=2", expected a number.'],
  [
    'least-tokens:tokensPerRequest=abc',
    'tokensPerRequest: found "abc", expected a number. Write for example "tokensPerRequest=1000".',
  ],
  ['least-tokens:tokensPerRequest=[', 'tokensPerRequest: found "[", expected a value as in YAML'],
  ['least-tokens:tokensPerRequest=*x', 'tokensPerRequest: found "*x", expected a value as in YAML'],
  [
    'weighted-scorers:picker=best',
    'picker: found "best", expected "max-score" or "weighted" or "random".',
  ],
  ['weighted-scorers:weights={queues: 1}', 'weights.queues: there is no key "queues" here. Did'],
  ['priority-tiers:tiers=[a]', 'tiers.0: found "a", expected a list.'],
])('--strategy %s says what is wrong and what to write', (text, reason) => {
  const choose = () => strategyChoice(text);
  expect(choose).toThrow(`--strategy ${text}: ${reason}`);
  expect(choose).toThrow(FairleadError);
});
