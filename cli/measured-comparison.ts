import { US_PER_MS, US_PER_S } from '../core/time.ts';
import { assembleComparison } from '../experiments/compare.ts';
import type { Played } from '../experiments/live/play-against.ts';
import { trafficChanges } from '../experiments/steady-warnings.ts';
import { invalidity, runRemarks } from '../loadgen/live-run.ts';
import { countOf } from '../reports/format.ts';
import { round } from '../reports/round.ts';
import { unsteadyText } from '../reports/steady-state-text.ts';
import { summariseRun } from '../reports/summarise-run.ts';
import type { Comparison, RunSummary } from '../reports/summary.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { sloClasses } from '../scenarios/slo-classes.ts';
import { version } from './package.ts';
import { describeRun } from './run-meta.ts';

export interface MeasuredOptions {
  readonly scenario: Scenario;
  readonly played: Played;
  readonly seed: number;
  /** Not more were to be sent. */
  readonly mostRequests: number | undefined;
  readonly startedAt: Date;
}

/** A live run in the form of a comparison of one: the same reports are made from it. */
export function measuredComparison(options: MeasuredOptions): Comparison {
  const { mostRequests, played, scenario, seed, startedAt } = options;
  const { run, url } = played;
  const replicas = run.replicas.map(({ name }) => ({ name, busyUs: 0 }));
  const known = summariseRun({ ...run, replicas }, scenario.slo, sloClasses(scenario));
  // Answers name the replicas that gave one; nobody knows those that got nothing.
  const summary = { ...known, metrics: { ...known.metrics, imbalanceRatio: null } };
  const strategy = { name: new URL(url).host, options: { url, model: played.model } };
  const result = assembleComparison({
    scenario,
    all: [{ strategy, runs: [summary] }],
    seeds: [seed],
    by: 'ttftP99Ms',
    version,
    measured: { startedAt: startedAt.toISOString() },
  });
  const windowUs = run.window.untilUs - run.window.fromUs;
  const interrupted = `Interrupted: only ${countOf(summary.outcomes.counted, 'request')} of ${(windowUs / US_PER_S).toFixed(1)} s count.`;
  const invalid = invalidity(run);
  return {
    ...result,
    warnings: [
      ...(invalid === undefined ? [] : [`INVALID: ${invalid}`]),
      ...(run.isInterrupted ? [interrupted] : []),
      ...result.warnings,
      ...steadiness(summary, scenario, run.timeScale),
      ...runRemarks(run),
    ],
    live: {
      ...{ url, model: played.model, isValid: invalid === undefined },
      ...{ isInterrupted: run.isInterrupted, sent: run.sent, cpuShare: round(run.cpuShare) },
      ...{ timeScale: run.timeScale, ...(mostRequests === undefined ? {} : { mostRequests }) },
      ...{ lagP50Ms: run.lag.p50Us / US_PER_MS, lagP99Ms: run.lag.p99Us / US_PER_MS },
      ...{ lagMaxMs: run.lag.maxUs / US_PER_MS, failures: [...run.failures] },
      ...(summary.latencyMs === undefined ? {} : { latencyMs: summary.latencyMs }),
    },
    meta: { ...result.meta, run: describeRun(startedAt) },
  };
}

/** The option is time of the scenario, and what was measured is time of the clock. */
function steadiness(summary: RunSummary, scenario: Scenario, timeScale: number): string[] {
  const { saturated, unsteady } = summary;
  if (unsteady === undefined || saturated || trafficChanges(scenario)) return [];
  const scaled =
    unsteady.kind === 'warming' ? { ...unsteady, untilUs: unsteady.untilUs * timeScale } : unsteady;
  return [`Not steady: ${unsteadyText(scaled, (warmup) => `--warmup ${warmup}`)}`];
}
