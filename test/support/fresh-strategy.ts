import { GapHistogram } from '../../core/gap-histogram.ts';
import { measuredWindow } from '../../core/measured-window.ts';
import { randomStream } from '../../core/random.ts';
import { fleetTimeline } from '../../scenarios/fleet-timeline.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { createLockstep } from '../../sim/endpoints/lockstep.ts';
import { Fleet } from '../../sim/fleet.ts';
import { Replica } from '../../sim/replica/replica.ts';
import { Simulation } from '../../sim/simulation.ts';
import { FleetTwins } from '../../sim/twin/fleet-twins.ts';
import type { Strategy, StrategyDefinition } from '../../strategies/strategy.ts';

export interface OfRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly strategy: StrategyDefinition;
  readonly strategyOptions: Readonly<Record<string, unknown>>;
}

/** As a run has made it for one of its gateways, with chance and twins of its own. */
export function freshStrategy(run: OfRun, router: number): Strategy {
  const { seed, strategy, strategyOptions } = run;
  const { blockTokens, twins } = emptyFleet(run);
  const suffix = router === 0 ? '' : `/router-${router + 1}`;
  const random = randomStream(seed, `strategy/${strategy.name}${suffix}`);
  const twin = strategy.needs.includes('twin') ? new FleetTwins(twins) : undefined;
  return strategy.create(strategyOptions, { random, blockTokens, twin });
}

function emptyFleet({ scenario, seed }: OfRun): Fleet {
  const window = measuredWindow(scenario);
  const nobody = { onFirstToken() {}, onEnd() {}, onError() {} };
  const createReplica = (options: ConstructorParameters<typeof Replica>[0]) => new Replica(options);
  return new Fleet(
    { scenario, seed, timeline: fleetTimeline(scenario) },
    {
      ...{ simulation: new Simulation(), gaps: new GapHistogram(), window, listener: nobody },
      ...{ createReplica, createLockstep },
    },
  );
}
