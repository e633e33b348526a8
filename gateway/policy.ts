/**
 * How a gateway behaves. Every part may be absent, and is off then: a gateway without a policy asks
 * its strategy, sends a request once, and waits for the answer.
 */
export interface GatewayPolicy {
  readonly admission?: AdmissionPolicy | undefined;
  readonly queue?: QueuePolicy | undefined;
  /** Most requests in flight at a replica: a number, or what its engine runs at once. */
  readonly maxInFlight?: number | 'maxNumSeqs' | undefined;
  readonly timeouts?: TimeoutPolicy | undefined;
  readonly retries?: RetryPolicy | undefined;
  readonly hedging?: HedgingPolicy | undefined;
  readonly health?: HealthPolicy | undefined;
  readonly monitor?: MonitorPolicy | undefined;
}

/** What each tenant of a tier may use; a tenant without a tier has the limits of `default`. */
export interface AdmissionPolicy {
  readonly tiers: ReadonlyMap<string, TierLimits>;
  /** What an answer is charged at first; its usage corrects that. */
  readonly assumedOutputTokens: number;
}

export interface TierLimits {
  readonly maxConcurrent: number;
  readonly maxPromptTokens: number;
  readonly requests: readonly RateLimit[];
  /** Of prompts and answers. */
  readonly tokens: readonly RateLimit[];
}

export type RateLimit =
  | { readonly kind: 'token-bucket'; readonly perS: number; readonly burst: number }
  | { readonly kind: 'sliding-window'; readonly most: number; readonly windowUs: number };

export interface QueuePolicy {
  readonly ordering: 'fcfs' | 'edf' | 'priority';
  /** Between tenants; `vtc` counts the tokens each of them has had. */
  readonly fairness: 'none' | 'round-robin' | 'vtc';
  /** How many times as many tokens as others the tenants of a tier are due; only with `vtc`. */
  readonly weights?: ReadonlyMap<string, number>;
  readonly maxLength: number;
  readonly maxWaitUs: number;
  /** Who can no longer get a first token in time is not served at all. */
  readonly shedLate: boolean;
  /** What to do while no replica may be sent anything. */
  readonly whenNoReplica: 'hold' | 'reject';
  /** What those are told who are turned away. */
  readonly retryAfterUs: number;
}

/** Infinity for those that are off. */
export interface TimeoutPolicy {
  readonly connectUs: number;
  /** From the start of an attempt to its first token; waiting at the gateway is not part of it. */
  readonly firstByteUs: number;
  /** Between two tokens. */
  readonly idleUs: number;
  /** From the arrival of a request to its end, with all its waiting and attempts. */
  readonly totalUs: number;
}

export interface RetryPolicy extends Budget {
  readonly most: number;
  readonly backoffUs: number;
  readonly maxBackoffUs: number;
}

/** How many extra attempts there may be at once. */
export interface Budget {
  /** Of the requests in the gateway. */
  readonly share: number;
  readonly atLeast: number;
}

export interface HedgingPolicy extends Budget {
  readonly afterUs: number;
}

export interface HealthPolicy {
  readonly active?: ActiveCheckPolicy | undefined;
  readonly passive?: EjectionPolicy | MaxFailsPolicy | undefined;
  /** With a smaller share of healthy replicas than this, all are used; 0 for never. */
  readonly panicBelow: number;
  readonly slowStart?: SlowStartPolicy | undefined;
}

export interface ActiveCheckPolicy {
  readonly everyUs: number;
  readonly timeoutUs: number;
  /** Failures in a row that take a replica out, and successes that bring it back. */
  readonly fall: number;
  readonly rise: number;
}

/** As Envoy's outlier detection, with a trial request at the end of an ejection. */
export interface EjectionPolicy {
  readonly kind: 'ejection';
  readonly consecutiveFailures: number;
  /** Of the first ejection; the nth in short order lasts n times as long. */
  readonly baseUs: number;
  readonly maxUs: number;
  readonly maxShare: number;
  /** Time in the pool that makes the next ejection one step shorter. */
  readonly forgiveUs: number;
}

/** As nginx's parameters of the same names. */
export interface MaxFailsPolicy {
  readonly kind: 'max-fails';
  readonly maxFails: number;
  readonly failTimeoutS: number;
}

export interface SlowStartPolicy {
  readonly windowUs: number;
  readonly leastShare: number;
  /**
   * `weight`: strategies see a smaller weight. `thinning`: the replica is left out of a part of the
   * decisions, which works with strategies that know no weights.
   */
  readonly by: 'weight' | 'thinning';
}

export interface MonitorPolicy {
  readonly windowUs: number;
  readonly alertShare: number;
  /** Fewer requests than this say nothing. */
  readonly leastRequests: number;
}

export const noPolicy: GatewayPolicy = {};
