import { GapHistogram } from '../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { randomStream } from '../core/random.ts';
import { RecordLog } from '../core/record-log.ts';
import { US_PER_S } from '../core/time.ts';
import { Gateway } from '../gateway/gateway.ts';
import { type RequestSource, RequestStream } from '../scenarios/request-stream.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import { Clients } from './clients.ts';
import { createLockstep } from './endpoints/lockstep.ts';
import type { CreateRanks, CreateReplica } from './endpoints/server.ts';
import { Fleet } from './fleet.ts';
import { Replica } from './replica/replica.ts';
import type { SimulatedRequest } from './replica/sequence.ts';
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
  /** Engine steps taken, the unit of simulation work. */
  readonly steps: number;
}

/** Counted requests that were longer than the model's context, and the longest of them. */
export interface Refused {
  readonly requests: number;
  /** Prompt and `max_tokens`. */
  readonly longestTokens: number;
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
  const log = new RecordLog();
  const refused = { requests: 0, longestTokens: 0 };
  let ended = 0;

  const fleet: Fleet = new Fleet(scenario, {
    simulation,
    gaps,
    window,
    createReplica: options.createReplica ?? ((replica) => new Replica(replica)),
    createLockstep: options.createLockstep ?? createLockstep,
    listener: {
      onFirstToken: (request, nowUs) => gateway.onFirstToken(request, nowUs),
      onEnd: (request, nowUs) => gateway.onEnd(request, nowUs),
      onError: (request, nowUs) => gateway.onError(request, nowUs),
    },
  });
  const gateway = new Gateway({
    replicaNames: fleet.endpoints.map(({ name }) => name),
    strategy: strategy.create(strategyOptions, {
      random: randomStream(seed, `strategy/${strategy.name}`),
    }),
    backend: fleet,
    onOutcome: (request) => {
      if (request.arrivalUs < window.untilUs) appendRecord(log, request);
      if (!inWindow(window, request.arrivalUs)) return;
      ended += 1;
      countRefusal(refused, request);
    },
    checkInvariants,
  });
  const isOver = () =>
    simulation.nowUs >= window.untilUs + longestDrainUs ||
    (simulation.nowUs >= window.untilUs && ended === clients.countedRequests);
  const stream = options.traffic ?? new RequestStream(scenario, seed);
  const clients = new Clients({ stream, gateway, simulation, window, isOver });
  clients.start();
  simulation.run(isOver);
  if (checkInvariants) {
    clients.stop();
    simulation.run(() => false);
  }
  gateway.close(simulation.nowUs);
  if (checkInvariants) for (const endpoint of fleet.endpoints) endpoint.checkDrained();

  return {
    log,
    gaps,
    window,
    replicas: fleet.endpoints.map(({ name, busyUs }) => ({ name, busyUs })),
    steps: fleet.endpoints.reduce((sum, endpoint) => sum + endpoint.steps, 0),
    refused,
    outsideRangeShare: fleet.outsideRangeShare,
  };
}

function measuredWindow({ durationUs, warmupUs }: Scenario): MeasuredWindow {
  return { fromUs: warmupUs, untilUs: warmupUs + durationUs };
}

/** Whoever failed and never reached an engine was refused at its door. */
function countRefusal(
  refused: { -readonly [K in keyof Refused]: number },
  request: SimulatedRequest,
) {
  const { askedTokens, scheduledUs } = request.work;
  if (request.outcome !== 'failed' || !Number.isNaN(scheduledUs)) return;
  refused.requests += 1;
  refused.longestTokens = Math.max(refused.longestTokens, askedTokens);
}

function appendRecord(log: RecordLog, request: SimulatedRequest): void {
  const { work: sequence } = request;
  const { columns, index } = log.addRow();
  columns.id[index] = request.id;
  columns.tenant[index] = log.texts.tenant.codeOf(request.tenant);
  columns.inputTokens[index] = request.promptTokens;
  columns.outputTokens[index] = sequence.generated;
  columns.intendedUs[index] = request.arrivalUs;
  columns.sentUs[index] = request.arrivalUs;
  columns.dispatchedUs[index] = request.dispatchedUs;
  columns.scheduledUs[index] = sequence.scheduledUs;
  columns.firstTokenUs[index] = request.firstTokenUs;
  columns.lastTokenUs[index] = sequence.lastTokenUs;
  columns.endUs[index] = request.endUs;
  columns.gapMaxUs[index] = sequence.gapMaxUs;
  columns.preemptions[index] = sequence.preemptions;
  columns.attempts[index] = request.attempts;
  columns.replica[index] = log.texts.replica.codeOf(request.replica?.name ?? '');
  columns.outcome[index] = log.texts.outcome.codeOf(request.outcome!);
}
