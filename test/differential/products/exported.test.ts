import { describe } from 'vitest';
import { balancers } from '../../../deploy/registry.ts';
import type { ProductName } from '../../support/products.ts';
import { testWith } from '../../support/programs.ts';
import { expectSamePicks, expectSameShares } from '../../support/same-picks.ts';

// One sample of a thousand differs by chance; two in a row are one in a million.
const retry = { retry: 1 };

describe.each(balancers)('$name, as exported, picks as the strategy that we name', (balancer) => {
  const product = balancer.name as ProductName;
  const test = testWith(product);
  const hasWeights = product !== 'caddy';

  for (const { equivalent, name: policy } of balancer.policies) {
    if (equivalent === undefined || equivalent.likeness === 'close') continue;
    // In this test the key of a request is that of its tenant.
    const { key, ...others } = equivalent.options;
    const options = key === undefined ? others : { ...others, key: 'tenant' };
    const comparison = { product, policy, strategy: equivalent.name, options };

    if (equivalent.likeness === 'picks') {
      for (const weights of hasWeights
        ? [
            [1, 1, 1, 1],
            [3, 2, 1, 7],
          ]
        : [[1, 1, 1, 1]]) {
        test(`${policy}, weights ${weights.join(', ')}`, async () => {
          const ahead = policy === 'round_robin' && product === 'caddy' ? 1 : 0;
          const held = ahead === 1 ? 1 : 4;
          await expectSamePicks({ ...comparison, weights, held, ahead });
        });
      }
    } else {
      test(`${policy}, by its chances`, retry, async () => {
        await expectSameShares({ ...comparison, weights: [1, 1, 1, 1] }, { loads: [1, 0, 2, 0] });
      });
    }
  }
});
