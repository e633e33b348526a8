import { usOf } from '../../core/time.ts';
import type { AutoscalerPolicy } from '../../gateway/autoscale/autoscaler.ts';
import { LoadTarget } from '../../gateway/autoscale/load-target.ts';
import { QueueDepth } from '../../gateway/autoscale/queue-depth.ts';
import { RateTrend } from '../../gateway/autoscale/rate-trend.ts';
import type { ScalingRule } from '../../gateway/autoscale/scaling-rule.ts';
import type { GroupScaling, ScalingRuleOptions } from '../../scenarios/gateway-autoscale-schema.ts';

export interface ScalingTimes {
  readonly everyUs: number;
  readonly bootUs: number;
  readonly drainUs: number;
}

/** What a scenario says of a group that grows and shrinks, in microseconds. */
export function scalingTimes({ boot, drain, every }: GroupScaling): ScalingTimes {
  return { everyUs: usOf(every), bootUs: usOf(boot), drainUs: usOf(drain) };
}

export function scalingPolicy(options: GroupScaling): AutoscalerPolicy {
  return {
    least: options.min,
    most: options.max,
    coolDownUpUs: usOf(options.coolDownUp),
    coolDownDownUs: usOf(options.coolDownDown),
    mostAtOnce: options.atOnce,
  };
}

/** A rule for one group, which remembers what it has seen. */
export function scalingRule(rule: ScalingRuleOptions, { bootUs }: ScalingTimes): ScalingRule {
  switch (rule.kind) {
    case 'queue-depth':
      return new QueueDepth({
        above: rule.above,
        aboveForUs: usOf(rule.aboveFor),
        idleForUs: usOf(rule.idleFor),
      });
    case 'kv-target':
    case 'ttft-target': {
      const { avoidFor, stableFor, target, tolerance } = rule;
      const shared = { tolerance, stableForUs: usOf(stableFor), avoidForUs: usOf(avoidFor) };
      return typeof target === 'number'
        ? new LoadTarget({ signal: 'kvUsage', target, ...shared })
        : new LoadTarget({ signal: 'ttftUs', target: usOf(target), ...shared });
    }
    case 'rate-trend': {
      const { replicaRps, utilisation } = rule;
      const times = { windowUs: usOf(rule.window), stableForUs: usOf(rule.stableFor) };
      return new RateTrend({ replicaRps, utilisation, aheadUs: bootUs, ...times });
    }
  }
}
