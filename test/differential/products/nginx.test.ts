import { describe } from 'vitest';
import { testWith } from '../../support/programs.ts';
import { expectSamePicks, expectSameShares } from '../../support/same-picks.ts';

const test = testWith('nginx');

describe('nginx and our strategy pick the same for a thousand requests', () => {
  const roundRobin = { product: 'nginx', policy: [], strategy: 'weighted-round-robin' } as const;
  for (const weights of [
    [1, 1, 1, 1],
    [5, 1, 1],
    [3, 2, 1, 7],
  ]) {
    test(`round robin, weights ${weights.join(', ')}`, async () => {
      await expectSamePicks({ ...roundRobin, weights });
    });
  }

  const leastConn = {
    product: 'nginx',
    policy: ['least_conn'],
    strategy: 'nginx-least-conn',
  } as const;
  for (const held of [1, 4, 12]) {
    for (const weights of [
      [1, 1, 1, 1],
      [3, 2, 1, 7],
    ]) {
      test(`least_conn, up to ${held} in progress, weights ${weights.join(', ')}`, async () => {
        await expectSamePicks({ ...leastConn, weights, held });
      });
    }
  }

  for (const weights of [
    [1, 1, 1, 1],
    [3, 2, 1, 7],
  ]) {
    test(`hash of a header, consistent, weights ${weights.join(', ')}`, async () => {
      await expectSamePicks({
        product: 'nginx',
        policy: ['hash $http_x_key consistent'],
        strategy: 'ring-hash',
        options: { key: 'tenant', hash: 'nginx' },
        weights,
      });
    });
  }
});

// One in a thousand would fail by chance; one in a million does so twice.
const retry = { retry: 1 };

describe('nginx and our strategy pick with the same chances', () => {
  for (const loads of [
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [2, 0, 2, 1, 5],
  ]) {
    test(`random two least_conn, ${loads.join(', ')} in progress`, retry, async () => {
      const weights = loads.map(() => 1);
      const policy = ['random two least_conn'];
      const comparison = { product: 'nginx', policy, strategy: 'power-of-two', weights } as const;
      await expectSameShares(comparison, { loads });
    });
  }

  test('random, by weight', retry, async () => {
    const weights = [3, 2, 1, 7];
    const policy = ['random'];
    const comparison = { product: 'nginx', policy, strategy: 'weighted-random', weights } as const;
    await expectSameShares(comparison, { loads: [0, 0, 0, 0] });
  });
});
