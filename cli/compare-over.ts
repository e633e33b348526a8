import { exitCode, FairleadError } from '../core/errors.ts';
import { climbLadder } from '../experiments/ladder/ladder.ts';
import type { LadderRange } from '../experiments/ladder/rungs.ts';
import type { Ladder } from '../reports/ladder.ts';
import { ladderMarkdown } from '../reports/ladder-table.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { ladderText } from './ladder-text.ts';
import { version } from './package.ts';
import { type AskedForm, printAsAsked } from './print-as-asked.ts';
import { runFolder, writeRun } from './run-folder.ts';
import { describeRun } from './run-meta.ts';
import { capacitiesIn, openRunStore, tellStopped } from './run-store.ts';
import { runWatched } from './run-watched.ts';
import { exactSeeds, type SeedOptions } from './seed-choice.ts';

export interface CompareOverOptions extends AskedForm, SeedOptions {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyChoice[];
  readonly over: LadderRange;
  readonly out?: string | undefined;
  readonly store?: string | boolean | undefined;
  readonly threads?: number | undefined;
}

/** Finds up to which load each strategy keeps the SLO. */
export async function compareOver(options: CompareOverOptions): Promise<void> {
  const startedAt = new Date();
  const { out, over: range, scenario, strategies, threads } = options;
  const store = openRunStore(options.store);
  const capacities = capacitiesIn(store);
  const seeds = exactSeeds(options);
  const asked = { scenario, strategies, seeds, range, version, capacities };
  const result = await runWatched({ store, threads, inRounds: true }, (watched) =>
    climbLadder({ ...asked, ...watched }),
  );
  if (result === undefined) {
    const follows = ', and the same command goes on from there';
    return tellStopped('Stopped before all knees of a seed were found.', store, follows);
  }
  const ladder: Ladder = { ...result, meta: { ...result.meta, run: describeRun(startedAt) } };
  const report = await writeRun(out ?? runFolder(ladder), ladder, store);
  process.exitCode = exitCodeOf(ladder);
  printAsAsked(ladder, options, {
    markdown: () => ladderMarkdown(ladder),
    text: () => ladderText(ladder, report),
  });
}

function exitCodeOf({ verdict }: Ladder): number {
  if (verdict.kind === 'none') return exitCode.no;
  return verdict.kind === 'outside' ? exitCode.inconclusive : exitCode.ok;
}

/** What says nothing about a knee, and so must not be silently left out. */
export function refuseBesideOver(given: Readonly<Record<Refused, unknown>>): void {
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new FairleadError('USAGE', whyRefused[name as Refused]);
}

type Refused = keyof typeof whyRefused;

const whyRefused = {
  '--by': '--by: beside --over the SLO of the scenario decides. Write its objectives there.',
  '--fleet':
    '--fleet: a load is a share of what one fleet can sustain. Write a scenario for each fleet, and call --over for each.',
  '--shard':
    '--shard: where --over looks next depends on the runs before. Leave out one of them; --threads takes all processors of a machine.',
} as const;
