/** One figure that has to keep a limit. */
export interface ValidationRow {
  readonly name: string;
  /** An error in percent; 0 for an order that is as it should be. */
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
  readonly source: string;
  /** What was compared, where the error alone says little. */
  readonly measured?: number;
  readonly published?: number;
  /** The same figure with the rows that the model is not meant for, fitted and scored alike. */
  readonly allRows?: number;
  /** What the value is the mean of. */
  readonly items?: Readonly<Record<string, number>>;
}

export function judged(row: Omit<ValidationRow, 'ok'>): ValidationRow {
  return { ...row, ok: Math.abs(row.value) <= row.limit };
}
