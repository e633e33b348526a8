import { type Random, randomStream } from '../../core/random.ts';
import { noLimits } from '../../core/slo.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import type { Attempt } from '../../gateway/attempt.ts';
import type { Backend, ProbeListener } from '../../gateway/backend.ts';
import type { DistributionAlert } from '../../gateway/distribution-monitor.ts';
import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import type { ReplicaView, RequestView, Strategy } from '../../strategies/strategy.ts';
import { requestView, unknownReplicas } from './views.ts';

/** What a replica does to those who ask it. */
export type Mood = 'well' | 'refuses' | 'hangs' | 'breaks';

export interface Start {
  readonly atUs: number;
  readonly id: number;
  readonly replica: number;
}

export interface WorldOptions {
  readonly replicas: number;
  readonly policy: GatewayPolicy;
  readonly seed?: number;
  readonly strategy?: Strategy;
  /** Of an answer that goes well. */
  readonly firstTokenUs?: number;
  readonly answerUs?: number;
}

/** Any candidate but for the excluded; by chance, so that nothing depends on a clever choice. */
function anybody(random: Random): Strategy {
  return { pick: (_request, candidates) => candidates[Math.floor(random() * candidates.length)]! };
}

/**
 * A gateway among replicas that do what a test tells them to, in virtual time. Work is the number
 * of the attempt.
 */
export class GatewayWorld implements Backend<number> {
  readonly gateway: Gateway<number>;
  readonly moods: Mood[];
  readonly starts: Start[] = [];
  readonly aborts: Start[] = [];
  readonly requests: GatewayRequest<number>[] = [];
  readonly alerts: DistributionAlert[] = [];
  readonly ended = new Set<number>();
  nowUs = 0;
  readonly #events = new TimedQueue<() => void>();
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    const { policy, replicas, seed = 1 } = options;
    this.#options = options;
    this.moods = Array.from({ length: replicas }, () => 'well');
    this.gateway = new Gateway<number>({
      replicas: unknownReplicas(replicas),
      strategy: options.strategy ?? anybody(randomStream(seed, 'strategy')),
      backend: this,
      policy,
      clock: { wakeAt: (us) => this.at(us, () => this.gateway.wake(this.nowUs)) },
      random: randomStream(seed, 'gateway'),
      onOutcome: ({ id }) => {
        if (this.ended.has(id)) throw new Error(`request ${id} has two outcomes`);
        this.ended.add(id);
      },
      onAlert: (alert) => this.alerts.push(alert),
      checkInvariants: true,
    });
  }

  at(us: number, event: () => void): void {
    this.#events.push(Math.max(us, this.nowUs), event);
  }

  submit(given: Partial<RequestView> = {}): GatewayRequest<number> {
    const id = this.requests.length;
    const view = requestView(id, 10, { limits: noLimits, ...given, arrivalUs: this.nowUs });
    const request = new GatewayRequest(view, 0);
    this.requests.push(request);
    this.gateway.submit(request, this.nowUs);
    return request;
  }

  /** Everything that happens until then; without a time, until nothing more happens. */
  run(untilUs = Number.POSITIVE_INFINITY): void {
    while (this.#events.nextUs <= untilUs) {
      if (this.#events.nextUs === Number.POSITIVE_INFINITY) return;
      this.nowUs = this.#events.nextUs;
      this.#events.pop()!();
      this.gateway.invariants!.settled();
    }
    this.nowUs = untilUs;
  }

  /** No more checks; whatever is left comes to its end. */
  finish(): void {
    this.gateway.stopChecks();
    this.run();
    this.gateway.close(this.nowUs);
  }

  start(attempt: Attempt<number>): void {
    const { replica, request } = attempt;
    this.starts.push({ atUs: this.nowUs, id: request.id, replica: replica.index });
    const { answerUs = 1_000_000, firstTokenUs = 100_000 } = this.#options;
    const after = (us: number, act: () => void) =>
      this.at(this.nowUs + us, () => {
        if (attempt.state !== 'ended') act();
      });
    const mood = this.moods[replica.index];
    if (mood === 'hangs') return;
    if (mood === 'refuses') {
      after(1_000, () => this.gateway.onError(attempt, this.nowUs));
      return;
    }
    after(firstTokenUs, () => this.gateway.onFirstToken(attempt, this.nowUs));
    const end = () =>
      this.gateway.onEnd(attempt, { outputTokens: 20, cachedTokens: 0 }, this.nowUs);
    const breakOff = () => this.gateway.onError(attempt, this.nowUs);
    after(answerUs, mood === 'breaks' ? breakOff : end);
  }

  abort(attempt: Attempt<number>): void {
    const { replica, request } = attempt;
    this.aborts.push({ atUs: this.nowUs, id: request.id, replica: replica.index });
  }

  again(work: number): number {
    return work + 1;
  }

  lastHeardUs(): number {
    return this.nowUs;
  }

  isConnected({ replica }: Attempt<number>): boolean {
    return this.moods[replica.index] !== 'hangs';
  }

  probe({ index }: ReplicaView, listener: ProbeListener): void {
    if (this.moods[index] === 'hangs') return;
    listener.onProbe(index, this.moods[index] !== 'refuses', this.nowUs);
  }
}
