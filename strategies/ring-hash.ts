import { z } from 'zod';
import { keyOptions } from './shared/request-key.ts';
import { RingStrategy } from './shared/ring-strategy.ts';
import { defineStrategy } from './strategy.ts';

export default defineStrategy({
  name: 'ring-hash',
  family: 'affinity',
  summary:
    'Consistent hashing: the replica whose point on a ring comes next after the hash of the key, whatever its load.',
  needs: ['prefix', 'names'],
  options: {
    ...keyOptions('session'),
    hash: z
      .enum(['fairlead', 'nginx', 'haproxy'])
      .default('fairlead')
      .meta({ examples: ['nginx'] })
      .describe(
        'Whose ring, pick by pick: our own, "hash … consistent" of nginx (whole weights, names as host:port) or "hash-type consistent" of HAProxy.',
      ),
  },
  create: (options, context) => new RingStrategy(options, context),
});
