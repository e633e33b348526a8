import { GapHistogram } from '../core/gap-histogram.ts';
import { type MeasuredWindow, measuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import { US_PER_S } from '../core/time.ts';
import type { DistributionAlert } from '../gateway/distribution-monitor.ts';
import { fleetTimeline } from '../scenarios/fleet-timeline.ts';
import { type RequestSource, RequestStream } from '../scenarios/request-stream.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import { Clients, type ClientsOptions } from './clients.ts';
import { createLockstep } from './endpoints/lockstep.ts';
import type { CreateRanks, CreateReplica } from './endpoints/server.ts';
import { FleetDriver } from './faults/fleet-driver.ts';
import { Fleet } from './fleet.ts';
import { Gateways } from './gateways.ts';
import { KvEventFeed } from './kv-events/kv-event-feed.ts';
import { hashing } from './prompt-hashes.ts';
import { Replica } from './replica/replica.ts';
import { type Refused, ResultLog } from './result-log.ts';
import { createScrapers } from './scraper.ts';
import { Simulation } from './simulation.ts';

export interface SimulateOptions {
  readonly scenario: Scenario;
  readonly strategy: StrategyDefinition;
  readonly strategyOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Asserts the numbered invariants on every event and drains the fleet at the end; for tests. */
  readonly checkInvariants?: boolean;
  /** Traffic in place of the scenario's own. */
  readonly traffic?: RequestSource;
  /** Another kind of engine, to compare with. */
  readonly createReplica?: CreateReplica;
  readonly createLockstep?: CreateRanks;
}

export interface SimulatedRun {
  /** Every request that arrived before the end of the window, in the order of their end. */
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly replicas: readonly { readonly name: string; readonly busyUs: number }[];
  readonly refused: Refused;
  /** Of the steps whose time was looked up, those larger than any that was measured. */
  readonly outsideRangeShare: number;
  /** What the monitors of the gateways had to tell. */
  readonly alerts: readonly DistributionAlert[];
  /** Engine steps taken, the unit of simulation work. */
  readonly steps: number;
}

/**
 * Traffic goes on after the window until the last counted request ends, but not longer than this.
 */
const longestDrainUs = 600 * US_PER_S;

/** One run: a pure function of scenario, strategy and seed. */
export function simulate(options: SimulateOptions): SimulatedRun {
  const { scenario, seed, strategy, strategyOptions, checkInvariants = false } = options;
  const window = measuredWindow(scenario);
  const simulation = new Simulation();
  const gaps = new GapHistogram();
  const results = new ResultLog(window);

  const timeline = fleetTimeline(scenario);
  const fleet: Fleet = new Fleet(
    { scenario, seed, timeline, tellsKvEvents: strategy.needs.includes('kv-events') },
    {
      simulation,
      gaps,
      window,
      createReplica: options.createReplica ?? ((replica) => new Replica(replica)),
      createLockstep: options.createLockstep ?? createLockstep,
      listener: {
        onFirstToken: (attempt, nowUs) => gateways.onFirstToken(attempt, nowUs),
        onEnd: (attempt, nowUs) => gateways.onEnd(attempt, nowUs),
        onError: (attempt, nowUs) => gateways.onError(attempt, nowUs),
      },
    },
  );
  const gateways: Gateways = new Gateways({
    ...{ scenario, strategy, strategyOptions, seed, simulation, fleet, checkInvariants },
    onOutcome: (request) => clients.onOutcome(request),
  });
  const isOver = () =>
    simulation.nowUs >= window.untilUs + longestDrainUs ||
    (simulation.nowUs >= window.untilUs && results.counted === clients.countedRequests);
  const stream = options.traffic ?? new RequestStream(scenario, seed);
  const onResult: ClientsOptions['onResult'] = (request, seen) => results.add(request, seen);
  const world = { gateways, simulation };
  const hashesOf = strategy.needs.includes('prefix') ? hashing(fleet.blockTokens) : undefined;
  const clients = new Clients({ ...world, stream, window, hashesOf, isOver, onResult });
  const told = { ...world, fleet, scenario, seed };
  const reporters = [
    ...(strategy.needs.includes('signals') ? createScrapers(told) : []),
    ...(strategy.needs.includes('kv-events') ? [new KvEventFeed(told)] : []),
  ];
  if (timeline.changes.length > 0) new FleetDriver({ ...world, timeline, fleet }).start();
  for (const reporter of reporters) reporter.start();
  gateways.start();
  clients.start();
  if (checkInvariants) runChecked({ simulation, gateways, clients, reporters, isOver });
  else simulation.run(isOver);
  gateways.close(simulation.nowUs);
  clients.close(simulation.nowUs);
  if (checkInvariants) for (const endpoint of fleet.endpoints) endpoint.checkDrained();

  const { busy: replicas, outsideRangeShare, steps } = fleet;
  const { log, refused } = results;
  const { alerts } = gateways;
  return { log, gaps, window, replicas, steps, refused, outsideRangeShare, alerts };
}

interface CheckedRun {
  readonly simulation: Simulation;
  readonly gateways: Gateways;
  readonly clients: Clients;
  readonly reporters: readonly { stop(): void }[];
  readonly isOver: () => boolean;
}

/** To its end and on until nothing more happens, with a look at the gateways after every event. */
function runChecked({ clients, gateways, isOver, reporters, simulation }: CheckedRun): void {
  const run = (isAtEnd: () => boolean) =>
    simulation.run(() => {
      gateways.checkSettled();
      return isAtEnd();
    });
  run(isOver);
  clients.stop();
  for (const reporter of reporters) reporter.stop();
  gateways.stopChecks();
  run(() => false);
  gateways.checkDrained();
}
