import fc from 'fast-check';
import type { ReplicaView, RequestView, Strategy } from '../../strategies/strategy.ts';
import { chainOf, someText } from './chains.ts';
import { replicaView, requestView } from './views.ts';

/** Tokens of a block, as in `strategyContext`. */
export const blockTokens = 16;

/** A prompt of so many whole blocks and a little more. */
export function promptView(id: number, text: readonly number[]): RequestView {
  return requestView(id, text.length * blockTokens + 5, { prefixHashes: chainOf(text) });
}

export interface Situation {
  readonly text: readonly number[];
  readonly inFlight: readonly number[];
}

export const prefixRuns: fc.Arbitrary<Situation[]> = fc
  .integer({ min: 1, max: 6 })
  .chain((replicas) => {
    const inFlight = fc.array(fc.oneof(fc.nat(5), fc.nat(80)), {
      minLength: replicas,
      maxLength: replicas,
    });
    return fc.array(fc.record({ text: someText, inFlight }), { minLength: 1, maxLength: 25 });
  });

export interface Decision {
  readonly request: RequestView;
  readonly fleet: readonly ReplicaView[];
  readonly picked: ReplicaView;
  /** Blocks that each replica was sent before, by the plainest of means. */
  readonly matches: readonly number[];
}

/** Sends one prompt after the other where a strategy wants it, each known by its beginnings. */
export function playPrefixes(strategy: Strategy, run: readonly Situation[]): Decision[] {
  const sent: Set<string>[] = [];
  return run.map(({ inFlight, text }, id) => {
    const request = promptView(id, text);
    const fleet = inFlight.map((requests, index) =>
      replicaView(index, { inFlight: requests, inFlightPromptTokens: 300 * requests }),
    );
    const beginnings = text.map((_, block) => text.slice(0, block + 1).join());
    const matches = fleet.map(({ index }) => {
      sent[index] ??= new Set();
      const missing = beginnings.findIndex((beginning) => !sent[index]!.has(beginning));
      return missing < 0 ? text.length : missing;
    });
    const picked = strategy.pick(request, fleet, id) as ReplicaView;
    strategy.onDispatched?.(request, picked, id);
    for (const beginning of beginnings) sent[picked.index]!.add(beginning);
    return { request, fleet, picked, matches };
  });
}

/** The places of those that are best by a list of figures, the first deciding before the next. */
export function bestPlaces(figures: readonly (readonly number[])[]): number[] {
  const compare = (a: readonly number[], b: readonly number[]) => {
    const at = a.findIndex((figure, i) => Math.abs(figure - b[i]!) > 1e-9);
    return at < 0 ? 0 : a[at]! - b[at]!;
  };
  const best = figures.toSorted(compare)[0]!;
  return figures.flatMap((own, place) => (compare(own, best) === 0 ? [place] : []));
}
