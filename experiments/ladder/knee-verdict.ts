import { mean } from 'simple-statistics';
import { formatChange } from '../../reports/format.ts';
import type { Ladder } from '../../reports/ladder.ts';
import { breaksText, placeText } from '../../reports/ladder-text.ts';
import type { Change } from '../../reports/summary.ts';
import { confidence } from '../statistics/paired.ts';
import { compareKnees } from './compare-knees.ts';
import type { LadderAxis } from './rungs.ts';
import type { ClimbedStrategy } from './summarise-ladder.ts';

export interface KneeVerdictOptions {
  readonly axis: LadderAxis;
  /** The lowest place and the highest. */
  readonly from: number;
  readonly to: number;
  /** Null for places of somebody's own. */
  readonly precisionShare: number | null;
  /** Without objectives a strategy has nothing to keep but up. */
  readonly hasSlo: boolean;
}

/**
 * The answer in one sentence: the strategy with the highest knee against the runner-up, paired over
 * seeds. A seed whose knee is outside of the ladder counts with the end of it, and nobody wins by
 * an end that may have cut off the other.
 */
export function kneeVerdict(
  all: readonly ClimbedStrategy[],
  options: KneeVerdictOptions,
): Ladder['verdict'] {
  const { from } = options;
  const [best, runnerUp] = ranked(all, from) as [ClimbedStrategy, ...ClimbedStrategy[]];
  const seeds = best.knee.perSeed.length;
  const base = { confidence, seeds, best: null, runnerUp: null, change: null };
  if (all.every(({ knee }) => knee.seedsBelow === seeds)) {
    return { ...base, kind: 'none', sentence: nobodyText(best, options) };
  }
  const names = { best: best.name, runnerUp: runnerUp?.name ?? null };
  const cut = cutText([best, ...(runnerUp ? [runnerUp] : [])], options);
  if (cut !== undefined) return { ...base, ...names, kind: 'outside', sentence: cut };
  if (runnerUp === undefined) {
    return { ...base, ...names, kind: 'single', sentence: singleText(best, options) };
  }
  const values = [valuesOf(runnerUp, from), valuesOf(best, from)] as const;
  const { change, outcome } = compareKnees(...values, options.precisionShare);
  const kind = outcome === 'better' ? 'winner' : outcome === 'identical' ? 'identical' : 'tied';
  const seedsMore = values[1].filter((value, seed) => value > values[0][seed]!).length;
  const pair = { best, runnerUp, change, seedsMore, isEquivalent: outcome === 'equivalent' };
  return { ...base, ...names, kind, change, sentence: pairText(kind, pair, options) };
}

function ranked(all: readonly ClimbedStrategy[], from: number): ClimbedStrategy[] {
  const meanOf = (one: ClimbedStrategy) => mean(valuesOf(one, from));
  return [...all].sort((a, b) => {
    const difference = meanOf(b) - meanOf(a) || a.knee.seedsBelow - b.knee.seedsBelow;
    return difference || (a.name < b.name ? -1 : 1);
  });
}

function valuesOf({ knee }: ClimbedStrategy, from: number): number[] {
  return knee.perSeed.map((value) => value ?? from);
}

/** Who is cut off from above must not be the runner-up, nor from below the best. */
function cutText(
  pair: readonly ClimbedStrategy[],
  { axis, from, hasSlo, to }: KneeVerdictOptions,
): string | undefined {
  const [best] = pair as [ClimbedStrategy, ...ClimbedStrategy[]];
  const seeds = best.knee.perSeed.length;
  const promise = hasSlo ? 'the SLO' : 'up';
  if (pair.at(-1)!.knee.seedsAbove > 0) {
    const names = pair.map(({ name }) => name).join(' and ');
    const counts = pair.map(({ knee }) => knee.seedsAbove).join(' and ');
    const verb = pair.length > 1 ? 'keep' : 'keeps';
    return `${names} ${verb} ${promise} at ${placeText(axis, to)} still, where the ladder ends, in ${counts} of ${seeds} seeds. Let it end higher.`;
  }
  if (best.knee.seedsBelow === 0) return undefined;
  return `${best.name} keeps ${promise} at ${placeText(axis, from)}, where the ladder begins, in only ${seeds - best.knee.seedsBelow} of ${seeds} seeds. Let it begin lower.`;
}

function nobodyText(
  { breaks, knee }: ClimbedStrategy,
  { axis, from, hasSlo }: KneeVerdictOptions,
): string {
  const seeds = `in any of ${knee.perSeed.length} seeds`;
  return `No strategy keeps ${hasSlo ? 'the SLO' : 'up'} at ${placeText(axis, from)}, where the ladder begins, ${seeds}: it ${breaksText(breaks)}. Let it begin lower.`;
}

function singleText(
  { breaks, knee, name }: ClimbedStrategy,
  { axis, hasSlo }: KneeVerdictOptions,
): string {
  const promise = hasSlo ? 'the SLO' : 'up';
  return `${name} keeps ${promise} until ${placeText(axis, knee.mean!)}, then it ${breaksText(breaks)}.`;
}

interface Pair {
  readonly best: ClimbedStrategy;
  readonly runnerUp: ClimbedStrategy;
  readonly change: Change | null;
  readonly seedsMore: number;
  readonly isEquivalent: boolean;
}

function pairText(
  kind: 'winner' | 'tied' | 'identical',
  { best, change, isEquivalent, runnerUp, seedsMore }: Pair,
  { axis, from, hasSlo }: KneeVerdictOptions,
): string {
  const [a, b] = [best.name, runnerUp.name];
  const [high, low] = [best, runnerUp].map((one) => mean(valuesOf(one, from))) as [number, number];
  const promise = hasSlo ? 'the SLO' : 'up';
  const seeds = best.knee.perSeed.length;
  if (kind === 'identical') {
    return `${a} and ${b} keep ${promise} until the same load in all ${seeds} seeds, ${placeText(axis, high)} on average.`;
  }
  // A knee is a load or a rate, and its changes read like those of any rate.
  const percent = change === null ? '' : formatChange('goodputRps', change);
  const count = `more in ${seedsMore} of ${seeds} seeds`;
  if (kind === 'tied') {
    const apart = isEquivalent ? ', too close to tell in steps of 1 %' : '';
    return `${a} and ${b} are tied${apart}: they keep ${promise} until ${placeText(axis, high, 'and', low)}${percent && `, ${percent}`}, ${count}.`;
  }
  const isBound = best.knee.seedsAbove + runnerUp.knee.seedsBelow > 0;
  const much = percent && `${isBound ? 'at least ' : ''}${percent.replaceAll('+', '')} `;
  return `${a} carries ${much}more load than ${b} before it ${breaksText(best.breaks)}: ${placeText(axis, high, 'against', low)}, ${count}.`;
}
