import { sampleRankCorrelation } from 'simple-statistics';
import { expect, test } from 'vitest';
import { quantile } from '../../../core/quantiles.ts';
import { randomStream } from '../../../core/random.ts';
import { fitLengths, quantileTable } from '../../../scenarios/fit/fit-lengths.ts';
import { drawLengths } from '../../support/lengths.ts';

const at = (tokens: readonly number[], q: number) => quantile(Float64Array.from(tokens).sort(), q)!;

test.each([
  { kind: 'log-normal', mean: 1_246, sd: 1_204, min: 2, max: 14_050 },
  {
    kind: 'pmf',
    values: [
      [3, 0.59],
      [20, 0.21],
      [60, 0.2],
    ],
  },
  { kind: 'constant', tokens: 512 },
  { kind: 'exponential', mean: 9 },
])('a table of a few quantiles draws lengths of %j again', (options) => {
  const lengths = drawLengths(options, { seed: 3, count: 20_000 });
  const table = quantileTable(lengths);
  expect((table['quantiles'] as unknown[]).length).toBeLessThan(150);
  const drawn = drawLengths(table, { seed: 4, count: 100_000 });
  for (const q of [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]) {
    const [found, wanted] = [at(drawn, q), at(lengths, q)];
    expect(Math.abs(found - wanted), `quantile ${q}`).toBeLessThanOrEqual(
      Math.max(1, 0.05 * wanted),
    );
  }
});

test('prompts and answers that depend on each other are drawn as rows of both', () => {
  const random = randomStream(1, 'lengths');
  const promptTokens = Array.from({ length: 9_000 }, () => Math.ceil(3_000 * random() ** 2));
  const outputTokens = promptTokens.map((prompt) => Math.ceil(prompt / 10 + 100 * random()));
  const fit = fitLengths({ promptTokens, outputTokens });
  if (!('lengths' in fit)) throw new Error('they were drawn apart');
  const [prompts, answers] = [fit.lengths.map(([p]) => p), fit.lengths.map(([, a]) => a)];
  for (const q of [0.1, 0.5, 0.9, 0.99]) {
    expect(at(prompts, q) / at(promptTokens, q)).toBeCloseTo(1, 1.5);
    expect(at(answers, q) / at(outputTokens, q)).toBeCloseTo(1, 1.5);
  }
  const wanted = sampleRankCorrelation(promptTokens, outputTokens);
  expect(Math.abs(sampleRankCorrelation(prompts, answers) - wanted)).toBeLessThan(0.03);
});

test('prompts and answers that have nothing to do with each other are drawn apart', () => {
  const random = randomStream(2, 'lengths');
  const lengths = () => Array.from({ length: 2_000 }, () => Math.ceil(3_000 * random()));
  expect(fitLengths({ promptTokens: lengths(), outputTokens: lengths() })).toHaveProperty('input');
});
