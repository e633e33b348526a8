import type { Ladder } from '../../reports/ladder.ts';
import type { RunSummary } from '../../reports/summary.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { withoutRepeats } from '../compare.ts';
import { type Executor, runAll } from '../executor.ts';
import type { KnownCapacities } from '../load/resolve-load.ts';
import type { RunTask } from '../run-task.ts';
import { threadExecutor } from '../thread-executor.ts';
import { keepsSlo, missingPlaces } from './knee.ts';
import { type LadderRange, type Rungs, rungsOf } from './rungs.ts';
import { type ScalableScenario, scalableScenario } from './scaled-scenario.ts';
import { summariseLadder } from './summarise-ladder.ts';

export interface LadderOptions {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyChoice[];
  readonly seeds: readonly number[];
  readonly range: LadderRange;
  readonly version: string;
  /** Threads of this process when left out. */
  readonly executor?: Executor;
  readonly capacities?: KnownCapacities | undefined;
  readonly signal?: AbortSignal;
}

/** Everything but how and when it was run, which the caller knows. */
export type LadderResult = Omit<Ladder, 'meta'> & { readonly meta: Omit<Ladder['meta'], 'run'> };

/** One strategy under one seed, with its runs by the index of their place. */
export interface Climber {
  readonly strategy: StrategyChoice;
  readonly seed: number;
  readonly runs: Map<number, RunSummary>;
}

/**
 * Finds for every strategy, seed by seed, the highest load that keeps the SLO. All are run at a few
 * places under the same seeds, and then each halves what is left between the last place that kept
 * it and the first that did not; all of a round at once. When it is aborted, the seeds of which all
 * strategies have arrived make the result, and none gives undefined.
 */
export async function climbLadder(options: LadderOptions): Promise<LadderResult | undefined> {
  const { capacities, executor = threadExecutor(), range, seeds, signal } = options;
  const rungs = rungsOf(range);
  const scalable = scalableScenario(options.scenario, range.axis, capacities);
  const strategies = withoutRepeats(options.strategies);
  const climbers = seeds.flatMap((seed) =>
    strategies.map((strategy): Climber => ({ strategy, seed, runs: new Map() })),
  );
  const scenarios = scenariosAt(rungs, scalable);
  for (;;) {
    const steps = climbers.flatMap((climber) =>
      missing(climber, rungs).map((place) => ({ climber, place })),
    );
    if (steps.length === 0 || signal?.aborted) break;
    const tasks = steps.map(({ climber: { seed, strategy }, place }): RunTask => {
      return { scenario: scenarios(place), strategy, seed };
    });
    const summaries = await runAll(tasks, executor, { signal });
    for (const [index, { climber, place }] of steps.entries()) {
      const summary = summaries[index];
      if (summary !== undefined) climber.runs.set(place, summary);
    }
  }
  const arrived = seeds.filter((seed) =>
    climbers.every((climber) => climber.seed !== seed || missing(climber, rungs).length === 0),
  );
  if (arrived.length === 0) return undefined;
  const climbed = climbers.filter(({ seed }) => arrived.includes(seed));
  const scenario = scalable.at(scalable.asked);
  return summariseLadder({
    ...{ ...options, scenario, strategies, rungs },
    ...{ climbers: climbed, seeds: arrived },
  });
}

function missing({ runs }: Climber, rungs: Rungs): readonly number[] {
  return missingPlaces(new Map([...runs].map(([place, run]) => [place, keepsSlo(run)])), rungs);
}

/** The highest first, so that a load no run could hold is told of before any is run. */
function scenariosAt({ places }: Rungs, scalable: ScalableScenario): (place: number) => Scenario {
  const made = new Map<number, Scenario>();
  const at = (place: number) => {
    const scenario = made.get(place) ?? scalable.at(places[place]!);
    made.set(place, scenario);
    return scenario;
  };
  at(places.length - 1);
  return at;
}
