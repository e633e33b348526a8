import type { Scenario } from '../../scenarios/scenario.ts';
import type { Share } from '../../scenarios/share.ts';
import { SharedStream } from '../../scenarios/shared-stream.ts';
import type { LiveRun } from '../live-run.ts';
import { type PlayOptions, play } from '../play.ts';
import { RequestWriter, type RequestWriterOptions } from '../request/request-writer.ts';

/** What is to be played; plain data, so that it can be sent to another thread. */
export interface PlayTask {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly writing: RequestWriterOptions;
  readonly timeScale: number;
  readonly mostRequests: number;
}

/** Plays one share of it in this thread. */
export function playShare(
  { mostRequests, scenario, seed, timeScale, writing }: PlayTask,
  share: Share,
  watching: Pick<PlayOptions, 'onFigures' | 'signal' | 'together'>,
): Promise<LiveRun> {
  const { api, target } = writing;
  const { index, of } = share;
  return play({
    ...{ api, target, timeScale, ...watching },
    stream: new SharedStream(scenario, seed, share),
    writer: new RequestWriter(writing),
    warmupUs: scenario.warmupUs,
    durationUs: scenario.durationUs,
    mostRequests: Math.ceil((mostRequests - index) / of),
  });
}
