import { describe } from 'vitest';
import { testWith } from '../../support/programs.ts';
import { expectSamePicks } from '../../support/same-picks.ts';

const test = testWith('haproxy');

describe('HAProxy and our strategy pick the same for a thousand requests', () => {
  const roundRobin = {
    product: 'haproxy',
    policy: ['balance roundrobin'],
    strategy: 'haproxy-roundrobin',
  } as const;
  for (const weights of [
    [1, 1, 1, 1],
    [5, 1, 1],
    [1, 10, 4, 4],
    [17, 256, 3, 99, 1],
  ]) {
    test(`roundrobin, weights ${weights.join(', ')}`, async () => {
      await expectSamePicks({ ...roundRobin, weights });
    });
  }

  const leastconn = {
    product: 'haproxy',
    policy: ['balance leastconn'],
    strategy: 'haproxy-leastconn',
  } as const;
  for (const held of [1, 4, 12]) {
    for (const weights of [
      [1, 1, 1, 1],
      [3, 2, 1, 7],
    ]) {
      test(`leastconn, up to ${held} in progress, weights ${weights.join(', ')}`, async () => {
        await expectSamePicks({ ...leastconn, weights, held });
      });
    }
  }

  const hash = {
    product: 'haproxy',
    policy: ['balance hdr(x-key)', 'hash-type consistent'],
  } as const;
  const options = { key: 'tenant', hash: 'haproxy' };
  for (const weights of [
    [1, 1, 1, 1],
    [3, 2, 1, 7],
  ]) {
    test(`hash of a header, consistent, weights ${weights.join(', ')}`, async () => {
      await expectSamePicks({ ...hash, strategy: 'ring-hash', options, weights });
    });

    for (const factor of [101, 125, 200]) {
      test(`the same with factor ${factor}, weights ${weights.join(', ')}`, async () => {
        await expectSamePicks({
          ...hash,
          policy: [...hash.policy, `hash-balance-factor ${factor}`],
          strategy: 'bounded-hash',
          options: { ...options, balanceFactor: factor / 100 },
          weights,
          held: 12,
        });
      });
    }
  }
});
