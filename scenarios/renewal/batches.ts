import { z } from 'zod';
import type { Random } from '../../core/random.ts';
import { US_PER_S, usOf } from '../../core/time.ts';
import { TimedQueue } from '../../core/timed-queue.ts';
import { duration, share } from '../quantities.ts';

export const batchesSchema = z
  .strictObject({
    share: share({ example: 0.25 }).lt(1).describe('Share of the requests that are followers.'),
    within: duration({ minUs: 1, maxUs: 60 * US_PER_S, example: '2ms' }).describe(
      'A follower comes at most this long after the request it follows, at any time alike.',
    ),
  })
  .describe('Requests that a client sends right behind another; they count in the rate.');

export type Batches = z.output<typeof batchesSchema>;

/**
 * Leaders with their followers, in the order of their times. Every request has one follower by
 * chance, whoever else comes between the two, so batches overlap where they are longer than the
 * gaps between them, and the leaders keep their own pace. Nobody follows from before the start.
 */
export function withFollowers(
  nextLeaderUs: () => number,
  { share, within }: Batches,
  random: Random,
): () => number {
  const withinUs = usOf(within);
  const followers = new TimedQueue<undefined>();
  let leaderUs: number | undefined;
  return () => {
    leaderUs ??= nextLeaderUs();
    const nowUs = Math.min(leaderUs, followers.nextUs);
    if (nowUs === Number.POSITIVE_INFINITY) return nowUs;
    if (followers.nextUs < leaderUs) followers.pop();
    else leaderUs = undefined;
    if (random() < share) followers.push(nowUs + withinUs * random(), undefined);
    return nowUs;
  };
}
