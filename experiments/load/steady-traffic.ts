import { US_PER_S } from '../../core/time.ts';
import { PreviewStream } from '../../scenarios/preview-stream.ts';
import { type RequestSource, RequestStream } from '../../scenarios/request-stream.ts';
import type { Tenant } from '../../scenarios/scenario.ts';

export interface SteadyOptions {
  /** Without arrivals of its own. */
  readonly entry: Tenant;
  readonly seed: number;
  /** It decides what comes between the requests of a job. */
  readonly jobsPerS: number;
}

const steadyAfterUs = 1_800 * US_PER_S;
const mostSkipped = 60_000;

/**
 * The requests of an entry as they come in the long run; of jobs, old ones among new ones.
 * `answerUs` is from a request to the end of its answer, after which a job goes on.
 */
export function steadyTraffic(
  { entry, jobsPerS, seed }: SteadyOptions,
  answerUs: number,
): RequestSource {
  const traffic = [{ ...entry, arrivals: { kind: 'poisson', rate: jobsPerS } }];
  const answerTime = { baseUs: answerUs, perPromptTokenUs: 0, perAnswerTokenUs: 0 };
  const stream = new PreviewStream(new RequestStream({ traffic, slo: [] }, seed), answerTime);
  if (entry.job === undefined) return stream;
  for (let skipped = 0; skipped < mostSkipped; skipped++) {
    if (stream.nextArrivalUs > steadyAfterUs) break;
    stream.next();
  }
  return stream;
}
