import type { PlanCause, PlanVerdict } from '../../reports/plan.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { StrategyChoice } from '../../scenarios/scenario.ts';
import { type Executor, runAll } from '../executor.ts';
import { looksOf } from '../statistics/looks.ts';
import { checksOf, type Objective, objectivesOf, seemsKept, tightest } from './checks.ts';
import { type Fleet, fleetGroups, fleetKey } from './fleet.ts';
import { type Losses, leastLeft } from './losses.ts';
import { hardestOf, type Situation, scenarioFor } from './situations.ts';

/** Somebody has pressed Ctrl-C; what was found until then stands. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** A fleet of which nothing is left after one of its losses is none. */
export interface JudgeOptions extends Losses {
  /** Hardest first. */
  readonly situations: readonly Situation[];
  readonly strategy: StrategyChoice;
  readonly seeds: readonly number[];
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onRuns?: ((runs: number) => void) | undefined;
}

/** Enough seeds to see what fails clearly, and work for two threads. */
const firstLook = 2;
/** A day holds many busy hours, and takes as long as many windows. */
const seedsOfDay = 3;

/**
 * Says of fleets whether they keep the SLO: in every situation, every limit lies above the upper
 * confidence bound of the mean over the seeds, and fewer than half of the runs fall behind. It
 * looks after 2, 4, 8, … seeds and stops early only to fail, when a mean misses its limit; who
 * passes has run all seeds. So the looks between leave the confidence of a pass as it is.
 */
export class FleetJudge {
  readonly #options: JudgeOptions;
  readonly #objectives: readonly Objective[];
  readonly #runs = new Map<string, RunSummary>();
  readonly #verdicts = new Map<string, { fleet: Fleet; verdict: PlanVerdict }>();

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#objectives = objectivesOf(options.situations[0]!.scenario);
  }

  /** All that were judged, and not only looked at. */
  get judged(): readonly { readonly fleet: Fleet; readonly verdict: PlanVerdict }[] {
    return [...this.#verdicts.values()];
  }

  get runs(): number {
    return this.#runs.size;
  }

  async judge(fleet: Fleet): Promise<PlanVerdict> {
    const key = fleetKey(fleet);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known.verdict;
    const verdict = await this.#judge(fleet);
    this.#verdicts.set(key, { fleet, verdict });
    return verdict;
  }

  /** Whether the first few seeds of the hardest situations leave it a chance. */
  async isPromising(fleet: Fleet): Promise<boolean> {
    const known = this.#verdicts.get(fleetKey(fleet));
    if (known !== undefined) return known.verdict.kind !== 'fails';
    if (leastLeft(fleet, this.#options) === 0) return false;
    for (const situation of this.#situationsOf(fleet, hardestOf(this.#options.situations))) {
      const looked = await this.#look(fleet, situation, this.#sizes(situation)[0]!);
      if (looked.cause !== null) return false;
    }
    return true;
  }

  /** The runs of a fleet in a situation, for figures beside its objectives. */
  runsOf(fleet: Fleet, situation: Situation): RunSummary[] {
    const { seeds } = this.#options;
    return seeds.flatMap((seed) => this.#runs.get(runKey(fleet, situation, seed)) ?? []);
  }

  #situationsOf(fleet: Fleet, situations = this.#options.situations): readonly Situation[] {
    return situations.filter(({ concerns }) => concerns?.(fleet) ?? true);
  }

  async #judge(fleet: Fleet): Promise<PlanVerdict> {
    if (leastLeft(fleet, this.#options) === 0) {
      return { kind: 'fails', seeds: 0, checks: [], cause: { kind: 'nobody-left' } };
    }
    const all: Looked[] = [];
    for (const situation of this.#situationsOf(fleet)) {
      const looked = await this.#through(fleet, situation);
      all.push(looked);
      if (looked.cause !== null) break;
    }
    const checks = all.flatMap((looked) => looked.checks);
    const seeds = Math.max(...all.map((looked) => looked.seeds));
    const cause = all.at(-1)!.cause;
    if (cause !== null) return { kind: 'fails', seeds, checks, cause };
    const open = checks.filter((check) => !check.holds);
    if (open.length === 0) return { kind: 'keeps', seeds, checks, cause: null };
    const check = tightest(open);
    return { kind: 'undecided', seeds, checks, cause: { kind: 'objective', check } };
  }

  async #through(fleet: Fleet, situation: Situation): Promise<Looked> {
    let looked: Looked | undefined;
    for (const size of this.#sizes(situation)) {
      looked = await this.#look(fleet, situation, size);
      if (looked.cause !== null) break;
    }
    return looked!;
  }

  #sizes({ kind }: Situation): readonly number[] {
    const { length } = this.#options.seeds;
    const isDay = kind === 'day' || kind === 'autoscaled';
    const most = isDay ? Math.min(seedsOfDay, length) : length;
    return looksOf(Math.min(firstLook, most), most).sizes;
  }

  async #look(fleet: Fleet, situation: Situation, size: number): Promise<Looked> {
    const runs = await this.#runSeeds(fleet, situation, this.#options.seeds.slice(0, size));
    const checks = checksOf(situation.kind, this.#objectives, runs);
    return { seeds: size, checks, cause: causeOf(situation, checks, runs) };
  }

  async #runSeeds(fleet: Fleet, situation: Situation, seeds: readonly number[]) {
    const { executor, onRuns, signal, strategy } = this.#options;
    const missing = seeds.filter((seed) => !this.#runs.has(runKey(fleet, situation, seed)));
    const scenario = scenarioFor(situation, fleet);
    const tasks = missing.map((seed) => ({ scenario, strategy, seed }));
    const summaries = await runAll(tasks, executor, { signal });
    for (const [index, summary] of summaries.entries()) {
      if (summary === undefined) throw new Stopped();
      this.#runs.set(runKey(fleet, situation, missing[index]!), summary);
    }
    onRuns?.(missing.length);
    return seeds.map((seed) => this.#runs.get(runKey(fleet, situation, seed))!);
  }
}

interface Looked {
  readonly seeds: number;
  readonly checks: PlanVerdict['checks'];
  /** Why it fails; null while it may still pass. */
  readonly cause: PlanCause | null;
}

/** One that was may have met a rate that rose by chance; then its latencies say how bad it was. */
const fewestSaturated = 2;

function causeOf(
  { kind }: Situation,
  checks: PlanVerdict['checks'],
  runs: readonly RunSummary[],
): PlanCause | null {
  const saturated = runs.filter((run) => run.saturated).length;
  if (saturated >= Math.max(fewestSaturated, runs.length / 2)) {
    return { kind: 'saturated', situation: kind };
  }
  const missed = checks.filter((check) => !seemsKept(check));
  return missed.length === 0 ? null : { kind: 'objective', check: tightest(missed) };
}

/** By what is simulated, which may be the same for fleets with more and with less on spot. */
function runKey(fleet: Fleet, { events, kind }: Situation, seed: number): string {
  const groups = fleetGroups(fleet).map(({ name, replicas }) => `${replicas} ${name}`);
  return JSON.stringify([groups, kind, events(fleet), seed]);
}
