import type { FleetEvent } from '../../scenarios/fleet-events.ts';
import { type DrawnFleet, drawnKinds, eventsOf } from '../support/drawn-events.ts';
import { Draw } from './draw.ts';
import { drawFleet } from './draw-fleet.ts';
import { drawGateway } from './draw-gateway.ts';
import { drawOptions } from './draw-options.ts';
import { drawTraffic } from './draw-traffic.ts';
import { playedStrategies, type World } from './world.ts';

/**
 * The small world of a seed: a fleet, its traffic, what happens to it, its gateways and their
 * strategy. Strategies take turns, so that each is played equally often.
 */
export function drawWorld(seed: number): World {
  const draw = new Draw(seed, 'world');
  const strategy = playedStrategies[seed % playedStrategies.length]!;
  const fleet = drawFleet(seed);
  const [warmupMs, durationMs] = [draw.one([0, 0, 300]), draw.one([1_000, 1_000, 2_000])];
  const lengthMs = warmupMs + durationMs;
  return {
    seed,
    strategy: strategy.name,
    options: drawOptions(strategy, draw),
    scenario: {
      name: 'world',
      summary: 'A world of a seed.',
      model: 'Llama-3.1-8B',
      fleet,
      gateway: drawGateway(seed),
      traffic: drawTraffic(seed),
      events: drawEvents(seed, { fleet, lengthMs }),
      warmup: `${warmupMs}ms`,
      duration: `${durationMs}ms`,
    },
  };
}

function drawEvents(seed: number, fleet: DrawnFleet): FleetEvent[] {
  const draw = new Draw(seed, 'events');
  const drawn = Array.from({ length: draw.below(9) }, () => ({
    kind: draw.one<FleetEvent['kind']>(drawnKinds),
    at: draw.share(),
    who: draw.below(100),
    lasts: draw.share(),
    after: draw.chance(0.3) ? 0 : draw.share(),
    dice: draw.below(12),
  }));
  return eventsOf(drawn, fleet);
}
