import { noLimits } from '../../core/slo.ts';
import { Attempt } from '../../gateway/attempt.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { type ReplicaFacts, ReplicaState } from '../../gateway/replica-state.ts';
import type { ReplicaView, ReportedLoad, RequestView } from '../../strategies/strategy.ts';

/** Of a replica that nobody has heard of. */
export const nothingReported: ReportedLoad = Object.freeze({
  sampledAtUs: Number.NaN,
  waiting: Number.NaN,
  running: Number.NaN,
  kvUsage: Number.NaN,
  sentSince: 0,
  sentPromptTokensSince: 0,
  endedSince: 0,
});

/** An idle replica but for what is given; frozen, so that writing to it is an error. */
export function replicaView(index: number, given: Partial<ReplicaView> = {}): ReplicaView {
  return Object.freeze({
    index,
    name: `r-${index + 1}`,
    group: 'r',
    inFlight: 0,
    inFlightPromptTokens: 0,
    awaiting: 0,
    awaitingPromptTokens: 0,
    weight: 1,
    joinedUs: 0,
    maxNumSeqs: 256,
    kvTokens: 400_000,
    reported: nothingReported,
    ...given,
  });
}

/** What a strategy sees of a fleet. */
export function fleetView(
  inFlight: readonly number[],
  change: (view: ReplicaView) => Partial<ReplicaView> = () => ({}),
): readonly ReplicaView[] {
  const views = inFlight.map((requests, index) => {
    const view = replicaView(index, {
      inFlight: requests,
      inFlightPromptTokens: requests * 100,
    });
    return replicaView(index, { ...view, ...change(view) });
  });
  return Object.freeze(views);
}

/** An idle fleet whose replicas have these weights. */
export function weightedFleet(weights: readonly number[]): readonly ReplicaView[] {
  const idle = weights.map(() => 0);
  return fleetView(idle, ({ index }) => ({ weight: weights[index]! }));
}

export function requestView(
  id: number,
  promptTokens = 100,
  given: Partial<RequestView> = {},
): RequestView {
  return Object.freeze({
    id,
    tenant: 'chat',
    session: 0,
    turn: 0,
    arrivalUs: id * 1_000,
    promptTokens,
    priority: 0,
    adapter: 0,
    limits: noLimits,
    attempts: 0,
    prefixHashes: new Float64Array(0),
    ...given,
  });
}

/** A request of ten tokens that the gateway has not seen yet. */
export function newRequest(id: number, arrivalUs = 0): GatewayRequest<null> {
  return new GatewayRequest(requestView(id, 10, { arrivalUs }), null);
}

/** So many replicas of which nobody knows anything. */
export function unknownReplicas(count: number): ReplicaFacts[] {
  const facts = { group: 'r', maxNumSeqs: Number.NaN, kvTokens: Number.NaN };
  return Array.from({ length: count }, (_, index) => ({ ...facts, name: `r-${index + 1}` }));
}

/** An attempt of which no gateway knows, at a replica of its own. */
export function strayAttempt<Work>(request: GatewayRequest<Work>, nowUs = 0): Attempt<Work> {
  return new Attempt(request, new ReplicaState(0, unknownReplicas(1)[0]!), nowUs);
}

/** How often each index was picked in `picks` decisions about the same fleet. */
export function tally(
  picks: number,
  replicas: number,
  pick: (request: RequestView) => unknown,
): number[] {
  const counts = new Array<number>(replicas).fill(0);
  for (let id = 0; id < picks; id++) {
    const { index } = pick(requestView(id)) as ReplicaView;
    counts[index]! += 1;
  }
  return counts;
}

/** Pearson's statistic against equal chances. */
export function chiSquareOfEqual(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

export const anyUsage = { outputTokens: 1, cachedTokens: 0 };

/** Of a replica that was looked at when time began, and found idle but for what is given. */
export function reportedLoad(given: Partial<ReportedLoad> = {}): ReportedLoad {
  const idle = { sampledAtUs: 0, waiting: 0, running: 0, kvUsage: 0 };
  return Object.freeze({ ...nothingReported, ...idle, ...given });
}
