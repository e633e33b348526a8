import type { Random } from '../../core/random.ts';
import type { Strategy } from '../strategy.ts';
import { Costs } from './costs.ts';
import { Draws } from './draws.ts';
import { PrefixMatches, type PrefixSource } from './prefix-source.ts';

export interface MatchLessLoadOptions {
  readonly source: PrefixSource;
  readonly blockTokens: number;
  readonly loadWeight: number;
  readonly random: Random;
}

/**
 * Takes whoever is best by the share of the prompt it holds, less its requests in flight above the
 * mean as a multiple of the mean: matched / prompt - weight * (inFlight - mean) / max(1, mean).
 * Both are without a unit, so one weight does for every fleet.
 */
export function matchLessLoad(options: MatchLessLoadOptions): Strategy['pick'] {
  const { blockTokens, loadWeight, random, source } = options;
  const matches = new PrefixMatches(source);
  const costs = new Costs();
  const draws = new Draws(random);
  return ({ prefixHashes, promptTokens }, candidates, nowUs) => {
    matches.find(prefixHashes, candidates, nowUs);
    const { length } = candidates;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += candidates[i]!.inFlight;
    const mean = sum / length;
    const perRequest = loadWeight / Math.max(1, mean);
    const perBlock = blockTokens / Math.max(1, promptTokens);
    const at = costs.of(candidates);
    for (let i = 0; i < length; i++) {
      at[i] = perRequest * (candidates[i]!.inFlight - mean) - perBlock * matches.blocks[i]!;
    }
    return costs.least(candidates, draws);
  };
}
