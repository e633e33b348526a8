import { availableParallelism } from 'node:os';
import { FairleadError } from '../../core/errors.ts';
import { startProcesses } from '../../emulator/start-processes.ts';
import type { PlannedEmulation } from '../../emulator/start-replicas.ts';
import type { Model } from '../../sim/catalog/model.ts';
import { isListening } from './free-port.ts';

/** Who a run is played against: emulated replicas of our own, or real ones of somebody else. */
export type FleetPlan =
  | {
      readonly kind: 'emulated';
      readonly model: Model;
      readonly replicas: readonly PlannedEmulation[];
    }
  | { readonly kind: 'attached'; readonly replicas: readonly LiveReplica[] };

export interface LiveReplica {
  readonly name: string;
  readonly group: string;
  readonly url: string;
}

export interface LiveFleet {
  readonly replicas: readonly LiveReplica[];
  /** Comes only where replicas of ours have ended that nobody has stopped. */
  readonly died: Promise<FairleadError>;
  stop(): Promise<void>;
}

/** Emulated replicas are new ones for each run, so that no run finds the cache of another. */
export async function startFleet(plan: FleetPlan, timeScale: number): Promise<LiveFleet> {
  if (plan.kind === 'attached') {
    await Promise.all(plan.replicas.map(reached));
    return { replicas: plan.replicas, died: new Promise(() => {}), stop: async () => {} };
  }
  const { model, replicas } = plan;
  let onExit = (_: FairleadError) => {};
  const died = new Promise<FairleadError>((resolve) => {
    onExit = resolve;
  });
  const { stop, urls } = await startProcesses(
    { model, replicas, timeScale, onExit },
    emulatorProcesses(replicas.length),
  );
  return {
    replicas: replicas.map(({ group, name }, index) => ({
      ...{ name, group: group.name },
      url: urls[index]!,
    })),
    died,
    stop,
  };
}

/** Who is not there is named before a proxy would only say that it has nobody. */
async function reached({ name, url }: LiveReplica): Promise<void> {
  if (await isListening(new URL(url))) return;
  const message = `${url}: no server answers there, where the replica ${name} should be. Check host and port, and that the server is up.`;
  throw new FairleadError('TARGET_UNREACHABLE', message);
}

/** A core for the load generator and one for the proxy; the rest is for them. */
export function emulatorProcesses(replicas: number): number {
  return Math.min(replicas, Math.max(1, availableParallelism() - 2));
}

/** The replicas of a fleet at addresses that somebody has given, in the order of the fleet. */
export function attachedFleet(
  planned: readonly PlannedEmulation[],
  urls: readonly URL[],
): FleetPlan {
  if (urls.length !== planned.length) {
    const names = planned.map(({ name }) => name).join(', ');
    const message = `the fleet has ${planned.length} replicas (${names}), and --replicas names ${urls.length}. Write as many, in this order.`;
    throw new FairleadError('USAGE', message);
  }
  return {
    kind: 'attached',
    replicas: planned.map(({ group, name }, index) => ({
      ...{ name, group: group.name },
      url: urls[index]!.origin,
    })),
  };
}
