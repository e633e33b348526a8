import { createPlugin } from '../../core/plugin.ts';
import { randomStream } from '../../core/random.ts';
import { lengths } from '../../scenarios/lengths/registry.ts';

/** Lengths drawn from a distribution as a scenario would write it. */
export function drawLengths(
  options: Readonly<Record<string, unknown>>,
  { seed, count }: { seed: number; count: number },
): number[] {
  const distribution = createPlugin(lengths, options, randomStream(seed, 'input/test'));
  return Array.from({ length: count }, () => distribution.next());
}
