import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { OutputLengths } from '../../strategies/shared/output-lengths.ts';

test('answers that are always as long are foreseen exactly', () => {
  const property = fc.property(fc.integer({ min: 1, max: 100_000 }), (tokens) => {
    const lengths = new OutputLengths();
    for (let answer = 0; answer < 200; answer++) lengths.add('chat', tokens);
    expect(lengths.of('chat').remaining(0)).toBeCloseTo(tokens, 3);
    const half = Math.floor(tokens / 2);
    expect(lengths.of('chat').remaining(half)).toBeCloseTo(tokens - half, 3);
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});

test('of exponential answers, who has outlived the mean has as much before him as at first', () => {
  const random = randomStream(1, 'answers');
  const lengths = new OutputLengths();
  for (let answer = 0; answer < 20_000; answer++) {
    lengths.add('chat', Math.ceil(-300 * Math.log(1 - random())));
  }
  for (const generated of [0, 300, 600]) {
    const error = lengths.of('chat').remaining(generated) / 300 - 1;
    expect(Math.abs(error)).toBeLessThan(0.35);
  }
});

test('tenants are told apart as soon as they have ended a few', () => {
  const lengths = new OutputLengths();
  for (let answer = 0; answer < 50; answer++) {
    lengths.add('tools', 20);
    lengths.add('novels', 4_000);
  }
  expect(lengths.of('tools').remaining(0)).toBeCloseTo(20, 3);
  expect(lengths.of('novels').remaining(0)).toBeCloseTo(4_000, 3);
  // Of a stranger, what is known of all.
  expect(lengths.of('new').remaining(0)).toBeCloseTo(2_010, -2);
});

test('old answers fade', () => {
  const lengths = new OutputLengths();
  for (let answer = 0; answer < 20_000; answer++) lengths.add('chat', 100);
  for (let answer = 0; answer < 5_000; answer++) lengths.add('chat', 1_000);
  expect(lengths.of('chat').remaining(0)).toBeGreaterThan(990);
});

test('something is always left, also of an answer longer than all before it', () => {
  const property = fc.property(fc.array(fc.nat(5_000)), fc.nat(1_000_000), (seen, generated) => {
    const lengths = new OutputLengths();
    for (const tokens of seen) lengths.add('chat', tokens);
    expect(lengths.of('chat').remaining(generated)).toBeGreaterThan(generated > 0 ? 0 : -1);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('tenants without number take no more room than a few thousand', () => {
  const lengths = new OutputLengths();
  const learn = (tenant: string, tokens: number) => {
    for (let answer = 0; answer < 10; answer++) lengths.add(tenant, tokens);
  };
  learn('first', 10);
  for (let tenant = 0; tenant < 5_000; tenant++) learn(`tenant-${tenant}`, 1_000);
  // Whoever came last is known, and who was silent ever since is a stranger again.
  expect(lengths.of('tenant-4999').remaining(0)).toBeCloseTo(1_000, 3);
  expect(lengths.of('first').remaining(0)).toBeCloseTo(1_000, -2);
  learn('first', 10);
  expect(lengths.of('first').remaining(0)).toBeCloseTo(10, 3);
});
