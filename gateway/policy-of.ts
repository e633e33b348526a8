import { US_PER_S, usOf } from '../core/time.ts';
import type { RateLimitOptions } from '../scenarios/gateway-admission-schema.ts';
import type { GatewayOptions } from '../scenarios/gateway-schema.ts';
import type {
  AdmissionPolicy,
  GatewayPolicy,
  HealthPolicy,
  QueuePolicy,
  RateLimit,
  TierLimits,
} from './policy.ts';

type Asked<Part extends keyof GatewayOptions> = NonNullable<GatewayOptions[Part]>;

/** What a scenario says of its gateways, in microseconds. */
export function policyOf(options: GatewayOptions): GatewayPolicy {
  const { admission, health, hedging, maxInFlight, monitor, queue, retries, timeouts } = options;
  return {
    maxInFlight,
    admission: admission && admissionPolicy(admission),
    queue: queue && queuePolicy(queue),
    timeouts: timeouts && {
      connectUs: usOf(timeouts.connect),
      firstByteUs: usOf(timeouts.firstByte),
      idleUs: usOf(timeouts.idle),
      totalUs: usOf(timeouts.total),
    },
    retries: retries && {
      most: retries.most,
      backoffUs: usOf(retries.backoff),
      maxBackoffUs: usOf(retries.maxBackoff),
      share: retries.budget,
      atLeast: retries.atLeast,
    },
    hedging: hedging && {
      afterUs: usOf(hedging.after),
      share: hedging.budget,
      atLeast: hedging.atLeast,
    },
    health: health && healthPolicy(health),
    monitor: monitor && { ...monitor, windowUs: usOf(monitor.window) },
  };
}

/** Whether it ever does anything by itself, at a time. */
export function needsClock({ health, hedging, queue, retries, timeouts }: GatewayPolicy): boolean {
  return [health, hedging, queue, retries, timeouts].some((part) => part !== undefined);
}

function admissionPolicy({ assumedOutputTokens, tiers }: Asked<'admission'>): AdmissionPolicy {
  const limits = Object.entries(tiers).map(([name, tier]): [string, TierLimits] => [
    name,
    {
      maxConcurrent: tier.concurrent ?? Number.POSITIVE_INFINITY,
      maxPromptTokens: tier.promptTokens ?? Number.POSITIVE_INFINITY,
      requests: tier.requests.map(rateLimit),
      tokens: tier.tokens.map(rateLimit),
    },
  ]);
  return { assumedOutputTokens, tiers: new Map(limits) };
}

function rateLimit(options: RateLimitOptions): RateLimit {
  if (options.kind === 'token-bucket') return options;
  const { kind, most, window } = options;
  return { kind, most, windowUs: usOf(window) };
}

function queuePolicy({ maxWait, retryAfter, weights, ...rest }: Asked<'queue'>): QueuePolicy {
  const times = { maxWaitUs: usOf(maxWait), retryAfterUs: usOf(retryAfter) };
  return { ...rest, ...times, weights: new Map(Object.entries(weights)) };
}

function healthPolicy({ active, panicBelow, passive, slowStart }: Asked<'health'>): HealthPolicy {
  return {
    panicBelow,
    active: active && {
      everyUs: usOf(active.every),
      timeoutUs: usOf(active.timeout),
      fall: active.fall,
      rise: active.rise,
    },
    passive: passive && passivePolicy(passive),
    slowStart: slowStart && { ...slowStart, windowUs: usOf(slowStart.window) },
  };
}

function passivePolicy(
  passive: NonNullable<Asked<'health'>['passive']>,
): NonNullable<HealthPolicy['passive']> {
  if (passive.kind === 'max-fails') {
    const failTimeoutS = Math.floor(usOf(passive.failTimeout) / US_PER_S);
    return { kind: passive.kind, maxFails: passive.maxFails, failTimeoutS };
  }
  return {
    kind: passive.kind,
    consecutiveFailures: passive.failures,
    baseUs: usOf(passive.time),
    maxUs: usOf(passive.maxTime),
    maxShare: passive.maxShare,
    forgiveUs: usOf(passive.forgive),
  };
}
