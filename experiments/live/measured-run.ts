import { US_PER_MS } from '../../core/time.ts';
import { invalidity, mostLagUs, runRemarks } from '../../loadgen/live-run.ts';
import { countOf } from '../../reports/format.ts';
import type { LiveRunFacts } from '../../reports/live-facts.ts';
import { round } from '../../reports/round.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { sloClasses } from '../../scenarios/slo-classes.ts';
import type { Contestant } from './contestants.ts';
import { mostEmulatorLagMs } from './emulator-lag.ts';
import type { FinishedRun } from './live-runs.ts';

/** What is kept of a live run. */
export interface MeasuredRun {
  readonly contestant: Contestant;
  readonly seed: number;
  readonly summary: RunSummary;
  readonly facts: LiveRunFacts;
  readonly remarks: readonly string[];
}

/** With fewer requests a hundredth of them is not one. */
const fewestRequests = 100;

export function measuredRun(
  scenario: Scenario,
  finished: FinishedRun,
  decisions: LiveRunFacts['decisions'],
): MeasuredRun {
  const { contestant, emulatorLagP99Ms, run, seed, wayUs } = finished;
  const replicas = sharing(finished).map(({ name }) => ({ name, busyUs: 0 }));
  const summary = summariseRun({ ...run, replicas }, scenario.slo, sloClasses(scenario));
  return {
    contestant,
    seed,
    summary,
    facts: {
      strategy: contestant.name,
      seed,
      timeScale: run.timeScale,
      generatorLagP99Ms: round(run.lag.p99Us / US_PER_MS),
      emulatorLagP99Ms: emulatorLagP99Ms === null ? null : round(emulatorLagP99Ms),
      wayMs: wayUs === null ? null : round(wayUs / US_PER_MS),
      generatorCpuShare: round(run.cpuShare),
      ...(decisions === undefined ? {} : { decisions }),
      ...(summary.latencyMs === undefined ? {} : { latencyMs: summary.latencyMs }),
      replicaTpotP50Ms: Object.fromEntries(
        summary.replicas.map(({ replica, tpotP50Ms = null }) => [replica, tpotP50Ms]),
      ),
      invalid: reasonsAgainst(finished, summary),
    },
    remarks: runRemarks(run),
  };
}

/** One that was sent nothing counts as well, unless answers bear other names than ours. */
function sharing({ replicas, run }: FinishedRun): readonly { readonly name: string }[] {
  const known = new Set(replicas.map(({ name }) => name));
  return run.replicas.every(({ name }) => known.has(name)) ? replicas : run.replicas;
}

function reasonsAgainst(
  { emulatorLagP99Ms, run, silentReplicas }: FinishedRun,
  summary: RunSummary,
): string[] {
  const { counted } = summary.outcomes;
  const lagMs = run.lag.p99Us / US_PER_MS;
  const late = 'a hundredth of the';
  const reasons: string[] = [];
  if (invalidity(run) !== undefined) {
    reasons.push(`${late} requests were sent more than ${lagMs.toFixed(1)} ms late`);
  }
  if ((emulatorLagP99Ms ?? 0) > mostEmulatorLagMs) {
    reasons.push(`${late} tokens came more than ${emulatorLagP99Ms!.toFixed(1)} ms late`);
  }
  if (silentReplicas > 0) {
    reasons.push(`${countOf(silentReplicas, 'emulated replica')} did not say how late tokens came`);
  }
  if (counted < fewestRequests) {
    reasons.push(`only ${counted} requests count, and ${fewestRequests} are the fewest`);
  }
  return reasons;
}

/** Of runs that say nothing; what to do about it is said once. */
export function invalidWarnings(runs: readonly MeasuredRun[]): string[] {
  const warnings = runs.flatMap(({ facts: { invalid, seed, strategy } }) =>
    invalid.length === 0 ? [] : [`INVALID: ${strategy}, seed ${seed}: ${invalid.join('; ')}.`],
  );
  if (warnings.length === 0) return [];
  const limit = `${mostLagUs / US_PER_MS} ms`;
  return [
    ...warnings,
    `A run in which load generator or emulated replicas are late by more than ${limit} measures this machine. Give it cores that nobody else uses, a lower rate or fewer replicas; for more requests, a longer --duration.`,
  ];
}
