import type { BalancerPolicy, BalancerSetting } from './balancer.ts';

/** How HAProxy may choose. */
export const haproxyPolicies: readonly BalancerPolicy[] = [
  {
    name: 'leastconn',
    summary: 'The fewest requests in progress per weight.',
    directives: () => ['balance leastconn'],
    equivalent: { name: 'haproxy-leastconn', options: {}, likeness: 'picks' },
  },
  {
    name: 'roundrobin',
    summary: 'In turn, by weight.',
    directives: () => ['balance roundrobin'],
    equivalent: { name: 'haproxy-roundrobin', options: {}, likeness: 'picks' },
  },
  {
    name: 'random',
    summary: 'The less busy of two that chance draws, by their arcs on a ring.',
    directives: () => ['balance random(2)'],
    equivalent: { name: 'power-of-two', options: {}, likeness: 'close' },
  },
  {
    name: 'hash',
    summary: 'A session stays at its replica, by consistent hashing of the session header.',
    directives: consistentHash,
    equivalent: {
      name: 'ring-hash',
      options: { key: 'session', hash: 'haproxy' },
      likeness: 'picks',
    },
  },
  {
    name: 'bounded_hash',
    summary: 'The same, but no replica has more than 1.25 times its share.',
    directives: (setting) => [...consistentHash(setting), 'hash-balance-factor 125'],
    equivalent: {
      name: 'bounded-hash',
      options: { key: 'session', hash: 'haproxy', balanceFactor: 1.25 },
      likeness: 'picks',
    },
  },
  {
    name: 'source',
    summary: 'A client address stays at its replica; behind another proxy all have the same.',
    directives: () => ['balance source', 'hash-type consistent'],
  },
  {
    name: 'uri',
    summary: 'By path: all chat completions have the same, so one replica gets them all.',
    directives: () => ['balance uri', 'hash-type consistent'],
  },
];

function consistentHash({ sessionHeader }: BalancerSetting): string[] {
  return [`balance hdr(${sessionHeader})`, 'hash-type consistent'];
}
