import { describe } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { CaddyRandomChoose } from '../../support/caddy-random-choose.ts';
import { testWith } from '../../support/programs.ts';
import { expectSamePicks, expectSameShares } from '../../support/same-picks.ts';

const test = testWith('caddy');

describe('Caddy and our strategy pick the same for a thousand requests', () => {
  test('round_robin, which counts before it picks and so begins with the second', async () => {
    await expectSamePicks({
      product: 'caddy',
      policy: ['lb_policy round_robin'],
      strategy: 'round-robin',
      weights: [1, 1, 1, 1, 1],
      ahead: 1,
    });
  });

  test('hash of a header', async () => {
    await expectSamePicks({
      product: 'caddy',
      policy: ['lb_policy header X-Key'],
      strategy: 'rendezvous-hash',
      options: { key: 'tenant', hash: 'caddy' },
      weights: [1, 1, 1, 1, 1],
    });
  });
});

// One in a thousand would fail by chance; one in a million does so twice.
const retry = { retry: 1 };

describe('Caddy and our strategy pick with the same chances', () => {
  test('random', retry, async () => {
    const policy = ['lb_policy random'];
    const weights = [1, 1, 1, 1, 1];
    const comparison = { product: 'caddy', policy, strategy: 'random', weights } as const;
    await expectSameShares(comparison, { loads: [0, 0, 0, 0, 0] });
  });

  for (const loads of [
    [0, 0, 0, 0],
    [1, 0, 2, 0],
    [3, 3, 1, 3],
  ]) {
    test(`least_conn, ${loads.join(', ')} in progress`, retry, async () => {
      const policy = ['lb_policy least_conn'];
      const weights = [1, 1, 1, 1];
      const comparison = { product: 'caddy', policy, strategy: 'least-requests', weights } as const;
      await expectSameShares(comparison, { loads });
    });
  }
});

describe('Caddy 2.6 does not do the power of two choices, but what is described of it', () => {
  for (const loads of [
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [4, 3, 2, 1],
  ]) {
    test(`random_choose 2, ${loads.join(', ')} in progress`, retry, async () => {
      const policy = ['lb_policy random_choose 2'];
      const weights = [1, 1, 1, 1];
      const comparison = { product: 'caddy', policy, strategy: 'power-of-two', weights } as const;
      const random = randomStream(1, 'caddy');
      const model = new CaddyRandomChoose({ choices: 2, upstreams: 4 }, random);
      await expectSameShares(comparison, { loads, model });
    });
  }
});
