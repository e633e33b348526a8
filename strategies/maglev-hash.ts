import { z } from 'zod';
import { fnv1a, mix32 } from './shared/fnv1a.ts';
import { MaglevTable } from './shared/maglev-table.ts';
import { keyOptions, RequestKey } from './shared/request-key.ts';
import { defineStrategy } from './strategy.ts';

const hashKey = (bytes: Uint8Array, length: number) => mix32(fnv1a(bytes, length));

const primes = [z.literal(251), z.literal(4_093), z.literal(16_381), z.literal(65_537)] as const;

export default defineStrategy({
  name: 'maglev-hash',
  family: 'affinity',
  summary:
    "Google's Maglev: the hash of the key looked up in a table that replicas have filled in turn, which is as even as can be, whatever the load.",
  needs: ['prefix', 'names'],
  options: {
    ...keyOptions('session'),
    tableSize: z
      .union(primes)
      .default(16_381)
      .meta({ examples: [65_537] })
      .describe(
        'Slots of the table, a prime: a hundred for each replica are even to a per cent. Envoy has 65537.',
      ),
  },
  create({ tableSize, ...options }, context) {
    const key = new RequestKey(options, context.blockTokens);
    const table = new MaglevTable(tableSize);
    return {
      pick(request, candidates) {
        table.update(candidates);
        return table.find(key.hash(request, hashKey), candidates);
      },
      onLeft: (replica) => table.remove(replica),
    };
  },
});
