import { FairleadError } from '../../core/errors.ts';
import { type GateNoise, type GateScenario, gateVersion } from '../../reports/gate/result.ts';
import { round } from '../../reports/round.ts';
import { looksOf } from '../statistics/looks.ts';
import { assess, type PairedRuns } from './assess.ts';
import type { GateOutcome } from './gate.ts';
import { type Gated, gateMetrics } from './gated-metrics.ts';
import {
  type LiveResult,
  liveDifference,
  liveFigures,
  liveObjectives,
  liveProblem,
  strategyIn,
} from './live-figures.ts';
import type { SeedFigures } from './seed-figures.ts';
import { gateVerdict } from './verdict.ts';

export interface LiveGateOptions {
  readonly base: readonly LiveResult[];
  readonly head: readonly LiveResult[];
  /** The same as the base measured again; or two such measurements, one of each half. */
  readonly noise: readonly LiveResult[];
  readonly gated: readonly Gated[];
  /** Name of the strategy that is judged. */
  readonly strategy?: string | undefined;
}

/**
 * Holds measurements against one another. Measuring a thing twice never gives the same: what two
 * measurements of one and the same differ by is the least that can be seen, and a tolerance below
 * it would be a coin to toss.
 */
export function liveGate(options: LiveGateOptions): GateOutcome {
  const { base, gated, head, strategy } = options;
  const [first] = base;
  const noise = noiseOf(options);
  const paired = pairedBySeed(liveFigures(base, strategy), liveFigures(head, strategy));
  const reason = problemOf(options, paired[0].length, noise);
  const runs = pairedRuns(options, paired);
  const level = looksOf(1, 1).oneSided;
  const scenarios: GateScenario[] =
    reason === undefined ? assess([runs], gated, level) : [refused(runs, reason)];
  const { advice, ...verdict } = gateVerdict(scenarios);
  const advised = verdict.kind === 'invalid' ? adviceFor(noise, gated) : liveAdvice(advice);
  return {
    schemaVersion: gateVersion,
    kind: 'gate',
    verdict: { ...verdict, ...(advised === undefined ? {} : { advice: advised }) },
    scenarios: scenarios.map((one) => ({ ...one, name: first!.comparison.scenario.name })),
    looks: { sizes: [paired[0].length], taken: paired[0].length, level },
    noise,
  };
}

type Pairs = readonly [base: readonly SeedFigures[], head: readonly SeedFigures[]];

/** Repetitions of the same seed, the first with the first; a seed fixes the requests. */
function pairedBySeed(base: readonly SeedFigures[], head: readonly SeedFigures[]): Pairs {
  const left = [...head];
  const pairs = base.flatMap((run) => {
    const at = left.findIndex(({ seed }) => seed === run.seed);
    return at < 0 ? [] : [[run, left.splice(at, 1)[0]!] as const];
  });
  return [pairs.map(([run]) => run), pairs.map(([, run]) => run)];
}

function pairedRuns({ base, head, strategy }: LiveGateOptions, [before, after]: Pairs): PairedRuns {
  const { scenario } = base[0]!.comparison;
  const sides = [base, head].map((side) => strategyIn(side[0]!, strategy));
  const [was, is] = sides.map(({ name, options }) => ({ name, options }));
  return {
    name: scenario.name,
    strategies: { base: was!, head: is! },
    slo: liveObjectives(scenario),
    ...{ base: before, head: after },
  };
}

/** For each gated metric, of the fleet or of any replica, the farther end of its interval. */
function noiseOf(options: LiveGateOptions): GateNoise {
  const { base, gated, noise, strategy } = options;
  const [one, other] = noise.length > 1 ? halves(noise) : [base, noise];
  const paired = pairedBySeed(liveFigures(one, strategy), liveFigures(other, strategy));
  const pairs = paired[0].length;
  if (pairs < 2) return { pairs, floors: [] };
  const runs = pairedRuns({ ...options, base: one, head: other }, paired);
  const [{ rows }] = assess([runs], gated, 0.05) as [GateScenario];
  const floors = gated.flatMap(({ metric }) => {
    const ends = rows
      .filter((row) => row.metric.split(':')[0] === metric)
      .flatMap(({ interval }) => (interval ? [-interval.low, interval.high] : []));
    if (ends.length === 0) return [];
    return [{ metric, label: gateMetrics[metric].label, floor: round(Math.max(...ends)) }];
  });
  return { pairs, floors };
}

function halves(noise: readonly LiveResult[]): [readonly LiveResult[], readonly LiveResult[]] {
  if (noise.length % 2 === 1) {
    const message = `${noise.length} folders of noise cannot be held against each other. Give one, measured as the base was, or an even number.`;
    throw new FairleadError('USAGE', message);
  }
  return [noise.slice(0, noise.length / 2), noise.slice(noise.length / 2)];
}

function problemOf(
  { base, gated, head, noise, strategy }: LiveGateOptions,
  pairs: number,
  known: GateNoise,
): string | undefined {
  const all = [...base, ...head, ...noise];
  for (const result of all) {
    const problem = liveProblem(result, strategy) ?? liveDifference(base[0]!, result);
    if (problem !== undefined) return problem;
  }
  if (pairs === 0) return 'base and head have no seed in common, so that no requests are the same';
  if (known.pairs < 2) {
    return `the noise is known of ${known.pairs} pair only, and it takes two to know how far they scatter`;
  }
  const below = tooFine(known, gated).map(
    ({ floor, gated: one, label }) =>
      `${label} ${percent(one.tolerance)} (noise ${percent(floor)})`,
  );
  if (below.length === 0) return undefined;
  return `two measurements of the same differ by more than is tolerated: ${below.join(', ')}`;
}

function tooFine({ floors }: GateNoise, gated: readonly Gated[]) {
  return floors.flatMap((one) => {
    const own = gated.find(({ metric }) => metric === one.metric)!;
    return own.tolerance < one.floor ? [{ ...one, gated: own }] : [];
  });
}

function adviceFor(noise: GateNoise, gated: readonly Gated[]): string {
  const options = tooFine(noise, gated).map(
    ({ floor, metric }) => `--tolerance ${metric}=${Math.ceil(1_000 * floor) / 10}%`,
  );
  const measure = 'Measure more repetitions of both sides and of the noise, and for longer';
  return options.length === 0 ? `${measure}.` : `${measure}; or write ${options.join(' ')}.`;
}

/** Seeds of a live gate are repetitions. */
function liveAdvice(advice: string | undefined): string | undefined {
  if (advice === undefined) return undefined;
  return 'Measure more repetitions of both sides, or write a larger --tolerance.';
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function refused({ name, strategies }: PairedRuns, reason: string): GateScenario {
  return {
    ...{ name, strategies, seeds: [], outcome: 'invalid', reason },
    saturatedSeeds: { base: 0, head: 0 },
    rows: [],
    notes: [],
  };
}
