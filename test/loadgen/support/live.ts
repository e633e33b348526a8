import { targetOf } from '../../../loadgen/http/target.ts';
import type { LiveRun } from '../../../loadgen/live-run.ts';
import { type PlayOptions, play } from '../../../loadgen/play.ts';
import { RequestStream } from '../../../scenarios/request-stream.ts';
import { type SmallTenant, smallScenario } from '../../support/scenarios.ts';
import { plainWriter } from './manual-clients.ts';

/** So many requests a second, evenly, of a few tokens each. */
export function steady(rate: number, output = 4, more: SmallTenant = {}): SmallTenant {
  return {
    arrivals: { kind: 'constant', rate },
    input: { kind: 'constant', tokens: 64 },
    output: { kind: 'constant', tokens: output },
    ...more,
  };
}

export type PlayUrlOptions = Partial<PlayOptions> & { readonly traffic: readonly SmallTenant[] };

/** Plays small traffic against a server, in this process. */
export function playUrl(url: string, { traffic, ...options }: PlayUrlOptions): Promise<LiveRun> {
  const target = targetOf(url)!;
  return play({
    ...{ target, api: 'completions', writer: plainWriter({ target }), timeScale: 1 },
    stream: new RequestStream(smallScenario({ traffic }), 1),
    ...{ warmupUs: 1e6, durationUs: 3e6, mostRequests: Number.POSITIVE_INFINITY },
    ...options,
  });
}
