import { outcomes } from '../../core/request-record.ts';
import { DurationHistogram } from './duration-histogram.ts';
import { type HistogramName, metricFamilies } from './metric-families.ts';
import type { RequestSummary } from './request-summary.ts';

/** By the first digit; 0 is that the client was gone before there was an answer. */
export const statusClasses = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** What the requests of a tier have come to. */
export class TierFigures {
  readonly ttft = histogramOf('fairlead_time_to_first_token_seconds');
  readonly tpot = histogramOf('fairlead_time_per_output_token_seconds');
  readonly latency = histogramOf('fairlead_e2e_request_latency_seconds');
  readonly queueTime = histogramOf('fairlead_queue_time_seconds');
  /** By label. */
  readonly models = new Map<string, ModelFigures>();

  modelOf(label: string): ModelFigures {
    const known = this.models.get(label);
    if (known !== undefined) return known;
    const figures = new ModelFigures();
    this.models.set(label, figures);
    return figures;
  }

  /** The first bytes of an answer that is no stream come with the last: they are not a token. */
  observe(summary: RequestSummary): void {
    const { arrivalUs, endUs, firstTokenUs, isStreamed, outcome, outputTokens } = summary;
    if (summary.attempts === 1) this.queueTime.observe(summary.dispatchedUs - arrivalUs);
    if (isStreamed) this.ttft.observe(firstTokenUs - arrivalUs);
    if (outcome !== 'ok') return;
    this.latency.observe(endUs - arrivalUs);
    if (isStreamed && outputTokens > 1) {
      this.tpot.observe((endUs - firstTokenUs) / (outputTokens - 1));
    }
  }
}

/** Of one model in one tier. */
export class ModelFigures {
  /** By outcome, and by class of status within it. */
  readonly requests = new Float64Array(outcomes.length * statusClasses.length);
  promptTokens = 0;
  cachedTokens = 0;
  outputTokens = 0;
}

export function histogramOf(name: HistogramName): DurationHistogram {
  return new DurationHistogram(metricFamilies[name].bucketsS);
}
