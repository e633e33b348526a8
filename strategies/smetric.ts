import { z } from 'zod';
import { attemptKey } from './shared/attempt-key.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { PrefixHistory } from './shared/prefix-history.ts';
import { prefixOptions } from './shared/prefix-options.ts';
import { PrefixMatches } from './shared/prefix-source.ts';
import { Reservations } from './shared/reservations.ts';
import { WorkRates } from './shared/work-rates.ts';
import { defineStrategy } from './strategy.ts';

function figure(initial: number, most: number, what: string) {
  return z
    .number()
    .min(0)
    .max(most)
    .default(initial)
    .meta({ examples: [initial] })
    .describe(what);
}

/**
 * Counts tokens where the router of vLLM counts characters. Its limits belong to one deployment,
 * and are options here.
 */
export default defineStrategy({
  name: 'smetric',
  family: 'prefix',
  summary:
    'The holder of most of the prompt unless its pending work takes too long, else the least work pending before a first token, with attention: SMetric of the vLLM router.',
  needs: ['prefix'],
  options: {
    attention: figure(2e-5, 1, 'What attention to a token adds to the work of a later one.'),
    hitRatio: figure(0.5, 1, 'Share of a prompt that must match for its holder to be preferred.'),
    baseMs: figure(500, 3_600_000, 'Longest a holder may take for what is pending, in ms,'),
    perTokenMs: figure(0.1, 1_000, 'and so much longer for each token of the prompt.'),
    ...prefixOptions,
  },
  create({ attention, baseMs, hitRatio, perTokenMs, ...options }, { blockTokens, random }) {
    const history = new PrefixHistory({ ...options, blockTokens });
    const matches = new PrefixMatches(history);
    const pending = new Reservations();
    const rates = new WorkRates();
    /** What was pending at a replica with each attempt, and since when. */
    const sent = new Map<number, { readonly work: number; readonly atUs: number }>();
    const costs = new Costs();
    const draws = new Draws(random);
    return {
      ...history.hooks,
      pick({ prefixHashes, promptTokens }, candidates, nowUs) {
        matches.find(prefixHashes, candidates, nowUs);
        const { blocks, most } = matches;
        const latestS = (baseMs + perTokenMs * promptTokens) / 1_000;
        const isHeld = most > 0 && most * blockTokens > hitRatio * promptTokens;
        const last = candidates.at(-1)!.index;
        const work = pending.taken.upTo(last);
        const workPerS = rates.upTo(last);
        let inTime = 0;
        let holdersInTime = 0;
        for (let i = 0; i < candidates.length; i++) {
          const { index } = candidates[i]!;
          if (work[index]! > latestS * workPerS[index]!) continue;
          inTime += 1;
          if (blocks[i] === most) holdersInTime += 1;
        }
        // When nobody can make it in time, the holder has the least to do.
        const isPreferred = isHeld && (holdersInTime > 0 || inTime === 0);
        const at = costs.of(candidates);
        for (let i = 0; i < candidates.length; i++) {
          const { index } = candidates[i]!;
          const isLate = work[index]! > latestS * workPerS[index]!;
          const isOut = isPreferred && (blocks[i] !== most || (inTime > 0 && isLate));
          at[i] = isOut ? Number.POSITIVE_INFINITY : work[index]!;
        }
        return costs.least(candidates, draws);
      },
      onDispatched(request, replica, nowUs) {
        const { prefixHashes, promptTokens } = request;
        const cachedTokens = history.match(prefixHashes, replica) * blockTokens;
        const uncached = Math.max(1, promptTokens - cachedTokens);
        const work = uncached + attention * uncached * (promptTokens - uncached / 2);
        pending.take(request, replica, work);
        const ahead = pending.taken.get(replica.index);
        sent.set(attemptKey(request, replica), { work: ahead, atUs: nowUs });
        history.hooks.onDispatched!(request, replica, nowUs);
      },
      onFirstToken(request, replica, nowUs) {
        pending.giveBack(request, replica);
        const then = sent.get(attemptKey(request, replica));
        if (then !== undefined) rates.add(replica.index, (1e6 * then.work) / (nowUs - then.atUs));
      },
      onEnded(request, replica) {
        pending.giveBack(request, replica);
        sent.delete(attemptKey(request, replica));
      },
      onJoined(replica, nowUs) {
        history.hooks.onJoined!(replica, nowUs);
        rates.forget(replica.index);
      },
    };
  },
});
