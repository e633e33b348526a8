import fc from 'fast-check';
import { type Balancer, type BalancerSetting, usualSetting } from '../../deploy/balancer.ts';

const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((address) => new URL(`http://[${address}]`).hostname),
  fc.constant('localhost'),
);

/** Names as people and machines give them, with all that ends a word or a line in some language. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('a100 "one"', "l'autre", '#', '{}', 'x; y', '\\', 'a\nserver b', '%[src]', '$x'),
);

/** Any setting that a balancer should be able to have, in a folder of its own. */
export function balancerSettings(
  { name: balancer, policies }: Balancer,
  folder: string,
): fc.Arbitrary<BalancerSetting> {
  const mostWeight = balancer === 'caddy' ? 1 : 256;
  const weight = fc.integer({ min: 1, max: mostWeight });
  const port = fc.integer({ min: 1, max: 65_535 });
  const url = fc.tuple(host, port).map(([at, to]) => new URL(`http://${at}:${to}`));
  const replicas = fc.uniqueArray(fc.record({ name, url, weight }), {
    selector: (replica) => replica.url.host,
    minLength: 1,
    maxLength: 12,
  });
  return fc.record({
    listen: fc.record({ host: fc.constantFrom('127.0.0.1', '0.0.0.0', '[::1]', '[::]'), port }),
    replicas,
    policy: fc.constantFrom(...policies.map((policy) => policy.name)),
    sessionHeader: fc.constantFrom('x-session-id', 'x-key', 'authorization'),
    connectTimeoutS: fc.integer({ min: 1, max: 60 }),
    silenceTimeoutS: fc.integer({ min: 1, max: 86_400 }),
    healthPath: fc.constantFrom('/health', '/', undefined),
    bodyMegabytes: fc.integer({ min: 1, max: 1_024 }),
    streams: fc.integer({ min: 1, max: usualSetting.streams }),
    threads: fc.constantFrom(undefined, 1, 2),
    folder: fc.constantFrom(folder),
  });
}
