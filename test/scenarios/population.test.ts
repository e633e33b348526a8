import { expect, test } from 'vitest';
import { playTraffic, requestsOf } from '../support/played-traffic.ts';
import { expectZipf } from '../support/zipf.ts';

const arrivals = { kind: 'constant', rate: 100 };

function numbersOf(population: Readonly<Record<string, unknown>>, count: number) {
  const played = requestsOf(playTraffic([{ tenant: 'chat', arrivals, population }], count));
  return played.map(({ arrivalUs, tenant }) => {
    expect(tenant).toMatch(/^chat-[1-9]\d*$/);
    return { arrivalUs, number: Number(tenant.slice('chat-'.length)) };
  });
}

test.each([0, 1.2])('tenants send in proportion to n^-%s', (zipf) => {
  const sent = numbersOf({ tenants: 300, zipf }, 40_000);
  expectZipf(
    sent.map(({ number }) => number - 1),
    { choices: 300, exponent: zipf },
  );
});

test.each([
  [1.2, 7],
  [1, 1],
])('a surge gives a tenant its share of the traffic while it lasts, not more', (zipf, tenant) => {
  const surges = [{ tenant, share: 0.4, from: '100s', until: '300s' }];
  const population = { tenants: 50, zipf };
  const sent = numbersOf({ ...population, surges }, 40_000);
  const within = sent.filter(({ arrivalUs }) => arrivalUs >= 100e6 && arrivalUs < 300e6);
  expect(within).toHaveLength(20_000);
  const share = within.filter(({ number }) => number === tenant).length / within.length;
  expect(Math.abs(share - 0.4)).toBeLessThan(4 * Math.sqrt((0.4 * 0.6) / within.length));
  const outside = sent.filter(({ arrivalUs }) => arrivalUs < 100e6 || arrivalUs >= 300e6);
  expectZipf(
    outside.map(({ number }) => number - 1),
    { choices: 50, exponent: zipf },
  );
  // Who is not the one that surges sends what it would have sent, or nothing.
  const calm = numbersOf(population, 40_000);
  for (const [index, { number }] of sent.entries()) {
    expect([calm[index]!.number, tenant]).toContain(number);
  }
});

test('a surge below what a tenant sends anyhow changes nothing', () => {
  const surges = [{ tenant: 1, share: 0.01, from: '0s', until: '300s' }];
  const population = { tenants: 10, zipf: 1 };
  expect(numbersOf({ ...population, surges }, 2_000)).toEqual(numbersOf(population, 2_000));
});
