import { US_PER_S } from '../../core/time.ts';
import type { AttemptEnd } from '../../strategies/strategy.ts';
import type { ProxySnapshot, ReplicaSnapshot } from './proxy-snapshot.ts';
import { RecentCount } from './recent-count.ts';
import type { RequestSummary } from './request-summary.ts';
import type { MetricReaders, Sample } from './served-metrics.ts';

export type DecisionReason = NonNullable<RequestSummary['reason']>;
export type AttemptOutcome = AttemptEnd['outcome'];

/** What has happened at a replica. */
class ReplicaCounts {
  readonly decisions: Record<DecisionReason, number> = { first: 0, queued: 0, retry: 0, hedge: 0 };
  readonly attempts: Record<AttemptOutcome, number> = {
    ...{ ok: 0, failed: 0, broken: 0, timeout: 0, truncated: 0 },
    ...{ refused: 0, cancelled: 0, outrun: 0 },
  };
  readonly recent = new RecentCount();
  ejections = 0;
  scrapeErrors = 0;
}

/** What happens at replicas, by name: numbers change when the configuration does. */
export class ReplicaFigures {
  readonly #counts = new Map<string, ReplicaCounts>();

  of(replica: string): ReplicaCounts {
    const known = this.#counts.get(replica);
    if (known !== undefined) return known;
    const counts = new ReplicaCounts();
    this.#counts.set(replica, counts);
    return counts;
  }

  /** Who is gone for good is forgotten, or a fleet that comes and goes would fill the memory. */
  keepOnly(replicas: readonly ReplicaSnapshot[]): void {
    const names = new Set(replicas.map(({ name }) => name));
    for (const name of this.#counts.keys()) if (!names.has(name)) this.#counts.delete(name);
    for (const name of names) this.of(name);
  }

  readers(snapshot: () => ProxySnapshot) {
    const gauge = (value: (replica: ReplicaSnapshot, nowUs: number) => number) => () =>
      gauges(snapshot(), value);
    return {
      fairlead_decisions_total: () =>
        this.#each(({ decisions }) => Object.entries(decisions), 'reason'),
      fairlead_replica_attempts_total: () =>
        this.#each(({ attempts }) => Object.entries(attempts), 'outcome'),
      fairlead_replica_ejections_total: () => this.#one(({ ejections }) => ejections),
      fairlead_replica_scrape_errors_total: () => this.#one(({ scrapeErrors }) => scrapeErrors),
      fairlead_replica_in_flight: gauge(({ inFlight }) => inFlight),
      fairlead_replica_awaiting_first_token: gauge(({ awaiting }) => awaiting),
      fairlead_replica_weight: gauge(({ weight }) => weight),
      fairlead_replica_request_share: () => this.#shares(snapshot().nowUs),
      fairlead_replica_up: gauge((replica) => flag(isUp(replica))),
      fairlead_replica_ejected: gauge(({ isEjected }) => flag(isEjected)),
      fairlead_replica_draining: gauge(({ isInPool }) => flag(!isInPool)),
      fairlead_replica_signal_age_seconds: gauge(
        ({ reported }, nowUs) => (nowUs - reported.sampledAtUs) / US_PER_S,
      ),
      fairlead_replica_reported_waiting: gauge(({ reported }) => reported.waiting),
      fairlead_replica_reported_running: gauge(({ reported }) => reported.running),
      fairlead_replica_reported_kv_usage_ratio: gauge(({ reported }) => reported.kvUsage),
    } satisfies Partial<MetricReaders>;
  }

  /** What never happened there is left out, for a large fleet would have a thousand lines of it. */
  #each(entries: (counts: ReplicaCounts) => [string, number][], label: string): Sample[] {
    return [...this.#counts].flatMap(([replica, counts]) =>
      entries(counts)
        .filter(([, value]) => value > 0)
        .map(([key, value]) => ({ labels: { replica, [label]: key }, value })),
    );
  }

  #one(value: (counts: ReplicaCounts) => number): Sample[] {
    return Array.from(this.#counts, ([replica, counts]) => ({
      labels: { replica },
      value: value(counts),
    }));
  }

  /** Nobody has a share of nothing. */
  #shares(nowUs: number): Sample[] {
    const recent = this.#one((counts) => counts.recent.total(nowUs));
    const total = recent.reduce((sum, { value }) => sum + value, 0);
    return recent.map(({ labels, value }) => ({ labels, value: total === 0 ? 0 : value / total }));
  }
}

function isUp({ isDown, isEjected, isInPool }: ReplicaSnapshot): boolean {
  return isInPool && !isDown && !isEjected;
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

/** What a replica has not said is absent: silence must not look idle. */
function gauges(
  { nowUs, replicas }: ProxySnapshot,
  value: (replica: ReplicaSnapshot, nowUs: number) => number,
): Sample[] {
  return replicas
    .map((replica) => ({ labels: { replica: replica.name }, value: value(replica, nowUs) }))
    .filter((sample) => !Number.isNaN(sample.value));
}
