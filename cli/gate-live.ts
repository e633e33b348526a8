import { FairleadError } from '../core/errors.ts';
import type { Gated } from '../experiments/gate/gated-metrics.ts';
import { liveGate } from '../experiments/gate/live-gate.ts';
import { runId } from '../experiments/run-id.ts';
import { version } from './package.ts';
import { type GateForm, publishGate } from './publish-gate.ts';
import { readRun } from './run-folder.ts';

export interface LiveGateOptions extends GateForm {
  readonly baseRun: readonly string[];
  readonly headRun: readonly string[];
  readonly noiseRun: readonly string[];
  readonly gated: readonly Gated[];
  readonly strategy?: string | undefined;
}

/** Holds what "fairlead bench" and "fairlead load" have measured against what they had before. */
export async function gateLive(options: LiveGateOptions): Promise<void> {
  const startedAt = new Date();
  const { baseRun, gated, headRun, noiseRun, strategy } = options;
  const missing = Object.entries({ '--base-run': baseRun, '--head-run': headRun }).find(
    ([, given]) => given.length === 0,
  );
  if (missing !== undefined) {
    throw new FairleadError('USAGE', `${missing[0]} is missing: a folder of live runs.`);
  }
  if (noiseRun.length === 0) {
    const message =
      '--noise-run is missing: measure the base once more, and give that folder. Without it nobody knows which differences are nothing but noise.';
    throw new FairleadError('USAGE', message);
  }
  const [base, head, noise] = [baseRun, headRun, noiseRun].map((side) =>
    side.map((folder) => ({ folder, comparison: readRun(folder) })),
  ) as [Read, Read, Read];
  const outcome = liveGate({ base, head, noise, gated, strategy });
  const ids = [base, head, noise].map((side) =>
    side.map(({ comparison }) => comparison.meta.runId),
  );
  await publishGate(outcome, options, {
    ...{ startedAt, version, simulated: false },
    runId: runId({ ids, gated, strategy, version }),
    baseline: [...baseRun],
  });
}

type Read = { readonly folder: string; readonly comparison: ReturnType<typeof readRun> }[];
