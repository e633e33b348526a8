import { FairleadError } from '../core/errors.ts';
import { withoutRepeats } from '../experiments/compare.ts';
import {
  type Contestant,
  canRunLive,
  contestantsOf,
  differencesOf,
  type Via,
} from '../experiments/live/contestants.ts';
import { attachedFleet, type FleetPlan } from '../experiments/live/live-fleet.ts';
import { playableScenario } from '../experiments/live/playable-scenario.ts';
import { resolveLoad } from '../experiments/load/resolve-load.ts';
import { unmetNeeds } from '../experiments/unmet-needs.ts';
import type { Scenario, StrategyChoice } from '../scenarios/scenario.ts';
import { emulatedScenario } from './emulated-fleet.ts';
import type { ReplicaAddress } from './exported-fleet.ts';
import { loadScenario, withLengths } from './load-scenario.ts';

export interface BenchPlanOptions {
  readonly strategy?: readonly StrategyChoice[] | undefined;
  readonly via?: readonly Via[] | undefined;
  readonly replicas?: readonly ReplicaAddress[] | undefined;
  readonly duration: number;
  readonly warmup: number;
  readonly repetitions: number;
  readonly seed: number;
  readonly timeScale: number;
}

/** Who is to be measured, with what, and what a reader has to know before. */
export interface BenchPlan {
  readonly scenario: Scenario;
  readonly contestants: readonly Contestant[];
  readonly seeds: readonly number[];
  readonly fleet: FleetPlan;
  readonly warnings: readonly string[];
}

export async function benchPlan(name: string, options: BenchPlanOptions): Promise<BenchPlan> {
  const { repetitions, seed, timeScale, via = [] } = options;
  const loaded = withLengths(resolveLoad(await loadScenario(name)), options);
  const { scenario, warnings } = playableScenario(loaded);
  const { left, strategies } = liveStrategies(options.strategy, scenario);
  const contestants = contestantsOf(strategies, via);
  const { fleet, warning } = fleetPlan(scenario, options.replicas);
  return {
    ...{ scenario, contestants, fleet },
    seeds: Array.from({ length: repetitions }, (_, index) => seed + index),
    warnings: [
      ...warnings,
      ...left,
      ...warning,
      ...strategies.flatMap((strategy) => unmetNeeds(strategy, scenario)),
      ...contestants.flatMap((one) => differencesOf(one, timeScale)),
      ...(timeScale === 1
        ? []
        : [
            `Played ${timeScale} times as fast: what network, proxy and load generator take counts ${timeScale} times.`,
          ]),
    ],
  };
}

function liveStrategies(
  asked: readonly StrategyChoice[] | undefined,
  scenario: Scenario,
): { strategies: readonly StrategyChoice[]; left: string[] } {
  const all = withoutRepeats(asked ?? scenario.strategies);
  const strategies = all.filter(canRunLive);
  const names = all.filter((one) => !canRunLive(one)).map((one) => one.name);
  const reason = `${names.join(', ')}: it needs KV events, which the proxy does not receive yet.`;
  if (names.length > 0 && (asked !== undefined || strategies.length === 0)) {
    throw new FairleadError('USAGE', `${reason} Leave it out.`);
  }
  return { strategies, left: names.length === 0 ? [] : [`Left out: ${reason}`] };
}

function fleetPlan(
  scenario: Scenario,
  addresses: readonly ReplicaAddress[] | undefined,
): { fleet: FleetPlan; warning: string[] } {
  const { model, replicas } = emulatedScenario(scenario);
  if (addresses === undefined) return { fleet: { kind: 'emulated', model, replicas }, warning: [] };
  const fleet = attachedFleet(
    replicas,
    addresses.map(({ url }) => url),
  );
  const warning = `The replicas are not started anew: each run finds the caches as the one before has left them, and simulated is the fleet of ${scenario.name}, whatever these are.`;
  return { fleet, warning: [warning] };
}
