import type { Random } from '../core/random.ts';
import { US_PER_S } from '../core/time.ts';
import type { Attempt, Failure } from '../gateway/attempt.ts';
import type { AttemptWatcher } from '../gateway/attempt-watcher.ts';
import type { Usage } from '../gateway/attempts.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { GatewayOptions } from '../gateway/gateway-options.ts';
import type { Need, Strategy } from '../strategies/strategy.ts';
import type { ProxyReplica, ProxySetup } from './config/proxy-setup.ts';
import type { Leg, LegListener } from './leg.ts';
import { LiveBackend } from './live-backend.ts';
import { PromptReader } from './prompt/prompt-reader.ts';
import { ReplicaLink, type Scraping } from './replica-link.ts';
import type { CreateTransport } from './upstream/transport.ts';
import { WallClock } from './wall-clock.ts';

/** The name of a stream of chance, from which it can be made again. */
export interface StreamName {
  readonly seed: number;
  readonly stream: string;
}

/** Made by whoever knows the strategies and the engines. */
export interface Brain {
  readonly strategy: Strategy;
  readonly needs: readonly Need[];
  /** Tokens that a hash of a prompt stands for. */
  readonly blockTokens: number;
  /** Tells the strategy's twins of a replica that comes later. */
  readonly onAdded: (replica: Pick<ProxyReplica, 'group'>) => void;
}

export interface GenerationOptions
  extends Pick<GatewayOptions<Leg>, 'onAlert' | 'onBar' | 'onOutcome'> {
  readonly setup: ProxySetup;
  readonly brain: Brain;
  readonly random: Random;
  readonly createTransport: CreateTransport;
  readonly checkInvariants: boolean;
  readonly watcher: AttemptWatcher<Leg>;
  /** It has come with an empty place for it. */
  readonly onNewcomer: (replica: ProxyReplica) => void;
}

/**
 * A gateway with its strategy and the ways to its replicas. Replicas may come and go while it
 * runs; for another strategy or policy there is another generation, and this one only finishes.
 */
export class Generation implements LegListener {
  readonly gateway: Gateway<Leg>;
  readonly prompts: PromptReader;
  /** By the index of the gateway; those that have left keep theirs. */
  readonly replicas: ProxyReplica[] = [];
  readonly links: ReplicaLink[] = [];
  readonly #options: GenerationOptions;
  readonly #clock = new WallClock();
  #wanted: readonly ProxyReplica[];

  constructor(options: GenerationOptions) {
    const { brain, setup } = options;
    this.#options = options;
    this.#wanted = setup.replicas;
    this.prompts = new PromptReader({
      needsPrefix: brain.needs.includes('prefix'),
      blockTokens: brain.blockTokens,
      countsText: limitsTokens(setup),
      sessionHeaders: [setup.config.sessionHeader],
    });
    this.gateway = new Gateway<Leg>({
      replicas: setup.replicas,
      strategy: brain.strategy,
      backend: new LiveBackend(this.links),
      policy: setup.policy,
      clock: this.#clock,
      random: options.random,
      watchers: [options.watcher],
      onOutcome: options.onOutcome,
      onAlert: options.onAlert,
      onBar: options.onBar,
      checkInvariants: options.checkInvariants,
    });
    this.#clock.sleeper = this.gateway;
    for (const replica of setup.replicas) this.#link(replica);
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
      if (stays && !isHeldOut(known.name)) this.join(index, nowUs);
      else this.drain(index, nowUs);
    }
    for (const replica of wanted) {
      if (this.replicas.some((known) => isSame(replica, known))) continue;
      this.#options.brain.onAdded(replica);
      const index = this.gateway.add(replica);
      this.#link(replica);
      this.gateway.join(index, nowUs);
    }
  }

  join(index: number, nowUs: number): void {
    this.links[index]!.scraper?.start();
    this.gateway.join(index, nowUs);
  }

  /** It is asked nothing more, but finishes what it has. */
  drain(index: number, nowUs: number): void {
    this.links[index]!.scraper?.stop();
    this.gateway.drain(index, nowUs);
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

  /** Another one has taken its place: there is nothing more to learn here. */
  retire(): void {
    this.gateway.stopChecks();
    for (const { scraper } of this.links) scraper?.stop();
  }

  /** When nothing more comes of it. */
  close(): void {
    this.retire();
    for (const link of this.links) link.close();
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

  #link(replica: ProxyReplica): void {
    const { createTransport, setup } = this.#options;
    const link = new ReplicaLink({
      index: this.links.length,
      url: replica.url,
      createTransport,
      authorization: setup.authorization,
      healthPath: setup.config.upstream.healthPath,
      probeTimeoutUs: setup.policy.health?.active?.timeoutUs ?? US_PER_S,
      scraping: this.#scraping(),
      nowUs: () => this.nowUs(),
    });
    this.replicas.push(replica);
    this.links.push(link);
    link.scraper?.start();
    this.#options.onNewcomer(replica);
  }

  #scraping(): Scraping | undefined {
    const { brain, random, setup } = this.#options;
    if (!brain.needs.includes('signals')) return undefined;
    const { jitter } = setup.config.gateway.signals;
    return { everyUs: setup.signalsEveryUs, jitter, random, listener: this.gateway.signals };
  }
}

function isSame(a: ProxyReplica, b: ProxyReplica): boolean {
  return a.name === b.name && a.group === b.group && a.url.origin === b.url.origin;
}

/** Then prompts are worth a closer look. */
function limitsTokens({ policy }: ProxySetup): boolean {
  const tiers = [...(policy.admission?.tiers.values() ?? [])];
  return tiers.some(
    ({ maxPromptTokens, tokens }) => tokens.length > 0 || Number.isFinite(maxPromptTokens),
  );
}
