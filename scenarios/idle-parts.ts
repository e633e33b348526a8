import { formatDurationUs, usOf } from '../core/time.ts';
import { idleGatewayProblem } from './idle-gateway.ts';
import type { ScenarioProblem } from './load.ts';
import type { PluginOptions, Scenario, Tenant } from './scenario.ts';

/** The first thing in a file of a user that would change nothing, and is a mistake for that. */
export function idleProblem(scenario: Scenario): ScenarioProblem | undefined {
  const { durationUs, events, traffic, warmupUs } = scenario;
  const steady = events.findIndex((event) => event.kind === 'slow' && event.factor === 1);
  if (steady >= 0) {
    const message = 'it changes nothing. Write for example "factor: 3".';
    return { path: ['events', steady, 'factor'], message };
  }
  const endUs = warmupUs + durationUs;
  for (const [index, tenant] of traffic.entries()) {
    for (const { path, time } of [...surgeTimes(tenant), ...rateTimes(tenant)]) {
      if (usOf(time) < endUs) continue;
      const end = formatDurationUs(endUs);
      const message = `it would begin at ${time}, and the run ends at ${end}. Write an earlier time or a longer duration.`;
      return { path: ['traffic', index, ...path], message };
    }
  }
  return idleGatewayProblem(scenario);
}

interface Begun {
  readonly path: readonly (string | number)[];
  readonly time: string;
}

function surgeTimes({ population }: Tenant): Begun[] {
  const surges = population?.surges ?? [];
  return surges.map(({ from }, at) => ({
    path: ['population', 'surges', at, 'from'],
    time: from,
  }));
}

/** A ramp towards a point begins at the point before it. */
function rateTimes({ arrivals }: Tenant): Begun[] {
  const rate = arrivals?.['rate'] as PluginOptions | number | undefined;
  if (typeof rate !== 'object' || !Array.isArray(rate['points'])) return [];
  const points = rate['points'] as readonly { readonly at: string }[];
  const begins = rate['kind'] === 'ramp' ? 1 : 0;
  return points.slice(begins).map((_, position) => ({
    path: ['arrivals', 'rate', 'points', position + begins, 'at'],
    time: points[position]!.at,
  }));
}
