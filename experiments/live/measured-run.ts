import { US_PER_MS } from '../../core/time.ts';
import { invalidity, runRemarks } from '../../loadgen/live-run.ts';
import { round } from '../../reports/round.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import type { LiveRunFacts, RunSummary } from '../../reports/summary.ts';
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
  const { contestant, emulatorLagP99Ms, run, seed } = finished;
  const replicas = run.replicas.map(({ name }) => ({ name, busyUs: 0 }));
  const summary = summariseRun({ ...run, replicas }, scenario.slo, sloClasses(scenario));
  return {
    contestant,
    seed,
    summary,
    facts: {
      strategy: contestant.name,
      seed,
      generatorLagP99Ms: round(run.lag.p99Us / US_PER_MS),
      emulatorLagP99Ms: emulatorLagP99Ms === null ? null : round(emulatorLagP99Ms),
      generatorCpuShare: round(run.cpuShare),
      ...(decisions === undefined ? {} : { decisions }),
      invalid: reasonsAgainst(finished, summary),
    },
    remarks: runRemarks(run),
  };
}

function reasonsAgainst({ emulatorLagP99Ms, run }: FinishedRun, summary: RunSummary): string[] {
  const { counted } = summary.outcomes;
  const reasons: string[] = [];
  const lagged = invalidity(run);
  if (lagged !== undefined) reasons.push(lagged);
  if ((emulatorLagP99Ms ?? 0) > mostEmulatorLagMs) {
    reasons.push(
      `The emulated replicas were late: a hundredth of the tokens by more than ${emulatorLagP99Ms!.toFixed(1)} ms, and ${mostEmulatorLagMs} ms is the limit. This run measures the machine. Give it more cores, a lower rate or fewer replicas.`,
    );
  }
  if (counted < fewestRequests) {
    reasons.push(
      `Only ${counted} requests count, of which a hundredth is not one; ${fewestRequests} are the fewest. Take a longer --duration.`,
    );
  }
  return reasons;
}
