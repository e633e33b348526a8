import { expect, test } from 'vitest';
import { playTraffic, requestsOf } from '../support/played-traffic.ts';
import { smallScenario } from '../support/scenarios.ts';
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

test.each([0, 1.2])('surges at once give each its share of all traffic, zipf %s', (zipf) => {
  const surges = [
    { tenant: 7, share: 0.4, from: '0s', until: '300s' },
    { tenant: 9, share: 0.4, from: '100s', until: '400s' },
    { tenant: 3, share: 0.05, from: '150s', until: '300s' },
  ];
  const sent = numbersOf({ tenants: 50, zipf, surges }, 40_000);
  const calm = numbersOf({ tenants: 50, zipf }, 40_000);
  for (const [from, until, shares] of [
    [0, 100, { 7: 0.4 }],
    [100, 150, { 7: 0.4, 9: 0.4 }],
    [150, 300, { 7: 0.4, 9: 0.4, 3: 0.05 }],
    [300, 400, { 9: 0.4 }],
  ] as const) {
    const during = sent.filter((_, index) => index >= from * 100 && index < until * 100);
    for (const [tenant, share] of Object.entries(shares)) {
      const found = during.filter(({ number }) => number === Number(tenant)).length / during.length;
      const error = Math.sqrt((share * (1 - share)) / during.length);
      expect(Math.abs(found - share), `${tenant} from ${from} s`).toBeLessThan(4 * error);
    }
    for (let at = from * 100; at < until * 100; at++) {
      const allowed = [calm[at]!.number, ...Object.keys(shares).map(Number)];
      expect(allowed).toContain(sent[at]!.number);
    }
  }
});

test('surges of all tenants share the traffic between them', () => {
  const surges = [1, 2].map((tenant) => ({ tenant, share: 0.5, from: '0s', until: '200s' }));
  const sent = numbersOf({ tenants: 2, zipf: 2, surges }, 20_000);
  const share = sent.filter(({ number }) => number === 1).length / sent.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / sent.length));
});

test.each([
  [
    { tenant: 8, share: 0.7, from: '1m', until: '3m' },
    /surges\[1\]\.share: at 1m .* up to 1\.1\. /,
  ],
  [
    { tenant: 8, share: 0.7, from: '0s', until: '90s' },
    /surges\[0\]\.share: at 1m .* up to 1\.1\. /,
  ],
  [
    { tenant: 7, share: 0.1, from: '1m', until: '3m' },
    /surges\[1\]\.tenant: number 7 surges already/,
  ],
])('surges that cannot be together are refused: %j', (second, message) => {
  const surges = [{ tenant: 7, share: 0.4, from: '1m', until: '2m' }, second];
  const population = { tenants: 50, surges };
  expect(() => smallScenario({ traffic: [{ population }] })).toThrow(message);
});
