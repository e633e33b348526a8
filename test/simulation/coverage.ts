import { expect } from 'vitest';
import type { Happening } from './happenings.ts';
import type { Coverage } from './sweep.ts';

export const sweepMs = 600_000;

/** In less of the worlds than this, and the sweep would no longer ask what it is there for. */
const leastShares: Readonly<Record<Happening, number>> = {
  crashed: 0.2,
  drained: 0.2,
  'several gateways': 0.2,
  retried: 0.08,
  hedged: 0.08,
  barred: 0.05,
  preempted: 0.07,
  cached: 0.4,
  held: 0.1,
  'sent again': 0.12,
  ok: 0.9,
  failed: 0.4,
  timeout: 0.1,
  rejected: 0.12,
  cancelled: 0.12,
};

export function expectCoverage(coverage: Coverage): void {
  for (const [what, share] of coverage) {
    expect(share, `share of worlds: ${what}`).toBeGreaterThan(leastShares[what]);
  }
}
