import { RequestStream } from '../request-stream.ts';
import { toTenant } from '../scenario.ts';
import { tenantSchema } from '../tenant-schema.ts';

/** What an entry of the traffic sends over a time, when each answer takes none. */
export interface DrawnTraffic {
  readonly timesUs: readonly number[];
  readonly promptTokens: readonly number[];
  readonly outputTokens: readonly number[];
  /** Prompt tokens that a cache which never forgets has when they come. */
  readonly hitTokens: number;
}

export interface DrawOptions {
  readonly seed: number;
  /** Requests before are drawn, but not counted. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly mostRequests: number;
}

export function drawTraffic(
  entry: Readonly<Record<string, unknown>>,
  { fromUs, mostRequests, seed, untilUs }: DrawOptions,
): DrawnTraffic {
  // Objectives play no part in what is drawn.
  const tenant = toTenant(tenantSchema.parse(entry));
  const stream = new RequestStream({ traffic: [tenant], slo: [] }, seed);
  const drawn = { timesUs: [], promptTokens: [], outputTokens: [] } as {
    [Name in 'timesUs' | 'promptTokens' | 'outputTokens']: number[];
  };
  /** Of each text, how much of it is known. */
  const known = new Map<number, number>();
  let hitTokens = 0;
  while (stream.nextArrivalUs < untilUs && drawn.timesUs.length < mostRequests) {
    const request = stream.next();
    const counts = request.arrivalUs >= fromUs;
    if (counts) {
      drawn.timesUs.push(request.arrivalUs - fromUs);
      drawn.promptTokens.push(request.promptTokens);
      drawn.outputTokens.push(request.outputTokens);
    }
    let hits = true;
    for (const { text, tokens } of request.prompt) {
      const had = known.get(text) ?? 0;
      if (hits && counts) hitTokens += Math.min(had, tokens);
      hits &&= had >= tokens;
      known.set(text, Math.max(had, tokens));
    }
    stream.ended?.(request.id, request.arrivalUs);
  }
  return { ...drawn, hitTokens };
}
