import { describe } from 'vitest';
import { testWith } from '../../support/programs.ts';
import { expectSamePicks } from '../../support/same-picks.ts';

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
