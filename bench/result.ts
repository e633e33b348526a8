export interface Result {
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
  readonly ok: boolean;
}

export type Benchmark = () => Result | Promise<Result>;

export function atLeast(goal: number, value: number, unit: string): Result {
  const shown = value < 100 ? Math.round(value * 100) / 100 : Math.round(value);
  return { value: shown, unit, goal, ok: value >= goal };
}

export function atMost(goal: number, value: number, unit: string): Result {
  return { value: Math.round(value * 100) / 100, unit, goal, ok: value <= goal };
}
