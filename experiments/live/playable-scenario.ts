import { formatDurationUs, parseDurationUs } from '../../core/time.ts';
import { countOf } from '../../reports/format.ts';
import type { GatewayOptions } from '../../scenarios/gateway-schema.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

export interface PlayableScenario {
  readonly scenario: Scenario;
  /** What it has and neither world plays. */
  readonly warnings: readonly string[];
}

/**
 * The part of a scenario that means the same in both worlds. What only the simulator can do is left
 * out of the simulation too: it would be another question there.
 */
export function playableScenario(scenario: Scenario): PlayableScenario {
  const { events, gateway, traffic } = scenario;
  const { autoscale, routers = 1, signals, spread: _, ...rest } = gateway;
  const left = [
    ...(events.length > 0 ? [countOf(events.length, 'event')] : []),
    ...(autoscale === undefined ? [] : ['gateway.autoscale']),
    ...(routers > 1 ? ['gateway.routers'] : []),
    ...(signals.loss > 0 ? ['gateway.signals.loss'] : []),
    ...(parseDurationUs(signals.delay) === 0 ? [] : ['gateway.signals.delay']),
  ];
  const hasAdapters = traffic.some(
    ({ adapter, trace }) => adapter !== undefined || (trace?.rows?.adapters.length ?? 0) > 0,
  );
  return {
    scenario: {
      ...scenario,
      events: [],
      gateway: { ...rest, signals: { ...signals, delay: '0ms', loss: 0 } },
    },
    warnings: [
      ...(left.length === 0
        ? []
        : [`Left out, of the live runs and of the simulation: ${left.join(', ')}.`]),
      ...(hasAdapters
        ? [
            'LoRA adapters are simulated; a replica that does not list them as models serves its base model instead.',
          ]
        : []),
    ],
  };
}

/** The same policy where `factor` seconds of the scenario pass in one of the clock. */
export function gatewayByTheClock(gateway: GatewayOptions, factor: number): GatewayOptions {
  return factor === 1 ? gateway : (byTheClock(gateway, factor) as GatewayOptions);
}

/** Only its limit is a time, and of goodput not even that. */
export function thresholdByTheClock(text: string, factor: number): string {
  const [, before = '', limit = ''] = /^(.*[<>]=?)(.*)$/.exec(text) ?? [];
  return factor === 1 || before === '' ? text : `${before} ${byTheClock(limit.trim(), factor)}`;
}

function byTheClock(value: unknown, factor: number): unknown {
  if (typeof value === 'string') {
    const us = parseDurationUs(value);
    return us === undefined ? value : formatDurationUs(Math.max(us && 1, Math.round(us / factor)));
  }
  if (Array.isArray(value)) return value.map((one) => byTheClock(one, factor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, byTheClock(inner, factor)]),
  );
}
