import type { BalancerPolicy } from './balancer.ts';

/** How Caddy 2.6 may choose. */
export const caddyPolicies: readonly BalancerPolicy[] = [
  {
    name: 'least_conn',
    summary: 'The fewest requests in progress, ties by chance.',
    directives: () => ['lb_policy least_conn'],
    equivalent: { name: 'least-requests', options: {}, likeness: 'chances' },
  },
  {
    name: 'round_robin',
    summary: 'In turn, beginning with the second.',
    directives: () => ['lb_policy round_robin'],
    equivalent: { name: 'round-robin', options: {}, likeness: 'picks' },
  },
  {
    name: 'random',
    summary: 'By chance; what Caddy does unless told otherwise.',
    directives: () => ['lb_policy random'],
    equivalent: { name: 'random', options: {}, likeness: 'chances' },
  },
  {
    name: 'random_choose',
    summary: 'The less busy of two that chance draws; Caddy 2.6 often draws but one.',
    directives: () => ['lb_policy random_choose 2'],
    equivalent: { name: 'power-of-two', options: {}, likeness: 'close' },
  },
  {
    name: 'header',
    summary: 'A session stays at its replica, by rendezvous hashing of the session header.',
    directives: ({ sessionHeader }) => [`lb_policy header ${sessionHeader}`],
    equivalent: {
      name: 'rendezvous-hash',
      options: { key: 'session', hash: 'caddy' },
      likeness: 'picks',
    },
  },
  {
    name: 'ip_hash',
    summary: 'A client address stays at its replica; behind another proxy all have the same.',
    directives: () => ['lb_policy ip_hash'],
  },
  {
    name: 'first',
    summary: 'The first that is well; the others stand by.',
    directives: () => ['lb_policy first'],
  },
];
