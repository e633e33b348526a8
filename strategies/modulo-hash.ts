import { fnv1a, mix32 } from './shared/fnv1a.ts';
import { keyOptions, RequestKey } from './shared/request-key.ts';
import { defineStrategy } from './strategy.ts';

const hashKey = (bytes: Uint8Array, length: number) => mix32(fnv1a(bytes, length));

export default defineStrategy({
  name: 'modulo-hash',
  family: 'affinity',
  summary:
    'The hash of the key modulo the number of replicas, whatever their load: nearly every key moves when one comes or goes.',
  needs: ['prefix'],
  options: keyOptions('session'),
  create(options, context) {
    const key = new RequestKey(options, context.blockTokens);
    return {
      pick: (request, candidates) =>
        candidates[(key.hash(request, hashKey) >>> 0) % candidates.length]!,
    };
  },
});
