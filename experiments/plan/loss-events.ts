import { formatDurationUs, US_PER_S } from '../../core/time.ts';
import type { FleetEvent } from '../../scenarios/fleet-events.ts';
import { type Fleet, replicasByGroup, scenarioGroup, without } from './fleet.ts';
import type { Losses, Reclaim } from './losses.ts';

interface Window {
  readonly warmupUs: number;
  readonly durationUs: number;
}

/**
 * The gateway is told at once, so what is judged is the capacity that is left, and not how fast
 * somebody notices. What was running there is lost.
 */
export function lossOf(
  fleet: Fleet,
  { mostMissed, survive }: Losses,
  { warmupUs }: Window,
): FleetEvent {
  let left = fleet;
  const lost = new Map<string, number>();
  for (let i = 0; i < survive; i++) {
    const missed = mostMissed(left);
    const group = scenarioGroup(left.parts.find(({ card }) => card.group === missed)!.card);
    lost.set(group, (lost.get(group) ?? 0) + 1);
    left = without(left, missed);
  }
  const replicas = [...lost].flatMap(([group, count]) =>
    Array.from({ length: count }, (_, index) => `${group}-${index + 1}`),
  );
  return { kind: 'remove', at: formatDurationUs(warmupUs), replicas, drain: '0s' };
}

export function lossText(survive: number): string {
  const who = survive === 1 ? 'the replica that is missed most is' : `${survive} replicas are`;
  return `${who} gone from the start of the window to its end`;
}

/** The shortest that a large cloud gives, and what the library's scenario of spot machines has. */
export const reclaimTimes = { notice: '30s', replacement: '4m' };

/** In the middle of the window: it sees what is lost, and what is missing after it. */
export function reclaimOf(
  fleet: Fleet,
  { lost: lostOf }: Reclaim,
  { durationUs, warmupUs }: Window,
): FleetEvent[] {
  const lost = lostOf(fleet);
  if (lost === undefined) return [];
  const atUs = Math.round((warmupUs + durationUs / 2) / US_PER_S) * US_PER_S;
  const group = scenarioGroup(lost.card);
  const last = replicasByGroup(fleet).get(group)!;
  const replicas = Array.from({ length: lost.replicas }, (_, index) => `${group}-${last - index}`);
  return [{ kind: 'reclaim', at: formatDurationUs(atUs), replicas, ...reclaimTimes }];
}

export function reclaimText({ share }: Reclaim): string {
  const { notice, replacement } = reclaimTimes;
  const what = `${Math.round(100 * share)} % of the spot replicas of one kind`;
  return `${what} are taken back in the middle of the window, with ${notice} of notice; new ones are there after ${replacement}`;
}
