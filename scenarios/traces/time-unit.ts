import { z } from 'zod';
import { US_PER_MS, US_PER_S } from '../../core/time.ts';

const unitUs = { s: US_PER_S, ms: US_PER_MS, us: 1, ns: 1e-3 } as const;

export type TimeUnit = keyof typeof unitUs;

export function timeUnit(usual: TimeUnit) {
  return z
    .enum(['s', 'ms', 'us', 'ns'])
    .default(usual)
    .describe('Unit of the times in the file.')
    .meta({ examples: [usual] });
}

export function toUs(time: number, unit: TimeUnit): number {
  // Dividing is exact where multiplying by 0.001 is not.
  return unit === 'ns' ? time / 1_000 : time * unitUs[unit];
}
