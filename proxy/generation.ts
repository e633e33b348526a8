import type { Random } from '../core/random.ts';
import type { Attempt, Failure } from '../gateway/attempt.ts';
import type { AttemptWatcher } from '../gateway/attempt-watcher.ts';
import type { Usage } from '../gateway/attempts.ts';
import type { ProbeListener } from '../gateway/backend.ts';
import type { DistributionAlert } from '../gateway/distribution-monitor.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { GatewayRequest } from '../gateway/gateway-request.ts';
import type { ReplicaView, Strategy } from '../strategies/strategy.ts';
import type { ProxyReplica, ProxySetup } from './config/proxy-setup.ts';
import type { Leg, LegListener } from './leg.ts';
import { LiveBackend } from './live-backend.ts';
import type { CreateTransport, Transport } from './upstream/transport.ts';
import { WallClock } from './wall-clock.ts';

/** Made by whoever knows the strategies and the engines. */
export interface Brain {
  readonly strategy: Strategy;
  /** Tells the strategy's twins of a replica that comes later. */
  readonly onAdded: (replica: ProxyReplica) => void;
}

export interface GenerationOptions {
  readonly setup: ProxySetup;
  readonly brain: Brain;
  readonly random: Random;
  readonly createTransport: CreateTransport;
  readonly probe: (replica: ProxyReplica, view: ReplicaView, listener: ProbeListener) => void;
  readonly watcher: AttemptWatcher<Leg>;
  readonly onOutcome: (request: GatewayRequest<Leg>) => void;
  readonly onAlert: (alert: DistributionAlert) => void;
}

/**
 * A gateway with its strategy and the ways to its replicas. Replicas may come and go while it
 * runs; for another strategy or policy there is another generation, and this one only finishes.
 */
export class Generation implements LegListener {
  readonly gateway: Gateway<Leg>;
  /** By the index of the gateway; those that have left keep theirs. */
  readonly replicas: ProxyReplica[];
  readonly #options: GenerationOptions;
  readonly #transports: Transport[];
  readonly #clock = new WallClock();
  #wanted: readonly ProxyReplica[];

  constructor(options: GenerationOptions) {
    const { brain, createTransport, random, setup } = options;
    this.#options = options;
    this.replicas = [...setup.replicas];
    this.#wanted = setup.replicas;
    this.#transports = this.replicas.map(({ url }) => createTransport(url));
    this.gateway = new Gateway<Leg>({
      replicas: this.replicas,
      strategy: brain.strategy,
      backend: new LiveBackend(this.#transports, (view, listener) =>
        options.probe(this.replicas[view.index]!, view, listener),
      ),
      policy: setup.policy,
      clock: this.#clock,
      random,
      watchers: [options.watcher],
      onOutcome: options.onOutcome,
      onAlert: options.onAlert,
      checkInvariants: false,
    });
    this.#clock.sleeper = this.gateway;
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  /** From now on exactly these take requests; whoever is known by name and address stays. */
  setReplicas(wanted: readonly ProxyReplica[], isHeldOut: (name: string) => boolean): void {
    const nowUs = this.nowUs();
    this.#wanted = wanted;
    for (const [index, known] of this.replicas.entries()) {
      const stays = wanted.some((replica) => isSame(replica, known));
      if (stays && !isHeldOut(known.name)) this.gateway.join(index, nowUs);
      else this.gateway.drain(index, nowUs);
    }
    for (const replica of wanted) {
      if (this.replicas.some((known) => isSame(replica, known))) continue;
      this.replicas.push(replica);
      this.#transports.push(this.#options.createTransport(replica.url));
      this.#options.brain.onAdded(replica);
      this.gateway.join(this.gateway.add(replica), nowUs);
    }
  }

  /** The index of who is or was called so; the one that takes requests, if there are several. */
  indexOf(name: string): number | undefined {
    const all = this.replicas.flatMap((replica, index) => (replica.name === name ? [index] : []));
    return all.find((index) => this.gateway.replicas[index]!.isInPool) ?? all.at(-1);
  }

  /** Whether the configuration has it. */
  isWanted(name: string): boolean {
    return this.#wanted.some((replica) => replica.name === name);
  }

  /** When nothing more comes of it. */
  close(): void {
    this.gateway.stopChecks();
    for (const transport of this.#transports) transport.close();
    this.#clock.stop();
  }

  onBegun(attempt: Attempt<Leg>, isToken: boolean, nowUs: number): void {
    this.gateway.onFirstToken(attempt, nowUs, isToken);
  }

  onEnd(attempt: Attempt<Leg>, usage: Usage, nowUs: number): void {
    this.gateway.onEnd(attempt, usage, nowUs);
  }

  onError(attempt: Attempt<Leg>, failure: Failure, nowUs: number): void {
    this.gateway.onError(attempt, nowUs, failure);
  }
}

function isSame(a: ProxyReplica, b: ProxyReplica): boolean {
  return a.name === b.name && a.group === b.group && a.url.origin === b.url.origin;
}
