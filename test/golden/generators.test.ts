import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { arrivals } from '../../scenarios/arrivals/registry.ts';
import { lengths } from '../../scenarios/lengths/registry.ts';
import { rates } from '../../scenarios/rates/registry.ts';
import { firstArrivalsS } from '../support/arrivals.ts';
import { documentedTenant } from '../support/documented-traffic.ts';
import { drawLengths } from '../support/lengths.ts';

// The first 10,000 draws of every kind, as a run sees them: whole microseconds and whole tokens.
// The same seed must give them on any machine. The tests of test/scenarios/ say that they are right;
// "npm run golden:update" writes them again where that changes.

const count = 10_000;

const processes: readonly Readonly<Record<string, unknown>>[] = [
  { kind: 'constant', rate: 7 },
  { kind: 'poisson', rate: 7 },
  { kind: 'gamma', cv: 20, rate: 7 },
  { kind: 'gamma', cv: 0.5, rate: 7 },
  { kind: 'weibull', cv: 4, rate: 7 },
  documentedTenant('azure-chat').arrivals,
  documentedTenant('azure-code').arrivals,
];

const points = [
  { at: '0s', rate: 1 },
  { at: '10m', rate: 20 },
];
const hours = Array.from({ length: 24 }, (_, hour) => hour);

const curves: readonly Readonly<Record<string, unknown>>[] = [
  { kind: 'steps', points },
  { kind: 'ramp', points },
  { kind: 'sinusoid', mean: 7, amplitude: 0.9, period: '5m', phase: 0.3 },
  { kind: 'diurnal', mean: 1, hours, days: [1, 2], startHour: 6 },
];

const distributions: readonly Readonly<Record<string, unknown>>[] = [
  { kind: 'constant', tokens: 512 },
  {
    kind: 'empirical',
    quantiles: [
      [0, 7],
      [0.5, 115],
      [1, 1_000],
    ],
  },
  { kind: 'exponential', mean: 200 },
  { kind: 'gamma', mean: 400, sd: 600 },
  { kind: 'log-normal', mean: 1_246, sd: 1_204 },
  {
    kind: 'mixture',
    parts: [
      { weight: 1, length: { kind: 'constant', tokens: 512 } },
      { weight: 2, length: { kind: 'normal', mean: 90, sd: 20 } },
    ],
  },
  { kind: 'normal', mean: 300, sd: 150 },
  {
    kind: 'pmf',
    values: [
      [3, 0.6],
      [20, 0.4],
    ],
  },
  { kind: 'preset', name: 'azure-chat-input' },
  { kind: 'uniform', min: 100, max: 900 },
  { kind: 'weibull', mean: 400, sd: 600 },
  { kind: 'zipf', exponent: 1.2, max: 100_000 },
];

function digest(values: readonly number[]): string {
  return createHash('sha256').update(values.join()).digest('hex');
}

function arrivalDigest(options: Readonly<Record<string, unknown>>): string {
  return digest(firstArrivalsS(options, 1, count).map((timeS) => Math.round(timeS * 1e6)));
}

test('every arrival process, curve and length draws what it drew before', async () => {
  const golden = {
    arrivals: processes.map((options) => [options, arrivalDigest(options)]),
    rates: curves.map((rate) => [rate, arrivalDigest({ kind: 'gamma', cv: 2, rate })]),
    lengths: distributions.map((options) => [
      options,
      digest(drawLengths(options, { seed: 1, count })),
    ]),
  };
  const text = `${JSON.stringify(golden, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('generators.json');
});

test('no kind is left out', () => {
  const kinds = (given: readonly Readonly<Record<string, unknown>>[]) =>
    [...new Set(given.map(({ kind }) => String(kind)))].sort();
  const registered = (plugins: readonly { readonly kind: string }[]) =>
    plugins.map(({ kind }) => kind).sort();
  expect(kinds(processes)).toEqual(registered(arrivals));
  expect(kinds(curves)).toEqual(registered(rates));
  expect(kinds(distributions)).toEqual(registered(lengths));
});
