import { countOf } from '../../reports/format.ts';
import { type GateNoise, type GateScenario, gateVersion } from '../../reports/gate/result.ts';
import { round } from '../../reports/round.ts';
import { looksOf } from '../statistics/looks.ts';
import { assess, isMostlySaturated, type PairedRuns } from './assess.ts';
import { type GateOutcome, saturatedBaseline } from './gate.ts';
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
  /** The same as the base measured again; or two measurements of one and the same. */
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
  const { base, head, strategy } = options;
  const noise = noiseOf(options);
  const paired = pairedBySeed(liveFigures(base, strategy), liveFigures(head, strategy));
  const unfit = problemOf(options, paired[0].length);
  const problem = unfit ?? noiseProblem(noise, options);
  const runs = pairedRuns(options, paired);
  const level = looksOf(1, 1).oneSided;
  const scenarios =
    problem === undefined ? assess([runs], options.gated, level) : [refused(runs, problem.reason)];
  const { advice, ...verdict } = gateVerdict(scenarios);
  const isAdvised = problem !== undefined || advice !== undefined;
  return {
    schemaVersion: gateVersion,
    kind: 'gate',
    verdict: { ...verdict, ...(isAdvised ? { advice: problem?.advice ?? more } : {}) },
    scenarios,
    looks: { sizes: [paired[0].length], taken: paired[0].length, level },
    ...(unfit === undefined ? { noise } : {}),
  };
}

const more = 'Measure more repetitions of both sides, or write a larger --tolerance.';

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
  const [was, is] = [base, head].map((side) => nameIn(side[0]!, strategy));
  return {
    name: scenario.name,
    strategies: { base: was!, head: is! },
    slo: liveObjectives(scenario),
    ...{ base: before, head: after },
  };
}

/** A load generator knows no strategy, but what was served where. */
function nameIn(result: LiveResult, asked?: string): PairedRuns['strategies']['base'] {
  const { name, options } = strategyIn(result, asked);
  const { live } = result.comparison;
  return live === undefined ? { name, options } : { name: `${live.model} at ${name}`, options: {} };
}

/** For each gated metric, of the fleet or of any replica, the farther end of its interval. */
function noiseOf(options: LiveGateOptions): GateNoise {
  const paired = noisePairs(options);
  const pairs = paired[0].length;
  if (pairs < 2) return { pairs, floors: [] };
  const [{ rows }] = assess([pairedRuns(options, paired)], options.gated, 0.05) as [GateScenario];
  const floors = options.gated.flatMap(({ metric }) => {
    const ends = rows
      .filter((row) => row.metric.split(':')[0] === metric)
      .flatMap(({ interval }) => (interval ? [-interval.low, interval.high] : []));
    if (ends.length === 0) return [];
    const whose = metric === 'replicaTpotP50' ? ' of a replica' : '';
    const label = `${gateMetrics[metric].label}${whose}`;
    return [{ metric, label, floor: round(Math.max(...ends)) }];
  });
  return { pairs, floors };
}

/** Two of the same seed against each other, or against the base where that makes more pairs. */
function noisePairs({ base, noise, strategy }: LiveGateOptions): Pairs {
  const again = liveFigures(noise, strategy);
  const firsts: SeedFigures[] = [];
  const seconds: SeedFigures[] = [];
  for (const run of again) {
    const before = [firsts, seconds].map((side) => side.filter(({ seed }) => seed === run.seed));
    (before[0]!.length > before[1]!.length ? seconds : firsts).push(run);
  }
  const withBase = pairedBySeed(liveFigures(base, strategy), again);
  return seconds.length < withBase[0].length ? withBase : pairedBySeed(firsts, seconds);
}

interface Problem {
  readonly reason: string;
  readonly advice: string;
}

const anew =
  'Measure again what this speaks of; docs/gate.md says what the folders have in common.';

function problemOf(
  { base, head, noise, strategy }: LiveGateOptions,
  pairs: number,
): Problem | undefined {
  for (const result of [...base, ...head, ...noise]) {
    const reason = liveProblem(result, strategy) ?? liveDifference(base[0]!, result);
    if (reason !== undefined) return { reason, advice: anew };
  }
  if (isMostlySaturated(liveFigures(base, strategy))) {
    return { reason: saturatedBaseline, advice: anew };
  }
  if (pairs > 0) return undefined;
  const reason = 'base and head have no seed in common, so that no requests are the same';
  return { reason, advice: anew };
}

const longer = 'Measure more repetitions of both sides and of the noise, and for longer';

const oneEach =
  'A folder of "fairlead load" holds one repetition: play both sides and the noise with --seed 2 and others as well, and give all folders, as in --base-run before-1 --base-run before-2.';

/** What is tolerated has to be more than what two measurements of the same differ by. */
function noiseProblem(
  { floors, pairs }: GateNoise,
  { base, gated }: LiveGateOptions,
): Problem | undefined {
  if (pairs < 2) {
    const reason = `the noise is known of ${countOf(pairs, 'pair')} only, and it takes two to know how far they scatter`;
    return { reason, advice: base[0]!.comparison.live === undefined ? `${longer}.` : oneEach };
  }
  const below = floors.flatMap((one) => {
    const { tolerance } = gated.find(({ metric }) => metric === one.metric)!;
    return tolerance < one.floor ? [{ ...one, tolerance }] : [];
  });
  if (below.length === 0) return undefined;
  const told = below.map(
    ({ floor, label, tolerance }) => `${label} ${percent(tolerance)} (noise ${percent(floor)})`,
  );
  const options = below.map(
    ({ floor, metric }) => `--tolerance ${metric}=${Math.ceil(1_000 * floor) / 10}%`,
  );
  const isPossible = below.every(({ floor }) => floor < mostTolerated);
  return {
    reason: `two measurements of the same differ by more than is tolerated: ${told.join(', ')}`,
    advice: isPossible ? `${longer}; or write ${options.join(' ')}.` : `${longer}.`,
  };
}

/** Who tolerates half as much again has no need of a gate. */
const mostTolerated = 0.5;

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
