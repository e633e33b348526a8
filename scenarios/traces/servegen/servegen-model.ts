import type { ProbabilityTable } from './probability-table.ts';

/** Lengths are given for six hours each. */
export const lengthsKeyS = 21_600;

export type GapFamily = 'gamma' | 'weibull';

/** A client during one window. */
export interface Activity {
  readonly rateRps: number;
  readonly family: GapFamily;
  /** Of the gaps; their scale follows from the rate. */
  readonly shape: number;
}

/** What a client sends during some hours. */
export interface Lengths {
  readonly fromS: number;
  readonly input: ProbabilityTable | undefined;
  readonly output: ProbabilityTable | undefined;
  readonly reasonRatio: ProbabilityTable | undefined;
}

export interface ServeGenClient {
  readonly id: number;
  /** By window; undefined while the client is idle. */
  readonly windows: readonly (Activity | undefined)[];
  /** In order of time; empty for a client of which no lengths were published. */
  readonly lengths: readonly Lengths[];
}

/** ServeGen (Alibaba): not a log, but clients with rates, burstiness and lengths over time. */
export interface ServeGenModel {
  readonly windowS: number;
  /** In order of their ids. */
  readonly clients: readonly ServeGenClient[];
}

export function rateAt(client: ServeGenClient, window: number): number {
  return client.windows[window]?.rateRps ?? 0;
}

/** Lengths at a time that are complete. */
export function completeLengths(client: ServeGenClient): CompleteLengths[] {
  return client.lengths.filter(
    (lengths): lengths is CompleteLengths =>
      lengths.input !== undefined && lengths.output !== undefined,
  );
}

export type CompleteLengths = Lengths & {
  readonly input: ProbabilityTable;
  readonly output: ProbabilityTable;
};

/** Requests that a client sends while these lengths hold. */
export function requestsDuring(
  { windowS }: ServeGenModel,
  client: ServeGenClient,
  { fromS }: Lengths,
): number {
  let rates = 0;
  for (let window = Math.ceil(fromS / windowS); window < client.windows.length; window++) {
    if (window * windowS >= fromS + lengthsKeyS) break;
    rates += rateAt(client, window);
  }
  return rates * windowS;
}
