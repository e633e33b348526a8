import type { GapHistogram } from '../core/gap-histogram.ts';
import { inWindow, type MeasuredWindow } from '../core/measured-window.ts';
import { quantile, sortedSample } from '../core/quantiles.ts';
import type { RecordLog } from '../core/record-log.ts';
import { noOutcomes, type Outcome } from '../core/request-record.ts';
import { type SloClass, sloClassText, type Threshold } from '../core/slo.ts';
import { US_PER_MS, US_PER_S } from '../core/time.ts';
import { jobTimesUs } from './job-times.ts';
import { judgeThresholds } from './judge-thresholds.ts';
import { replicaTpotsMs } from './replica-tpot.ts';
import { round, roundOrNull } from './round.ts';
import { isSaturated } from './saturation.ts';
import { type SloGroup, sloGroups } from './slo-groups.ts';
import { unsteadinessOf } from './steady-state.ts';
import type { LatencyMs, OutcomeCounts, ReplicaShare, RunSummary, TenantShare } from './summary.ts';
import { tailPoints } from './tail.ts';

/** What a run, simulated or live, hands over to be summarised. */
export interface RunResult {
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly replicas: readonly ReplicaTimes[];
  /** Requests longer than the context of the model; none when left out. */
  readonly refused?: RunSummary['refused'];
  readonly outsideRangeShare?: number;
  /** What monitors of the distribution had to tell. */
  readonly alerts?: readonly Alert[];
}

type Alert = NonNullable<RunSummary['alerts']>[number];

interface ReplicaTimes {
  readonly name: string;
  readonly busyUs: number;
  /** How long its machine was on within the window; all of it when left out. */
  readonly onUs?: number;
}

export function summariseRun(
  result: RunResult,
  slo: readonly Threshold[],
  classes: readonly SloClass[] = [],
): RunSummary {
  const { log, gaps, window } = result;
  const windowS = (window.untilUs - window.fromUs) / US_PER_S;
  const outcomes = countOutcomes(log, window);
  const groups = sloGroups(log, window, { classes, slo });
  const { e2e, stall, tpot, ttft } = sortedLatencies(groups);
  const good = groups.reduce((sum, group) => sum + group.good, 0);
  const judged = groups.reduce((sum, group) => sum + group.judged, 0);
  const jobs = jobTimesUs(log, window);
  const replicas = replicaShares(result);
  const unsteady = unsteadinessOf(log, window);
  return {
    metrics: {
      ttftP50Ms: ms(quantile(ttft, 0.5)),
      ttftP99Ms: ms(quantile(ttft, 0.99)),
      tpotP99Ms: ms(quantile(tpot, 0.99)),
      itlP99Ms: ms(gaps.quantileUs(0.99)),
      stallP99Ms: ms(quantile(stall, 0.99)),
      e2eP99Ms: ms(quantile(e2e, 0.99)),
      jobP50Ms: ms(quantile(jobs, 0.5)),
      jobP99Ms: ms(quantile(jobs, 0.99)),
      attainmentShare: attainmentOf({ good, judged }),
      goodputRps: round(good / windowS),
      outputTokensPerS: round(tokensEnded(log, window) / windowS),
      imbalanceRatio: roundOrNull(imbalance(replicas)),
      preemptionsPerRequest: roundOrNull(preemptions(log, window) / outcomes.counted),
    },
    latencyMs: latencyQuantiles({ ttft, tpot, e2e }),
    thresholds: groups.flatMap(judgeGroup),
    ...(classes.length > 0 ? { tenants: groups.flatMap(tenantShare) } : {}),
    outcomes,
    refused: result.refused ?? { requests: 0, longestTokens: 0 },
    outsideRangeShare: round(result.outsideRangeShare ?? 0),
    saturated: isSaturated(log, window),
    ...(unsteady === undefined ? {} : { unsteady }),
    ttftTail: tailPoints(ttft),
    replicas,
    ...(result.alerts?.length ? { alerts: [...result.alerts] } : {}),
  };
}

function sortedLatencies(groups: readonly SloGroup[]) {
  const sorted = (name: 'ttft' | 'tpot' | 'e2e' | 'stall') => {
    const all = new Float64Array(groups.reduce((sum, { requests }) => sum + requests, 0));
    let at = 0;
    for (const { requests, times } of groups) {
      all.set(times[name], at);
      at += requests;
    }
    return sortedSample(all);
  };
  return { ttft: sorted('ttft'), tpot: sorted('tpot'), e2e: sorted('e2e'), stall: sorted('stall') };
}

function latencyQuantiles(sorted: Readonly<Record<'ttft' | 'tpot' | 'e2e', Float64Array>>) {
  const entries = (['ttft', 'tpot', 'e2e'] as const).flatMap((name) =>
    [50, 90, 99].map((percent) => [
      `${name}P${percent}Ms`,
      ms(quantile(sorted[name], percent / 100)),
    ]),
  );
  return Object.fromEntries(entries) as LatencyMs;
}

function ms(us: number | undefined): number | null {
  return roundOrNull(us === undefined ? us : us / US_PER_MS);
}

function judgeGroup(group: SloGroup): RunSummary['thresholds'] {
  const { good, judged, of, slo } = group;
  if (slo.length === 0) return [];
  const attainment = judged > 0 ? good / judged : undefined;
  const results = judgeThresholds(slo, sortedLatencies([group]), attainment);
  if (of === undefined) return results;
  return results.map((result) => ({ ...result, text: sloClassText(of, result) }));
}

function tenantShare(group: SloGroup): TenantShare[] {
  const { of, requests } = group;
  if (of === undefined) return [];
  return [{ tenant: of.tenant, requests, attainmentShare: attainmentOf(group) }];
}

function attainmentOf({ good, judged }: Pick<SloGroup, 'good' | 'judged'>): number | null {
  return roundOrNull(judged > 0 ? good / judged : undefined);
}

function countOutcomes(log: RecordLog, window: MeasuredWindow): OutcomeCounts {
  const counts: OutcomeCounts = { counted: 0, ...noOutcomes() };
  forEachCounted(log, window, (row) => {
    counts.counted += 1;
    counts[log.text('outcome', row) as Outcome] += 1;
  });
  return counts;
}

function tokensEnded(log: RecordLog, window: MeasuredWindow): number {
  const ends = log.numbers('endUs');
  const tokens = log.numbers('outputTokens');
  let sum = 0;
  for (let row = 0; row < log.length; row++) {
    if (inWindow(window, ends[row]!) && log.text('outcome', row) === 'ok') sum += tokens[row]!;
  }
  return sum;
}

function replicaShares({ log, window, replicas }: RunResult): ReplicaShare[] {
  const shares = new Map<string, ReplicaShare>();
  const wholeUs = window.untilUs - window.fromUs;
  const changed = replicas.some(({ onUs = wholeUs }) => onUs !== wholeUs);
  for (const { name, busyUs, onUs = wholeUs } of replicas) {
    const busy = round(busyUs / US_PER_S);
    const on = changed ? { on: round(onUs / US_PER_S) } : {};
    shares.set(name, { replica: name, requests: 0, tokens: 0, busy, ...on });
  }
  const input = log.numbers('inputTokens');
  const output = log.numbers('outputTokens');
  forEachCounted(log, window, (row) => {
    const share = shares.get(log.text('replica', row));
    if (share === undefined) return;
    share.requests += 1;
    share.tokens += input[row]! + output[row]!;
  });
  const tpots = replicaTpotsMs(log, window);
  return [...shares.values()].map((share) => ({
    ...share,
    tpotP50Ms: tpots.get(share.replica) ?? null,
  }));
}

function imbalance(replicas: readonly ReplicaShare[]): number | undefined {
  const tokens = replicas.map((replica) => replica.tokens);
  const sum = tokens.reduce((total, value) => total + value, 0);
  return sum > 0 ? (Math.max(...tokens) * tokens.length) / sum : undefined;
}

function preemptions(log: RecordLog, window: MeasuredWindow): number {
  const column = log.numbers('preemptions');
  let sum = 0;
  forEachCounted(log, window, (row) => {
    sum += column[row]!;
  });
  return sum;
}

function forEachCounted(
  log: RecordLog,
  window: MeasuredWindow,
  visit: (row: number) => void,
): void {
  const arrivals = log.numbers('intendedUs');
  for (let row = 0; row < log.length; row++) if (inWindow(window, arrivals[row]!)) visit(row);
}
