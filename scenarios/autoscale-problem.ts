import { suggestion } from '../core/closest.ts';
import { formatDurationUs, usOf } from '../core/time.ts';
import type { FleetEvent } from './fleet-events.ts';
import type { TimelineProblem } from './fleet-timeline.ts';
import type { Scenario } from './scenario.ts';

/** What is wrong with the groups that are to grow and shrink; a check for the loader. */
export function autoscaleProblem({
  events,
  fleet,
  gateway,
}: Scenario): TimelineProblem | undefined {
  const scaled = Object.entries(gateway.autoscale ?? {});
  const path = ['gateway', 'autoscale'];
  for (const [name, { every, max, min, rule }] of scaled) {
    const group = fleet.find((one) => one.name === name);
    if (group === undefined) {
      const names = fleet.map((one) => one.name);
      const message = `there is no group "${name}". ${suggestion(name, names)}`;
      return { path: [...path, name], message };
    }
    const { replicas } = group;
    if (replicas < min) {
      const message = `"${name}" begins with ${replicas}, which is less. Write ${replicas} or less.`;
      return { path: [...path, name, 'min'], message };
    }
    if (replicas > max) {
      const message = `"${name}" begins with ${replicas}, which is more. Write ${replicas} or more.`;
      return { path: [...path, name, 'max'], message };
    }
    const leastUs = 2 * usOf(every);
    if (rule.kind === 'rate-trend' && usOf(rule.window) < leastUs) {
      const least = formatDurationUs(leastUs);
      const message = `with a look every ${every} no line can be drawn through ${rule.window}. Write ${least} or more.`;
      return { path: [...path, name, 'rule', 'window'], message };
    }
  }
  const groups = scaled.map(([name]) => name);
  const at = events.findIndex((event) => namesIn(event).some((name) => isOf(name, groups)));
  if (at < 0) return undefined;
  const message =
    'who comes and goes in a group with autoscaling is decided by the gateway. Write another group, or leave out the event.';
  return { path: ['events', at], message };
}

/** Whom an event brings or takes away. */
function namesIn(event: FleetEvent): readonly string[] {
  if (event.kind === 'add') return [event.group];
  return event.kind === 'remove' || event.kind === 'reclaim' ? event.replicas : [];
}

function isOf(name: string, groups: readonly string[]): boolean {
  return groups.some((group) => name === group || name.replace(/-\d+$/, '') === group);
}
