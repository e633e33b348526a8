import type { FleetGroup } from '../../scenarios/scenario.ts';

type Engine = FleetGroup['engine'];

/** Options that were written for one GPU, for engines on another: without what it alone has. */
export function engineElsewhere({
  interconnect: _interconnect,
  numGpuBlocksOverride: _blocks,
  ...general
}: Engine): Omit<Engine, 'interconnect' | 'numGpuBlocksOverride'> {
  return general;
}
