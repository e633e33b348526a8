import type { BalancerPolicy } from './balancer.ts';

/** How nginx may choose. */
export const nginxPolicies: readonly BalancerPolicy[] = [
  {
    name: 'least_conn',
    summary: 'The fewest requests in progress per weight.',
    directives: () => ['least_conn;'],
    equivalent: { name: 'nginx-least-conn', options: {}, likeness: 'picks' },
  },
  {
    name: 'round_robin',
    summary: 'In turn, by weight; what nginx does unless told otherwise.',
    directives: () => [],
    equivalent: { name: 'weighted-round-robin', options: {}, likeness: 'picks' },
  },
  {
    name: 'random',
    summary: 'By chance, by weight.',
    directives: () => ['random;'],
    equivalent: { name: 'weighted-random', options: {}, likeness: 'chances' },
  },
  {
    name: 'random_two',
    summary: 'The less busy of two that chance draws.',
    directives: () => ['random two least_conn;'],
    equivalent: { name: 'power-of-two', options: {}, likeness: 'chances' },
  },
  {
    name: 'hash',
    summary: 'A session stays at its replica, by consistent hashing of the session header.',
    directives: ({ sessionHeader }) => [
      `hash $http_${sessionHeader.replaceAll('-', '_')} consistent;`,
    ],
    equivalent: {
      name: 'ring-hash',
      options: { key: 'session', hash: 'nginx' },
      likeness: 'picks',
    },
  },
  {
    name: 'ip_hash',
    summary: 'A client address stays at its replica; behind another proxy all have the same.',
    directives: () => ['ip_hash;'],
  },
];
