import { GapHistogram } from '../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { randomStream } from '../core/random.ts';
import { RecordLog } from '../core/record-log.ts';
import { US_PER_S } from '../core/time.ts';
import { Gateway } from '../gateway/gateway.ts';
import { type RequestSource, RequestStream } from '../scenarios/request-stream.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import { Clients, type Result } from './clients.ts';
import { type CreateReplica, Fleet } from './fleet.ts';
import { Replica } from './replica/replica.ts';
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
  /** Another kind of replica, to compare with. */
  readonly createReplica?: CreateReplica;
}

export interface SimulatedRun {
  /** Every request that arrived before the end of the window, in the order of their end. */
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly replicas: readonly { readonly name: string; readonly busyUs: number }[];
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
  const window: MeasuredWindow = {
    fromUs: scenario.warmupUs,
    untilUs: scenario.warmupUs + scenario.durationUs,
  };
  const simulation = new Simulation();
  const gaps = new GapHistogram();
  const log = new RecordLog();
  let ended = 0;

  const fleet: Fleet = new Fleet(scenario, {
    simulation,
    gaps,
    window,
    createReplica: options.createReplica ?? ((replica) => new Replica(replica)),
    listener: {
      onFirstToken: (request, nowUs) => gateway.onFirstToken(request, nowUs),
      onEnd: (request, nowUs) => gateway.onEnd(request, nowUs),
      onError: (request, nowUs) => gateway.onError(request, nowUs),
    },
  });
  const gateway = new Gateway({
    replicaNames: fleet.replicas.map(({ name }) => name),
    strategy: strategy.create(strategyOptions, {
      random: randomStream(seed, `strategy/${strategy.name}`),
    }),
    backend: fleet,
    onOutcome: (request) => clients.onOutcome(request),
    checkInvariants,
  });
  const stream = options.traffic ?? new RequestStream(scenario, seed);
  const onResult = (result: Result) => {
    if (result.intendedUs < window.untilUs) appendRecord(log, result);
    if (inWindow(window, result.intendedUs)) ended += 1;
  };
  const clients = new Clients({ stream, gateway, simulation, window, onResult });
  clients.start();

  const hardEndUs = window.untilUs + longestDrainUs;
  simulation.run(() => {
    const { nowUs } = simulation;
    return nowUs >= hardEndUs || (nowUs >= window.untilUs && ended === clients.countedRequests);
  });
  if (checkInvariants) {
    clients.stop();
    simulation.run(() => false);
  }
  gateway.close(simulation.nowUs);
  clients.close();
  if (checkInvariants) for (const replica of fleet.replicas) replica.checkDrained();

  return {
    log,
    gaps,
    window,
    replicas: fleet.replicas.map(({ name, busyUs }) => ({ name, busyUs })),
    steps: fleet.replicas.reduce((sum, replica) => sum + replica.steps, 0),
  };
}

function appendRecord(log: RecordLog, { intendedUs, request, tries }: Result): void {
  const { work: sequence } = request;
  log.append({
    id: request.id,
    tenant: request.tenant,
    session: request.session,
    turn: request.turn,
    inputTokens: request.promptTokens,
    cachedTokens: sequence.cachedTokens,
    outputTokens: sequence.generated,
    intendedUs,
    sentUs: request.arrivalUs,
    dispatchedUs: request.dispatchedUs,
    scheduledUs: sequence.scheduledUs,
    firstTokenUs: request.firstTokenUs,
    lastTokenUs: sequence.lastTokenUs,
    endUs: request.endUs,
    gapMaxUs: sequence.gapMaxUs,
    preemptions: sequence.preemptions,
    tries,
    attempts: request.attempts,
    replica: request.replica?.name ?? '',
    outcome: request.outcome!,
  });
}
