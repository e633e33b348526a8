import { RecordLog } from '../../core/record-log.ts';
import type { FailureCount } from '../live-log.ts';
import type { Lag, LiveRun } from '../live-run.ts';
import { mergedGaps, mergeRecords, type PackedRun } from './packed-run.ts';

/** One run out of those of several threads, which played it together. */
export function mergeRuns(runs: readonly PackedRun[], cpuShare: number): LiveRun {
  const [first] = runs as [PackedRun, ...PackedRun[]];
  const log = new RecordLog();
  mergeRecords(runs, log);
  const sum = (of: (run: PackedRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const most = (of: (run: PackedRun) => number) => Math.max(...runs.map(of));
  const names = new Set(runs.flatMap(({ replicas }) => replicas.map(({ name }) => name)));
  return {
    ...{ log, gaps: mergedGaps(runs), lag: worstLag(runs.map(({ lag }) => lag)) },
    window: { fromUs: first.window.fromUs, untilUs: most(({ window }) => window.untilUs) },
    replicas: [...names].sort().map((name) => ({ name })),
    refused: {
      requests: sum(({ refused }) => refused.requests),
      longestTokens: most(({ refused }) => refused.longestTokens),
    },
    failures: mergedFailures(runs),
    lengths: {
      answers: sum(({ lengths }) => lengths.answers),
      otherPrompts: sum(({ lengths }) => lengths.otherPrompts),
      otherAnswers: sum(({ lengths }) => lengths.otherAnswers),
      withoutUsage: sum(({ lengths }) => lengths.withoutUsage),
    },
    tokens: {
      all: sum(({ tokens }) => tokens.all),
      together: sum(({ tokens }) => tokens.together),
    },
    sent: sum(({ sent }) => sent),
    cpuShare,
    busyShare: most(({ busyShare }) => busyShare),
    isInterrupted: runs.some(({ isInterrupted }) => isInterrupted),
    timeScale: first.timeScale,
    startedAtS: Math.min(...runs.map(({ startedAtS }) => startedAtS)),
  };
}

/** A thread that lags spoils its share of the requests, however well the others do. */
function worstLag(lags: readonly Lag[]): Lag {
  const lateShare = ({ late, requests }: Lag) => late / Math.max(1, requests);
  return lags.reduce((worst, lag) => {
    const more = lateShare(lag) - lateShare(worst) || lag.p99Us - worst.p99Us;
    return more > 0 ? lag : worst;
  });
}

function mergedFailures(runs: readonly PackedRun[]): FailureCount[] {
  const byName = new Map<string, FailureCount>();
  for (const { example, name, requests } of runs.flatMap(({ failures }) => failures)) {
    const count = byName.get(name) ?? { name, requests: 0, example };
    count.requests += requests;
    byName.set(name, count);
  }
  return [...byName.values()].sort((a, b) => b.requests - a.requests);
}
