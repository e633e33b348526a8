import { usOf } from '../core/time.ts';
import type { PopulationOptions } from './population.ts';
import { zipfWeights } from './zipf-choice.ts';

type SurgeOptions = PopulationOptions['surges'];

/** A time during which the same tenants surge. */
export interface SurgeSpell {
  readonly fromUs: number;
  readonly untilUs: number;
  /** Of requests that others would send, this tenant sends those whose draw is below, and not below
   * that of the entry before. */
  readonly moved: readonly { readonly index: number; readonly below: number }[];
}

/** What several surges cannot be together, and where. */
export function* surgeProblems(surges: SurgeOptions) {
  for (const [index, surge] of surges.entries()) {
    const others = surges.slice(0, index).filter((other) => overlap(other, surge));
    if (others.some(({ tenant }) => tenant === surge.tenant)) {
      const text = `number ${surge.tenant} surges already at that time. Write one share for it.`;
      yield { path: ['surges', index, 'tenant'], text };
    }
    const atOnce = surges.filter((other) => isActive(other, usOf(surge.from)));
    const sum = atOnce.reduce((total, { share }) => total + share, 0);
    if (sum <= 1 + 1e-9) continue;
    const text = `at ${surge.from} the shares of the surges add up to ${Number(sum.toFixed(6))}. Write shares that are 1 together at most.`;
    yield { path: ['surges', index, 'share'], text };
  }
}

function overlap(a: SurgeOptions[number], b: SurgeOptions[number]): boolean {
  return isActive(a, usOf(b.from)) || isActive(b, usOf(a.from));
}

function isActive({ from, until }: SurgeOptions[number], nowUs: number): boolean {
  return nowUs >= usOf(from) && nowUs < usOf(until);
}

export function surgeSpells({ surges, tenants, zipf }: PopulationOptions): SurgeSpell[] {
  const weights = zipfWeights(tenants, zipf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const times = surges.flatMap(({ from, until }) => [from, until].map((at) => usOf(at)));
  const boundaries = [...new Set(times)].sort((a, b) => a - b);
  return boundaries.slice(1).flatMap((untilUs, position) => {
    const fromUs = boundaries[position]!;
    const active = surges.filter((surge) => isActive(surge, fromUs));
    if (active.length === 0) return [];
    const wanted = active.map(({ share, tenant }) => {
      return { index: tenant - 1, share, usual: weights[tenant - 1]! / total };
    });
    return { fromUs, untilUs, moved: movedTo(wanted) };
  });
}

interface Wanted {
  readonly index: number;
  /** Of all traffic. */
  readonly share: number;
  readonly usual: number;
}

/** What a tenant sends anyhow is part of its share; a share below that changes nothing. */
function movedTo(wanted: readonly Wanted[]): SurgeSpell['moved'] {
  const [share, usual] = [sum(wanted, 'share'), sum(wanted, 'usual')];
  // What is left to all as usual, so that the others have what the shares leave them.
  const left = usual < 1 - 1e-12 ? (1 - share) / (1 - usual) : 0;
  const surging = wanted.filter((tenant) => tenant.share > left * tenant.usual);
  if (surging.length < wanted.length) return movedTo(surging);
  let below = 0;
  return surging.map(({ index, share, usual }) => {
    below += share - left * usual;
    return { index, below };
  });
}

function sum(wanted: readonly Wanted[], key: 'share' | 'usual'): number {
  return wanted.reduce((total, tenant) => total + tenant[key], 0);
}
