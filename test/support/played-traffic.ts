import { type Random, randomStream } from '../../core/random.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import { groupBy } from './group-by.ts';
import { type SmallTenant, smallScenario } from './scenarios.ts';

export interface PlayedRequest {
  readonly request: RequestSpec;
  readonly endedUs: number;
}

/**
 * Plays traffic against a world that answers everything after a time of its own, and returns the
 * requests in the order in which they were sent.
 */
export function playTraffic(
  traffic: readonly SmallTenant[],
  count: number,
  options: { readonly seed?: number; readonly answerUs?: (request: RequestSpec) => number } = {},
): PlayedRequest[] {
  const { seed = 1, answerUs = () => 1_000_000 } = options;
  const stream = new RequestStream(resolveLoad(smallScenario({ traffic })), seed);
  const open = new TimedQueue<number>();
  const played: PlayedRequest[] = [];
  while (played.length < count) {
    if (open.nextUs <= stream.nextArrivalUs) {
      const endedUs = open.nextUs;
      if (endedUs === Number.POSITIVE_INFINITY) return played;
      const id = open.pop()!;
      stream.ended?.(id, endedUs);
    } else {
      const request = stream.next();
      const endedUs = request.arrivalUs + answerUs(request);
      open.push(endedUs, request.id);
      played.push({ request, endedUs });
    }
  }
  return played;
}

/** A world whose answers take anything from nothing to so many seconds. */
export function randomAnswers(name: string, mostS: number): (request: RequestSpec) => number {
  const random: Random = randomStream(1, name);
  return () => Math.floor(random() ** 3 * mostS * 1_000_000);
}

export function requestsOf(played: readonly PlayedRequest[]): RequestSpec[] {
  return played.map(({ request }) => request);
}

/** Requests by session, each in the order of sending. */
export function bySession(requests: readonly RequestSpec[]): Map<number, RequestSpec[]> {
  return groupBy(requests, ({ session }) => session);
}
