import { expect, test } from 'vitest';
import { gpus } from '../../../sim/catalog/gpus/registry.ts';
import { prices } from '../../../sim/catalog/price-list.ts';
import { pricesOf, usdPerGpuHour } from '../../../sim/catalog/prices.ts';

test('every price is of a card in the catalogue, has a source and a range the right way round', () => {
  const known = gpus.map(({ name }) => name);
  for (const price of prices) {
    expect(known).toEqual(expect.arrayContaining([...price.gpus]));
    expect(price.lowUsdPerGpuHour).toBeGreaterThan(0);
    expect(price.highUsdPerGpuHour).toBeGreaterThanOrEqual(price.lowUsdPerGpuHour);
    expect(price.source).not.toBe('');
  }
});

test('what was verified has a date, and a card has one price for a tier, market and source', () => {
  for (const { verified, date } of prices) expect(/\b20\d\d\b/.test(date)).toBe(verified);
  const keys = prices.flatMap(({ gpus: names, market, tier, source }) =>
    names.map((name) => [name, market, tier, source].join()),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('a spot instance is cheaper than the same card on demand in the same tier', () => {
  for (const price of prices.filter(({ market }) => market === 'spot')) {
    for (const gpu of price.gpus) {
      const onDemand = usdPerGpuHour(gpu, { tier: price.tier });
      expect(price.highUsdPerGpuHour).toBeLessThan(onDemand!.price.lowUsdPerGpuHour);
    }
  }
});

test('one figure is the middle of the tier asked for, or of the one most people shop in', () => {
  expect(usdPerGpuHour('H100-SXM')).toMatchObject({ usd: 3, price: { tier: 'specialised' } });
  expect(usdPerGpuHour('H100-SXM', { tier: 'hyperscaler' })?.usd).toBe(4.25);
  expect(usdPerGpuHour('A100-80GB-SXM', { market: 'spot' })?.usd).toBe(0.86);
  expect(usdPerGpuHour('T4')).toMatchObject({ usd: 0.526, price: { verified: false } });
  expect(usdPerGpuHour('RTX-3060')).toBeUndefined();
  expect(usdPerGpuHour('L4', { market: 'spot' })).toBeUndefined();
});

test('the prices of a card come dearest first', () => {
  const highest = pricesOf('H100-SXM').map((price) => price.highUsdPerGpuHour);
  expect(highest).toEqual([...highest].sort((a, b) => b - a));
  expect(highest.length).toBe(5);
});
