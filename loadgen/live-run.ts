import type { GapHistogram } from '../core/gap-histogram.ts';
import type { MeasuredWindow } from '../core/measured-window.ts';
import type { RecordLog } from '../core/record-log.ts';
import type { FailureCount } from './live-log.ts';

/** How far requests were sent behind their schedule. */
export interface Lag {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** How many were sent too late, of how many. */
  readonly late: number;
  readonly requests: number;
}

/** Everything a live run leaves behind; times are microseconds from its start. */
export interface LiveRun {
  readonly log: RecordLog;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly replicas: readonly { readonly name: string }[];
  readonly refused: { readonly requests: number; readonly longestTokens: number };
  readonly lag: Lag;
  readonly failures: readonly FailureCount[];
  readonly lengths: {
    readonly answers: number;
    readonly otherPrompts: number;
    readonly otherAnswers: number;
    readonly withoutUsage: number;
  };
  readonly tokens: { readonly all: number; readonly together: number };
  readonly sent: number;
  /** Of one core, while it ran; all threads together. */
  readonly cpuShare: number;
  /** Of its time, the thread that had most to do. */
  readonly busyShare: number;
  readonly isInterrupted: boolean;
  /** Seconds of the scenario in one of the clock. */
  readonly timeScale: number;
  /** Seconds since 1970 at its start. */
  readonly startedAtS: number;
}

/** Beyond this the generator measures itself. */
export const mostLagUs = 5_000;
/** Above this it is near its own limit, and stamps come late. */
const mostBusyShare = 0.85;

/** One in a hundred may be late; and one alone, which is the p99 of any run of less than that. */
const mostLateShare = 0.01;

/** Why the figures of a run say nothing of the server; undefined where they do. */
export function invalidity({ lag }: Pick<LiveRun, 'lag'>): string | undefined {
  const { late, p99Us, requests } = lag;
  if (late < 2 || late <= mostLateShare * requests) return undefined;
  return `The load generator fell behind its schedule: ${late} of ${requests} requests were sent more than ${mostLagUs / 1_000} ms late, with a p99 of ${(p99Us / 1_000).toFixed(1)} ms, and one in a hundred may be. This run measures the generator, not the server. Lower the rate, or give it a core of its own.`;
}

/** What a reader has to know before believing the figures. */
export function runRemarks(run: LiveRun): string[] {
  const { answers, otherAnswers, otherPrompts, withoutUsage } = run.lengths;
  const share = (part: number, of: number) => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`;
  const remarks: string[] = [];
  for (const { example, name, requests } of run.failures) {
    remarks.push(`${requests} requests failed by ${name}: ${example}`);
  }
  if (run.busyShare > mostBusyShare) {
    remarks.push(
      `The load generator was busy ${(100 * run.busyShare).toFixed(0)} % of the time; its own work is in the latencies. Where there are cores left, write --workers 2 or more.`,
    );
  }
  if (withoutUsage > 0) {
    remarks.push(
      `${share(withoutUsage, answers)} of the answers came without usage: their tokens are counted by pieces, and prompts as the scenario has them.`,
    );
  }
  if (otherPrompts > 0) {
    remarks.push(
      `The server counted another length than was sent for ${share(otherPrompts, answers)} of the prompts.`,
    );
  }
  if (otherAnswers > 0) {
    remarks.push(
      `${share(otherAnswers, answers)} of the answers have another length than the scenario asks for, so this is not quite its traffic. Servers of vLLM keep it by ignore_eos.`,
    );
  }
  if (run.tokens.together > 0.01 * run.tokens.all) {
    remarks.push(
      `${share(run.tokens.together, run.tokens.all)} of the tokens came in one piece with others: gaps are those between pieces.`,
    );
  }
  return remarks;
}
