import type { StrategyChoice } from '../../scenarios/scenario.ts';

/** An exercise with real processes and real requests, that ends with a yes or a no. */
export interface Lab {
  readonly name: string;
  readonly summary: string;
  play(options: LabOptions): Promise<LabResult>;
}

export interface LabOptions {
  /** That of the proxy, if left out. */
  readonly strategy: StrategyChoice | undefined;
  /** Over which the requests of a client are counted. */
  readonly windowUs: number;
  /** Whether to come again when `Retry-After` is over. */
  readonly waits: boolean;
  /** How many requests may be sent again at once, as a share of those in the gateway. */
  readonly budget: number | undefined;
  readonly signal: AbortSignal;
  /** A line of the story, as it happens. */
  readonly tell: (line: string) => void;
}

/** What has to be so, and whether it is. */
export interface LabCheck {
  readonly what: string;
  readonly holds: boolean;
}

export interface LabResult {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly checks: readonly LabCheck[];
  /** Why what holds does not say much, where it does not. */
  readonly inconclusive?: string;
}
