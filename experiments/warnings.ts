import { US_PER_S } from '../core/time.ts';
import { countOf } from '../reports/format.ts';
import type { RunSummary } from '../reports/summary.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { fleetFacts } from '../sim/fleet-facts.ts';
import type { StrategyRuns } from './summarise-strategy.ts';

/** What a reader of a comparison has to know before believing its numbers. */
export function warningsFor(all: readonly StrategyRuns[], scenario: Scenario): string[] {
  const warnings: string[] = [];
  for (const { strategy, runs } of all) {
    const saturated = runs.filter((run) => run.saturated).length;
    if (saturated > 0) {
      warnings.push(
        `${strategy.name} fell behind the traffic in ${saturated} of ${runs.length} seeds; its latencies there only measure how long the run was.`,
      );
    }
    const truncated = runs.reduce((sum, run) => sum + run.outcomes.truncated, 0);
    if (truncated > 0) {
      warnings.push(
        `${strategy.name}: ${truncated} requests still ran at the hard end of the run and count as bad.`,
      );
    }
  }
  warnings.push(
    ...unansweredWarnings(all),
    ...monitorWarnings(all),
    ...refusalWarnings(all, scenario),
  );
  warnings.push(...rangeWarnings(all));
  const fewest = Math.min(...all.flatMap(({ runs }) => runs.map((run) => run.outcomes.counted)));
  if (fewest < 1_000) {
    warnings.push(
      `A run has only ${fewest} requests, so p99 rests on fewer than ten of them; take a longer duration.`,
    );
  }
  return warnings;
}

/** Fewer than this do not change what a percentile says. */
const fewUnanswered = 0.01;

/** Whoever turns away or loses the most has the best latencies of what is left. */
function unansweredWarnings(all: readonly StrategyRuns[]): string[] {
  const shares = all.flatMap(({ runs, strategy }) => {
    const sum = (of: (run: RunSummary) => number) =>
      runs.reduce((total, run) => total + of(run), 0);
    const lost = sum(({ outcomes: { failed, rejected, timeout }, refused }) => {
      return failed + rejected + timeout - refused.requests;
    });
    const share = lost / sum(({ outcomes }) => outcomes.counted);
    return share > fewUnanswered ? [`${strategy.name} ${(100 * share).toFixed(1)} %`] : [];
  });
  if (shares.length === 0) return [];
  return [
    `Requests were rejected, failed or timed out: ${shares.join(', ')}. Latencies are those of the others; compare goodput.`,
  ];
}

/** What `gateway.monitor` of the scenario was asked to tell. */
function monitorWarnings(all: readonly StrategyRuns[]): string[] {
  return all.flatMap(({ runs, strategy }) => {
    const alerted = runs.filter(({ alerts = [] }) => alerts.length > 0);
    const first = alerted[0]?.alerts?.[0];
    if (first === undefined) return [];
    const { atUs, replica, share } = first;
    const seeds = `in ${alerted.length} of ${countOf(runs.length, 'seed')}`;
    return [
      `${strategy.name} gave one replica nearly everything while others were healthy, ${seeds}; the first time ${replica}, ${Math.round(share * 100)} % at ${Math.round(atUs / US_PER_S)}s of the run.`,
    ];
  });
}

/** All strategies get the same requests; which of them fit depends on where they were sent. */
function refusalWarnings(all: readonly StrategyRuns[], scenario: Scenario): string[] {
  let most = 0;
  let counted = 0;
  let longest = 0;
  for (const { runs } of all) {
    const refused = runs.reduce((sum, run) => sum + run.refused.requests, 0);
    if (refused <= most) continue;
    most = refused;
    counted = runs.reduce((sum, run) => sum + run.outcomes.counted, 0);
    longest = Math.max(...runs.map((run) => run.refused.longestTokens));
  }
  if (most === 0) return [];
  const limits = fleetFacts(scenario).map(({ maxModelLen }) => maxModelLen);
  const tooShort = [...new Set(limits)].filter((limit) => limit < longest).sort((a, b) => a - b);
  const requests = `${most} of ${countOf(counted, 'request')}`;
  return [
    `${requests}, of up to ${longest} tokens with max_tokens, do not fit maxModelLen ${tooShort.join(' or ')}; vLLM answers 400, and they count as failed.`,
  ];
}

/** One in a thousand is too few to be seen in a percentile. */
const fewOutside = 0.001;

function rangeWarnings(all: readonly StrategyRuns[]): string[] {
  const most = Math.max(...all.flatMap(({ runs }) => runs.map((run) => run.outsideRangeShare)));
  if (most <= fewOutside) return [];
  return [
    `Up to ${(most * 100).toFixed(1)} % of the steps hold more than was ever measured on such a GPU and model; their times continue straight from what was.`,
  ];
}
