import { GapHistogram } from '../core/gap-histogram.ts';
import { type MeasuredWindow, measuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import { US_PER_S } from '../core/time.ts';
import { FleetWatch } from '../gateway/autoscale/fleet-watch.ts';
import type { DistributionAlert } from '../gateway/distribution-monitor.ts';
import { type FleetTimeline, fleetTimeline } from '../scenarios/fleet-timeline.ts';
import { type RequestSource, RequestStream } from '../scenarios/request-stream.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import type { ScalingEvent } from './autoscale/fleet-scaler.ts';
import { Machines } from './autoscale/machines.ts';
import { Clients, type ClientsOptions } from './clients.ts';
import { createLockstep } from './endpoints/lockstep.ts';
import type { CreateRanks, CreateReplica } from './endpoints/server.ts';
import { Fleet } from './fleet.ts';
import { Gateways } from './gateways.ts';
import { KvEventFeed, type KvEventFeedOptions } from './kv-events/kv-event-feed.ts';
import { hashing } from './prompt-hashes.ts';
import { Replica } from './replica/replica.ts';
import type { Sequence } from './replica/sequence.ts';
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

export interface ReplicaTimes {
  readonly name: string;
  /** Engine time of the whole run. */
  readonly busyUs: number;
  /** How long its machine was on within the window; booting and draining count. */
  readonly onUs: number;
}

export interface SimulatedRun {
  /** Every request that arrived before the end of the window, in the order of their end. */
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly replicas: readonly ReplicaTimes[];
  readonly refused: Refused;
  /** Of the steps whose time was looked up, those larger than any that was measured. */
  readonly outsideRangeShare: number;
  /** What the monitors of the gateways had to tell. */
  readonly alerts: readonly DistributionAlert[];
  /** What became of groups that grow and shrink. */
  readonly scaling: readonly ScalingEvent[];
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
  const watch = fleetWatch(scenario, timeline);
  const gateways: Gateways = new Gateways({
    ...{ scenario, strategy, strategyOptions, seed, simulation, fleet, checkInvariants },
    watchers: watch === undefined ? [] : [watch],
    onOutcome: (request) => clients.onOutcome(request),
  });
  const isOver = () =>
    simulation.nowUs >= window.untilUs + longestDrainUs ||
    (simulation.nowUs >= window.untilUs && results.counted === clients.countedRequests);
  const stream = options.traffic ?? new RequestStream(scenario, seed);
  const onResult: ClientsOptions['onResult'] = (request, seen) => results.add(request, seen);
  const hashesOf = strategy.needs.includes('prefix') ? hashing(fleet.blockTokens) : undefined;
  // V8 gives each copy by spread that something is added to a hidden class of its own, and what
  // reads four of them, run after run, is compiled anew each time and slow in the end.
  const clients = new Clients({ gateways, simulation, stream, window, hashesOf, isOver, onResult });
  const told = { gateways, simulation, fleet, scenario, seed };
  const reporters = createReporters(strategy, told);
  const machines = new Machines({ ...told, timeline, window, watch });
  for (const part of [machines, ...reporters, gateways, clients]) part.start();
  if (checkInvariants) runChecked({ simulation, gateways, clients, reporters, machines, isOver });
  else simulation.run(isOver);
  machines.close(simulation.nowUs);
  gateways.close(simulation.nowUs);
  clients.close(simulation.nowUs);
  if (checkInvariants) for (const endpoint of fleet.endpoints) endpoint.checkDrained();

  const { outsideRangeShare, steps } = fleet;
  const replicas = fleet.busy.map((one, index) => ({ ...one, onUs: machines.onUs(index) }));
  const { log, refused } = results;
  const { alerts } = gateways;
  const { scaling } = machines;
  return { log, gaps, window, replicas, steps, refused, outsideRangeShare, alerts, scaling };
}

/** If groups of the fleet grow and shrink. */
function fleetWatch(
  { gateway }: Scenario,
  { replicas }: FleetTimeline,
): FleetWatch<Sequence> | undefined {
  if (gateway.autoscale === undefined) return undefined;
  return new FleetWatch(replicas.map(({ group }) => group));
}

/** Those who bring to the gateways what replicas tell, as far as the strategy wants to know. */
function createReporters({ needs }: StrategyDefinition, told: KvEventFeedOptions) {
  return [
    ...(needs.includes('signals') ? createScrapers(told) : []),
    ...(needs.includes('kv-events') ? [new KvEventFeed(told)] : []),
  ];
}

interface CheckedRun {
  readonly simulation: Simulation;
  readonly gateways: Gateways;
  readonly clients: Clients;
  readonly reporters: readonly { stop(): void }[];
  readonly machines: Machines;
  readonly isOver: () => boolean;
}

/** To its end and on until nothing more happens, with a look at the gateways after every event. */
function runChecked(checked: CheckedRun): void {
  const { clients, gateways, isOver, machines, reporters, simulation } = checked;
  const run = (isAtEnd: () => boolean) =>
    simulation.run(() => {
      gateways.checkSettled();
      return isAtEnd();
    });
  run(isOver);
  clients.stop();
  for (const reporter of reporters) reporter.stop();
  gateways.stopChecks();
  machines.stop();
  run(() => false);
  gateways.checkDrained();
}
