import { judged, type ValidationRow } from '../calibration/validation-row.ts';

export interface Comparison {
  readonly name: string;
  readonly source: string;
  readonly measured: number;
  readonly published: number;
  /** Most by which they may differ, in percent of what was published. */
  readonly limit: number;
}

/** The limits for a ratio: of means and throughputs, and of what is in the tail. */
export const ratioLimits = { usual: 30, tail: 50 } as const;

/** A figure against the published one. */
export function compared({ limit, measured, name, published, source }: Comparison): ValidationRow {
  const value = 100 * (measured / published - 1);
  return judged({ name, value, limit, source, measured, published });
}

export interface Order {
  readonly name: string;
  readonly source: string;
  readonly more: number;
  readonly less: number;
}

/** Where only the order was published, or is worth anything: by how many percent it is wrong. */
export function inOrder({ less, more, name, source }: Order): ValidationRow {
  const value = more > less ? 0 : 100 * (less / more - 1);
  return judged({ name, value, limit: 0, source, measured: more / less });
}
