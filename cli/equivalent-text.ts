import type { BalancerPolicy } from '../deploy/balancer.ts';

/** "least-requests (same chances)": how to simulate a policy. */
export function strategyText({ equivalent }: Pick<BalancerPolicy, 'equivalent'>): string {
  if (equivalent === undefined) return '–';
  const options = Object.entries(equivalent.options).map(([key, value]) => `${key}=${value}`);
  const name = [equivalent.name, ...(options.length > 0 ? [options.join(',')] : [])].join(':');
  return `${name} (${likeness[equivalent.likeness]})`;
}

const likeness = {
  picks: 'same picks',
  chances: 'same chances',
  close: 'close to it',
} as const;
