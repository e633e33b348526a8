import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import roundRobin from '../../strategies/round-robin.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { type GivenRequest, GivenRequests } from './given-requests.ts';
import { type SmallScenario, smallScenario } from './scenarios.ts';

/** Engines of which everything can be computed by hand: steps of 10 ms, and nothing else. */
export const plainEngine = { asyncScheduling: false, apiServer: { requestMs: 0 } } as const;

/** Runs a fleet of such engines through what is given, and drains it. */
export function runPlain(
  overrides: SmallScenario,
  requests: readonly GivenRequest[],
  strategy: StrategyDefinition = roundRobin,
): SimulatedRun {
  const engine = { ...plainEngine, ...overrides.engine };
  const scenario = smallScenario({ replicas: 1, warmup: '0s', ...overrides, engine });
  const traffic = new GivenRequests(requests);
  const question = { scenario, strategy, strategyOptions: {}, seed: 1, traffic };
  return simulate({ ...question, checkInvariants: true });
}

/** The rows of a run in the order of the requests. */
export function rowsOf({ log }: SimulatedRun) {
  return [...log.rows()].sort((a, b) => a.id - b.id);
}
