import { type Outcome, outcomes } from '../../core/request-record.ts';
import { BoundedNames } from './bounded-names.ts';
import type { DurationHistogram } from './duration-histogram.ts';
import type { HistogramName } from './metric-families.ts';
import type { RequestSummary } from './request-summary.ts';
import type { MetricReaders, Sample } from './served-metrics.ts';
import { histogramOf, type ModelFigures, statusClasses, TierFigures } from './tier-figures.ts';

/** The names that have labels of their own; all others are one. */
export interface KnownNames {
  readonly tenants: Iterable<string>;
  readonly models: Iterable<string>;
}

interface TenantFigures {
  readonly requests: Float64Array;
  tokens: number;
}

const outcomeIndex = Object.fromEntries(
  outcomes.map((outcome, index) => [outcome, index]),
) as Readonly<Record<Outcome, number>>;

/** Ours are about a dozen; what a replica might put there has an end, too. */
const mostReasons = 50;

/** What the requests have come to, in plain numbers until somebody asks. */
export class RequestFigures {
  readonly #tenantNames = new BoundedNames();
  readonly #modelNames = new BoundedNames();
  /** All of these by label. */
  readonly #tiers = new Map<string, TierFigures>();
  readonly #tenants = new Map<string, TenantFigures>();
  readonly #rejections = new Map<string, number>();
  readonly #overhead = histogramOf('fairlead_overhead_seconds');
  #brokenStreams = 0;

  know({ models, tenants }: KnownNames): void {
    this.#tenantNames.know(tenants);
    this.#modelNames.know(models);
  }

  add(summary: RequestSummary): void {
    const { outcome } = summary;
    const tier = this.#tierOf(summary.tier ?? 'none');
    const model = tier.modelOf(this.#modelNames.labelOf(summary.model));
    const tenant = this.#tenantOf(this.#tenantNames.labelOf(summary.tenant));
    model.requests[placeOf(outcome, summary.status)]! += 1;
    tenant.requests[outcomeIndex[outcome]]! += 1;
    if (summary.attempts > 0) addTokens(summary, model, tenant);
    if (outcome === 'rejected') this.#reject(summary.errorCode ?? 'none');
    if (outcome === 'failed' && !Number.isNaN(summary.firstTokenUs)) this.#brokenStreams += 1;
    this.#overhead.observe(summary.overheadUs);
    tier.observe(summary);
  }

  readers() {
    return {
      fairlead_requests_total: () => this.#perModel(requestSamples),
      fairlead_prompt_tokens_total: () => this.#perModel(one((model) => model.promptTokens)),
      fairlead_cached_tokens_total: () => this.#perModel(one((model) => model.cachedTokens)),
      fairlead_output_tokens_total: () => this.#perModel(one((model) => model.outputTokens)),
      fairlead_tenant_requests_total: () => [...this.#tenants].flatMap(tenantSamples),
      fairlead_tenant_tokens_total: () =>
        Array.from(this.#tenants, ([tenant, { tokens }]) => sample({ tenant }, tokens)),
      fairlead_rejections_total: () =>
        Array.from(this.#rejections, ([reason, count]) => sample({ reason }, count)),
      fairlead_broken_streams_total: () => [sample({}, this.#brokenStreams)],
      ...this.#perTier('fairlead_time_to_first_token_seconds', ({ ttft }) => ttft),
      ...this.#perTier('fairlead_time_per_output_token_seconds', ({ tpot }) => tpot),
      ...this.#perTier('fairlead_e2e_request_latency_seconds', ({ latency }) => latency),
      ...this.#perTier('fairlead_queue_time_seconds', ({ queueTime }) => queueTime),
      fairlead_overhead_seconds: () => this.#overhead.samples('fairlead_overhead_seconds', {}),
    } satisfies Partial<MetricReaders>;
  }

  #perTier<Name extends HistogramName>(
    name: Name,
    histogram: (figures: TierFigures) => DurationHistogram,
  ) {
    const read = () =>
      [...this.#tiers].flatMap(([tier, figures]) => histogram(figures).samples(name, { tier }));
    return { [name]: read } as Pick<MetricReaders, Name>;
  }

  #perModel(samples: (figures: ModelFigures, labels: Sample['labels']) => Sample[]): Sample[] {
    return [...this.#tiers].flatMap(([tier, { models }]) =>
      [...models].flatMap(([model, figures]) => samples(figures, { tier, model })),
    );
  }

  /** Tiers are from the configuration. */
  #tierOf(label: string): TierFigures {
    const known = this.#tiers.get(label);
    if (known !== undefined) return known;
    const figures = new TierFigures();
    this.#tiers.set(label, figures);
    return figures;
  }

  #tenantOf(label: string): TenantFigures {
    const known = this.#tenants.get(label);
    if (known !== undefined) return known;
    const figures = { requests: new Float64Array(outcomes.length), tokens: 0 };
    this.#tenants.set(label, figures);
    return figures;
  }

  #reject(code: string): void {
    const isFull = this.#rejections.size >= mostReasons && !this.#rejections.has(code);
    const reason = isFull ? 'other' : code;
    this.#rejections.set(reason, (this.#rejections.get(reason) ?? 0) + 1);
  }
}

function placeOf(outcome: Outcome, status: number): number {
  const first = Math.trunc(status / 100);
  return outcomeIndex[outcome] * statusClasses.length + (first >= 1 && first <= 5 ? first : 0);
}

function addTokens(summary: RequestSummary, model: ModelFigures, tenant: TenantFigures): void {
  const promptTokens = known(summary.promptTokens);
  const outputTokens = known(summary.outputTokens);
  model.promptTokens += promptTokens;
  model.cachedTokens += known(summary.cachedTokens);
  model.outputTokens += outputTokens;
  tenant.tokens += promptTokens + outputTokens;
}

function known(count: number): number {
  return count > 0 ? count : 0;
}

function requestSamples({ requests }: ModelFigures, labels: Sample['labels']): Sample[] {
  return Array.from(requests, (count, place) => {
    const outcome = outcomes[Math.trunc(place / statusClasses.length)]!;
    const status = statusClasses[place % statusClasses.length]!;
    return sample({ ...labels, outcome, status }, count);
  }).filter(({ value }) => value > 0);
}

function tenantSamples([tenant, { requests }]: [string, TenantFigures]): Sample[] {
  return Array.from(requests, (count, place) =>
    sample({ tenant, outcome: outcomes[place]! }, count),
  ).filter(({ value }) => value > 0);
}

function one(value: (figures: ModelFigures) => number) {
  return (figures: ModelFigures, labels: Sample['labels']) => [sample(labels, value(figures))];
}

function sample(labels: Sample['labels'], value: number): Sample {
  return { labels, value };
}
