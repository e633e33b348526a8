import type { LengthDistribution } from '../lengths.ts';
import { tokens } from '../quantities.ts';

/** What every family with a tail may be told; the load generators of the trade clamp as well. */
export const clampOptions = {
  min: tokens().default(1).describe('Shorter draws are raised to this.'),
  max: tokens().default(131_072).describe('Longer draws are cut to this.'),
};

export interface Clamp {
  readonly min: number;
  readonly max: number;
}

export function clampProblem({ min, max }: Clamp): string | undefined {
  return min > max ? `min ${min} is above max ${max}. Swap them.` : undefined;
}

/** Whole tokens, within the bounds. */
export function clamped(draw: () => number, { min, max }: Clamp): LengthDistribution {
  return { next: () => Math.min(max, Math.max(min, Math.round(draw()))) };
}
