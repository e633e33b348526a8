import type { FleetGroup } from '../scenarios/scenario.ts';
import type { Model } from '../sim/catalog/model.ts';
import { EmulatedReplica } from './emulated-replica.ts';
import { EngineClock } from './engine-clock.ts';
import { EnginePlayer } from './engine-player.ts';
import type { QueueCaps } from './http/completions.ts';
import { ReplicaServer } from './http/replica-server.ts';
import { LagMeter, type LagWindow } from './metrics/lag-meter.ts';
import { PromptPassages } from './tokens/prompt-passages.ts';

export interface PlannedEmulation {
  readonly name: string;
  readonly group: FleetGroup;
}

export interface EmulationOptions {
  readonly replicas: readonly PlannedEmulation[];
  readonly model: Model;
  /** What clients call the model; its own name if left out. */
  readonly servedModelName?: string | undefined;
  readonly host?: string;
  /** Of the first replica, the others follow; 0 for any that are free. */
  readonly port?: number;
  /** Seconds of the engines in one second of the clock. */
  readonly timeScale?: number;
  readonly apiKey?: string | undefined;
  readonly caps?: Partial<QueueCaps>;
  /** Whether usage tells how much of a prompt was cached, as by this option of vLLM. */
  readonly enablePromptTokensDetails?: boolean;
  /** Told when tokens are written too late to be what was simulated. */
  readonly onLate?: (window: LagWindow) => void;
}

export interface RunningReplicas {
  readonly urls: readonly string[];
  readonly servers: readonly ReplicaServer[];
  readonly player: EnginePlayer;
  readonly lag: LagMeter;
  stop(): Promise<void>;
}

/** Starts emulated replicas in this process, each at a port of its own. */
export async function startReplicas(options: EmulationOptions): Promise<RunningReplicas> {
  const { apiKey, caps, host = '127.0.0.1', model, port = 0, timeScale = 1 } = options;
  const { enablePromptTokensDetails = false } = options;
  const clock = new EngineClock(timeScale);
  const player = new EnginePlayer(clock);
  const lag = new LagMeter({ clock, onLate: options.onLate ?? (() => {}) });
  const modelName = options.servedModelName ?? model.name;
  const noCaps = { maxNumQueuedReqs: Infinity, maxNumQueuedTokens: Infinity };
  const passagesOf = sharedPassages();
  const servers: ReplicaServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await player.stop();
  };
  try {
    for (const [index, { group, name }] of options.replicas.entries()) {
      const replica = new EmulatedReplica({ name, group, model, modelName, player, passagesOf });
      const own = { replica, apiKey, lag, timeScale, caps: { ...noCaps, ...caps } };
      const telling = { ...own, enablePromptTokensDetails };
      const server = new ReplicaServer({ ...telling, host, port: port === 0 ? 0 : port + index });
      await server.start();
      servers.push(server);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: servers.map(({ url }) => url), servers, player, lag, stop };
}

function sharedPassages(): (blockSize: number) => PromptPassages {
  const bySize = new Map<number, PromptPassages>();
  return (blockSize) => {
    const passages = bySize.get(blockSize) ?? new PromptPassages(blockSize);
    bySize.set(blockSize, passages);
    return passages;
  };
}
