import { quantile } from '../../core/quantiles.ts';
import { US_PER_S } from '../../core/time.ts';
import { InfiniteCache } from '../traces/prefix-facts.ts';
import type { TraceRow } from '../traces/trace-row.ts';
import { rounded } from './arrival-models.ts';
import { type Burstiness, burstinessOf, figuresOf, meanBurstiness } from './burstiness.ts';
import { type DrawnTraffic, drawTraffic } from './drawn-traffic.ts';
import { fitArrivals, largestError } from './fit-arrivals.ts';
import { fitLengths } from './fit-lengths.ts';
import { type FittedSessions, fitSessions } from './fit-sessions.ts';

export interface FittedTrace {
  /** An entry of the traffic of a scenario, which needs no trace. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly figures: readonly FittedFigure[];
  /** As long as most sessions last, so that later requests of them have come. */
  readonly warmupUs: number;
  /** What the reader must know besides. */
  readonly notes: readonly string[];
}

/** One thing by which trace and imitation are compared. */
export interface FittedFigure {
  readonly name: string;
  readonly trace: number;
  /** Of runs as long as the trace, with seeds that had no part in the fit. */
  readonly fitted: number;
}

export interface FitOptions {
  readonly tenant: string;
  readonly timed: boolean;
  /** Of a trace without times. */
  readonly rateRps: number;
}

/** An entry that imitates a trace: its arrivals, its lengths, and what its prompts share. */
export function fitTrace(rows: readonly TraceRow[], options: FitOptions): FittedTrace {
  const { rateRps, tenant, timed } = options;
  const trace = asTraffic(rows);
  const hasBlocks = rows.some(({ blocks }) => blocks !== undefined);
  const spanUs = timed ? trace.timesUs.at(-1)! : (rows.length * US_PER_S) / rateRps;
  if (!timed || !hasBlocks) {
    const arrivals = timed
      ? fitArrivals(trace.timesUs).options
      : { kind: 'poisson', rate: rateRps };
    const entry = { tenant, arrivals, ...fitLengths(trace) };
    const figures = compared(trace, entry, { spanUs, timed });
    const notes = hasBlocks ? [noSessions] : [];
    return { entry, figures, warmupUs: shortestWarmupUs, notes };
  }
  const sessions = fitSessions(rows);
  const entry = fitStarts(sessions, trace, tenant);
  const lengths = Float64Array.from(sessions.lengthsUs).sort();
  const neededUs = Math.max(quantile(lengths, 0.9)!, settlingUs(entry, spanUs));
  const usual = Math.ceil(neededUs / minuteUs) * minuteUs;
  const warmupUs = Math.min(longestWarmupUs, Math.max(shortestWarmupUs, usual));
  return { entry, figures: compared(trace, entry, { spanUs, timed }), warmupUs, notes: [] };
}

const noSessions =
  'Prompts share nothing here: without times, nothing tells when a session goes on.';

const minuteUs = 60 * US_PER_S;
const shortestWarmupUs = 2 * minuteUs;
const longestWarmupUs = 60 * minuteUs;

/** Rounds of looking at what all requests make of the beginnings of sessions. */
const rounds = 3;
const fineError = 0.08;

/**
 * Later requests of a session come by themselves, so the beginnings are fitted until all requests
 * together are as bursty as the trace.
 */
function fitStarts({ job, startsUs }: FittedSessions, trace: DrawnTraffic, tenant: string) {
  const spanUs = trace.timesUs.at(-1)!;
  const all = burstinessOf(trace.timesUs, spanUs);
  const rateRps = (startsUs.length * US_PER_S) / spanUs;
  let wanted: Burstiness = { ...all, rateRps };
  let best: { entry: Record<string, unknown>; error: number } | undefined;
  for (let round = 0; round < rounds; round++) {
    const { options } = fitArrivals(startsUs, wanted);
    const arrivals = {
      ...options,
      rate: typeof options['rate'] === 'number' ? rounded(rateRps) : options['rate'],
    };
    const entry = { tenant, arrivals, job };
    const found = averageBurstiness(entry, trace, spanUs);
    const error = largestError(found, all);
    if (best === undefined || error < best.error) best = { entry, error };
    if (best.error < fineError) break;
    wanted = corrected(wanted, found, all);
  }
  return best!.entry;
}

function averageBurstiness(
  entry: Readonly<Record<string, unknown>>,
  trace: DrawnTraffic,
  spanUs: number,
): Burstiness {
  return meanBurstiness(
    runSeeds(trace).map((seed) =>
      burstinessOf(draw(entry, trace, { seed, spanUs }).timesUs, spanUs),
    ),
  );
}

/** More of what there was too little of. */
function corrected(wanted: Burstiness, found: Burstiness, all: Burstiness): Burstiness {
  return {
    rateRps: wanted.rateRps,
    gapCv: wanted.gapCv * ratio(all.gapCv, found.gapCv),
    dispersion: wanted.dispersion.map(({ binS, value }, index) => {
      const by = ratio(all.dispersion[index]!.value, found.dispersion[index]!.value);
      return { binS, value: value * by };
    }),
  };
}

/** Of figures that may be zero, as those of a steady process are. */
function ratio(wanted: number, found: number): number {
  const least = 1e-3;
  return Math.max(wanted, least) / Math.max(found, least);
}

function compared(
  trace: DrawnTraffic,
  entry: Readonly<Record<string, unknown>>,
  { spanUs, timed }: { spanUs: number; timed: boolean },
): FittedFigure[] {
  const runs = runSeeds(trace).map((seed) => draw(entry, trace, { seed: 1_000 + seed, spanUs }));
  const fitted = [
    ...(timed ? meanFigures(runs.map((run) => arrivalFigures(run, spanUs))) : []),
    // Of all runs together: where lengths are rare, the quantile of a single run wanders.
    ...contentFigures({
      promptTokens: runs.flatMap(({ promptTokens }) => promptTokens),
      outputTokens: runs.flatMap(({ outputTokens }) => outputTokens),
      hitTokens: total(runs.map(({ hitTokens }) => hitTokens)),
    }),
  ];
  const wanted = [...(timed ? arrivalFigures(trace, spanUs) : []), ...contentFigures(trace)];
  return wanted.map(({ name, value }, index) => {
    return { name, trace: value, fitted: fitted[index]!.value };
  });
}

interface Figure {
  readonly name: string;
  readonly value: number;
}

function meanFigures(runs: readonly (readonly Figure[])[]): Figure[] {
  return runs[0]!.map(({ name }, index) => {
    return { name, value: total(runs.map((run) => run[index]!.value)) / runs.length };
  });
}

const drawnRequests = 800_000;

function runSeeds({ timesUs }: DrawnTraffic): number[] {
  const runs = Math.min(80, Math.max(2, Math.round(drawnRequests / timesUs.length)));
  return Array.from({ length: runs }, (_, run) => run + 1);
}

/**
 * Sessions go on for long, so what a run begins with has too few of their later requests; those are
 * counted that come after as long a time again, in a comparison as in the scenario that is written.
 * Under a curve the time itself matters.
 */
function settlingUs(entry: Readonly<Record<string, unknown>>, spanUs: number): number {
  const { rate } = entry['arrivals'] as { rate: unknown };
  const settles = entry['job'] !== undefined && typeof rate === 'number';
  return settles ? Math.min(spanUs, longestWarmupUs) : 0;
}

function draw(
  entry: Readonly<Record<string, unknown>>,
  { timesUs }: DrawnTraffic,
  { seed, spanUs }: { seed: number; spanUs: number },
): DrawnTraffic {
  const fromUs = settlingUs(entry, spanUs);
  const mostRequests = 5 * timesUs.length + 1_000;
  return drawTraffic(entry, { seed, fromUs, untilUs: fromUs + spanUs, mostRequests });
}

const probabilities = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

function arrivalFigures({ timesUs }: DrawnTraffic, spanUs: number): Figure[] {
  const rate = { name: 'requests/s', value: (timesUs.length * US_PER_S) / spanUs };
  return [rate, ...figuresOf(burstinessOf(timesUs, spanUs))];
}

function contentFigures({
  hitTokens,
  outputTokens,
  promptTokens,
}: Omit<DrawnTraffic, 'timesUs'>): Figure[] {
  return [
    ...lengthFigures('prompt tokens', promptTokens),
    ...lengthFigures('answer tokens', outputTokens),
    { name: 'hits of an endless cache, %', value: (100 * hitTokens) / total(promptTokens) },
  ];
}

function lengthFigures(what: string, tokens: readonly number[]) {
  const sorted = Float64Array.from(tokens).sort();
  return [
    { name: `${what}, mean`, value: total(tokens) / tokens.length },
    ...probabilities.map((q) => ({ name: `${what}, p${q * 100}`, value: quantile(sorted, q)! })),
  ];
}

function asTraffic(rows: readonly TraceRow[]): DrawnTraffic {
  const cache = new InfiniteCache();
  for (const row of rows) cache.add(row);
  const firstUs = rows[0]!.arrivalUs;
  return {
    timesUs: rows.map(({ arrivalUs }) => arrivalUs - firstUs),
    promptTokens: rows.map(({ promptTokens }) => promptTokens),
    outputTokens: rows.map(({ outputTokens }) => outputTokens),
    hitTokens: cache.result().hitTokens,
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
