import type { ReplicaView, RequestView } from '../../strategies/strategy.ts';

/** What a strategy sees of a fleet; frozen, so that writing to it is an error. */
export function fleetView(
  inFlight: readonly number[],
  change: (view: ReplicaView) => Partial<ReplicaView> = () => ({}),
): readonly ReplicaView[] {
  const views = inFlight.map((requests, index) => {
    const inFlightPromptTokens = requests * 100;
    const name = `r-${index + 1}`;
    const view = { index, name, inFlight: requests, inFlightPromptTokens, weight: 1 };
    return Object.freeze({ ...view, ...change(view) });
  });
  return Object.freeze(views);
}

export function requestView(id: number, promptTokens = 100): RequestView {
  return Object.freeze({
    id,
    tenant: 'chat',
    arrivalUs: id * 1_000,
    promptTokens,
    session: 0,
    turn: 0,
  });
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
