import { formatNumber } from './format.ts';

export interface StepTimeFacts {
  readonly basis: string;
  readonly source: string;
  /** Mean error of a step, by what is in it. */
  readonly expectedErrorPct?:
    | { readonly decode: number; readonly prefill: number; readonly mixed: number }
    | undefined;
}

/** What the step times rest on, and how far to trust them. */
export function stepTimeText({ basis, expectedErrorPct: error, source }: StepTimeFacts): string {
  if (basis === 'fixed') return source;
  if (error === undefined) return `${source} (error unknown)`;
  const [decode, prefill, mixed] = [error.decode, error.prefill, error.mixed].map(formatNumber);
  return `${source} (expected error: decode ${decode} %, prefill ${prefill} %, mixed ${mixed} %)`;
}
