import { fail } from '../core/assert.ts';
import { Admission } from './admission/admission.ts';
import type { Attempt } from './attempt.ts';
import { AttemptTimeouts, type Overdue } from './attempt-timeouts.ts';
import { Attempts } from './attempts.ts';
import type { ProbeListener } from './backend.ts';
import { DistributionMonitor } from './distribution-monitor.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { ActiveChecks } from './health/active-checks.ts';
import { MaxFails } from './health/max-fails.ts';
import { OutlierEjection } from './health/outlier-ejection.ts';
import type { HealthPort } from './health/replica-health.ts';
import { SlowStart } from './health/slow-start.ts';
import { Hedging } from './hedging.ts';
import { GatewayInvariants } from './invariants.ts';
import { KvEventStreams } from './kv-event-streams.ts';
import { type GatewayPolicy, noPolicy } from './policy.ts';
import { Pool } from './pool.ts';
import { ArrivalQueue } from './queue/arrival-queue.ts';
import { FairQueue } from './queue/fair-queue.ts';
import type { RequestQueue } from './queue/request-queue.ts';
import type { ReplicaState } from './replica-state.ts';
import { Retries } from './retries.ts';
import { Timers } from './timers.ts';

/** What a policy makes of a gateway; absent is off. */
export interface GatewayParts<Work> {
  readonly policy: GatewayPolicy;
  readonly timers: Timers;
  readonly pool: Pool;
  readonly attempts: Attempts<Work>;
  readonly queue: RequestQueue<Work>;
  readonly admission: Admission | undefined;
  readonly retries: Retries<Work> | undefined;
  readonly checks: ActiveChecks | undefined;
  readonly kvEvents: KvEventStreams;
  readonly invariants: GatewayInvariants<Work> | undefined;
}

/** What the parts ask of the gateway. */
export interface GatewayCalls<Work> extends ProbeListener {
  readonly inSystem: () => number;
  readonly giveUp: (attempt: Attempt<Work>, what: Overdue, nowUs: number) => void;
  readonly hedge: (attempt: Attempt<Work>, nowUs: number) => Attempt<Work> | undefined;
}

export function createParts<Work>(
  options: GatewayOptions<Work>,
  replicas: readonly ReplicaState[],
  calls: GatewayCalls<Work>,
): GatewayParts<Work> {
  const { backend, checkInvariants, clock, policy = noPolicy, strategy } = options;
  const random = options.random ?? noRandom;
  const timers = new Timers(clock);
  const invariants = checkInvariants ? new GatewayInvariants<Work>(replicas, policy) : undefined;
  const { slowStart: gentle } = policy.health ?? {};
  const slowStart = gentle === undefined ? undefined : new SlowStart(gentle, replicas, random);
  const { onBar } = options;
  const pool = new Pool({ replicas, policy, strategy, slowStart, invariants, onBar });
  const { health, hedging, maxInFlight, retries: again } = policy;
  const isChoosy = [health, hedging, maxInFlight, again].some((part) => part !== undefined);
  const attempts = new Attempts<Work>({ strategy, backend, pool, invariants, isChoosy });
  const queue = createQueue<Work>(policy);
  const retries = again === undefined ? undefined : new Retries<Work>(again, random);
  const port: HealthPort = {
    replicas,
    timers,
    bar: (replica, bar, isBarred) => pool.bar(replica, bar, isBarred),
    onRecovered: (replica, nowUs) => slowStart?.begin(replica, nowUs),
  };
  const kvEvents = new KvEventStreams((replica, event, nowUs) =>
    strategy.onKvEvent?.(replicas[replica]!, event, nowUs),
  );
  pool.watchers.push(kvEvents);
  const parts = { kvEvents, policy, timers, pool, attempts, queue, retries, invariants };
  addWatchers({ options, replicas, calls, parts, port });
  const { active } = health ?? {};
  const probe = (replica: ReplicaState, nowUs: number) => backend.probe?.(replica, calls, nowUs);
  const checks =
    active === undefined ? undefined : new ActiveChecks({ policy: active, port, random, probe });
  if (checks !== undefined) pool.watchers.push(checks);
  const { admission: limits } = policy;
  const admission = limits === undefined ? undefined : new Admission(limits);
  // Written out, because a copy by spread has a hidden class of its own in each gateway.
  return {
    kvEvents,
    policy,
    timers,
    pool,
    attempts,
    queue,
    retries,
    invariants,
    checks,
    admission,
  };
}

interface Wiring<Work> {
  readonly options: GatewayOptions<Work>;
  readonly replicas: readonly ReplicaState[];
  readonly calls: GatewayCalls<Work>;
  readonly parts: Omit<GatewayParts<Work>, 'admission' | 'checks'>;
  readonly port: HealthPort;
}

function addWatchers<Work>({ calls, options, parts, port, replicas }: Wiring<Work>): void {
  const { attempts, policy, pool, queue, retries, timers } = parts;
  const { backend, onAlert = () => {}, watchers: others = [] } = options;
  const { health, hedging, monitor, timeouts } = policy;
  const { watchers } = attempts;
  const { passive } = health ?? {};
  if (passive !== undefined) {
    const isEjection = passive.kind === 'ejection';
    const watch = isEjection ? new OutlierEjection(passive, port) : new MaxFails(passive, port);
    watchers.push(watch);
    pool.watchers.push(watch);
  }
  if (retries !== undefined) watchers.push(retries);
  if (policy.queue?.fairness === 'vtc') watchers.push(queue);
  if (monitor !== undefined) watchers.push(new DistributionMonitor(monitor, replicas, onAlert));
  const { giveUp, hedge, inSystem } = calls;
  if (timeouts !== undefined) {
    watchers.push(new AttemptTimeouts<Work>({ policy: timeouts, timers, backend, giveUp }));
  }
  if (hedging !== undefined) {
    watchers.push(new Hedging<Work>({ policy: hedging, timers, inSystem, hedge }));
  }
  watchers.push(...others);
}

function createQueue<Work>({ queue }: GatewayPolicy): RequestQueue<Work> {
  const isPlain = queue === undefined || (queue.ordering === 'fcfs' && queue.fairness === 'none');
  return isPlain ? new ArrivalQueue() : new FairQueue(queue);
}

function noRandom(): number {
  return fail('a policy that draws needs chance');
}
