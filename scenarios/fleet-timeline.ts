import { assert } from '../core/assert.ts';
import { formatDurationUs, parseDurationUs, usOf } from '../core/time.ts';
import type { CrashMode, FleetEvent, MetricsMode } from './fleet-events.ts';
import { type Effect, replicaChanges } from './replica-changes.ts';
import { FleetRoster, type RosterMember } from './roster.ts';
import type { Scenario } from './scenario.ts';

/**
 * What happens to each replica and when, with every duration and name resolved: the simulator and
 * a driver of real machines follow the same list.
 */
export interface FleetTimeline {
  /** By index: those that are there from the start, group by group, then those that the gateway may
   * boot, then those that come later. */
  readonly replicas: readonly PlannedReplica[];
  /** By index as well: from when to when each machine is planned to be on, booting included. */
  readonly machines: readonly { readonly fromUs: number; readonly untilUs: number }[];
  /** By time; at equal times by replica. */
  readonly changes: readonly FleetChange[];
}

export interface PlannedReplica {
  readonly name: string;
  /** Index of its group in the scenario. */
  readonly group: number;
  readonly isThereFromStart: boolean;
}

/** At a time, to a replica by its index. */
export type FleetChange = { readonly atUs: number; readonly replica: number } & ReplicaChange;

export type ReplicaChange = OutsideChange | ToldChange;

/** What is done to a replica from outside, of which the gateway knows nothing. */
export type OutsideChange =
  /** The process is gone, and whoever asks it sees the mode. */
  | { readonly kind: 'down'; readonly mode: CrashMode }
  /** A new process loads the model, and refuses connections. */
  | { readonly kind: 'loading' }
  /** A new engine serves, with an empty cache. */
  | { readonly kind: 'up' }
  /** Steps take so many times as long as they should. */
  | { readonly kind: 'pace'; readonly factor: number }
  | { readonly kind: 'network'; readonly delayUs: number; readonly loss: number }
  | { readonly kind: 'metrics'; readonly mode: MetricsMode | 'ok' }
  /** The machine is switched off for good. */
  | { readonly kind: 'off' };

/** What the gateway is told: it may pick the replica, or no longer, or by another weight. */
export type ToldChange =
  | { readonly kind: 'join' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'weight'; readonly weight: number };

export interface TimelineProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Planned = Pick<Scenario, 'events' | 'fleet' | 'warmupUs' | 'durationUs'> &
  Partial<Pick<Scenario, 'gateway'>>;

/** Of the largest group, each replica three times: every restart takes an engine of its own. */
const mostHits = 30_000;

/** Of a scenario whose events have no problem. */
export function fleetTimeline(scenario: Planned): FleetTimeline {
  const timeline = resolve(scenario);
  assert('changes' in timeline, 'events are checked when a scenario is loaded');
  return timeline;
}

/** The first event that cannot happen; a check for the loader. */
export function fleetEventProblem(scenario: Planned): TimelineProblem | undefined {
  const timeline = resolve(scenario);
  return 'message' in timeline ? timeline : undefined;
}

function resolve(scenario: Planned): FleetTimeline | TimelineProblem {
  const { durationUs, events, fleet, warmupUs } = scenario;
  const endUs = warmupUs + durationUs;
  const scaled = Object.entries(scenario.gateway?.autoscale ?? {});
  const roster = new FleetRoster(fleet, new Map(scaled.map(([name, { max }]) => [name, max])));
  const inTime = [...events.entries()].sort(([, a], [, b]) => atUsOf(a) - atUsOf(b));
  for (const [index, event] of inTime) {
    const problem = (path: (string | number)[], message: string) => ({
      path: ['events', index, ...path],
      message,
    });
    if (atUsOf(event) >= endUs) {
      const at = `it would happen at ${event.at}, and the run ends at ${formatDurationUs(endUs)}`;
      return problem(['at'], `${at}. Write an earlier time or a longer duration.`);
    }
    const wrong = apply(event, roster);
    if (wrong !== undefined) return problem([...wrong.path], wrong.message);
    if (roster.hits <= mostHits) continue;
    const message = `the events up to this one hit more than ${mostHits} replicas in all. Write fewer events.`;
    return problem([], message);
  }
  return timelineOf(roster.members);
}

function atUsOf({ at }: FleetEvent): number {
  return usOf(at);
}

function timelineOf(members: readonly RosterMember[]): FleetTimeline {
  const changes = members.flatMap((member, replica) =>
    replicaChanges(member).map((change) => ({ ...change, replica })),
  );
  return {
    replicas: members.map(({ group, joinsUs, name }) => ({
      name,
      group,
      isThereFromStart: joinsUs === undefined,
    })),
    machines: members.map(({ goneUs = Number.POSITIVE_INFINITY, onUs }) => ({
      fromUs: onUs,
      untilUs: goneUs,
    })),
    // The sort is stable, and the changes of one replica are in their order already.
    changes: changes.sort((a, b) => a.atUs - b.atUs),
  };
}

/** Enters an event into the books of those it is about. */
function apply(event: FleetEvent, roster: FleetRoster): TimelineProblem | undefined {
  const atUs = atUsOf(event);
  if (event.kind === 'add') {
    const group = roster.groupNamed(event.group);
    if (typeof group !== 'number') return { path: ['group'], message: group.message };
    const bootUs = usOf(event.boot);
    const start = { joinsUs: atUs + bootUs, onUs: atUs };
    for (let i = 0; i < event.count; i++) roster.hire(group, start);
    return undefined;
  }
  if (event.kind === 'network' && event.loss === 0 && parseDurationUs(event.delay) === 0) {
    return { path: [], message: 'it changes nothing. Write "delay: 50ms" or "loss: 0.01".' };
  }
  const takesAway = event.kind === 'remove' || event.kind === 'reclaim';
  const hit = new Set<RosterMember>();
  for (const [at, name] of event.replicas.entries()) {
    const found = roster.named(name, atUs, takesAway);
    if ('message' in found) return { path: ['replicas', at], message: found.message };
    for (const member of found.members) hit.add(member);
  }
  for (const member of hit) hitMember(event, member, roster);
  return undefined;
}

function hitMember(
  event: Exclude<FleetEvent, { kind: 'add' }>,
  member: RosterMember,
  roster: FleetRoster,
): void {
  const atUs = atUsOf(event);
  if (event.kind === 'weight') {
    roster.weigh(member, { atUs, weight: event.weight });
  } else if (event.kind === 'remove') {
    roster.dismiss(member, { drainsUs: atUs, goneUs: atUs + usOf(event.drain) });
  } else if (event.kind === 'reclaim') {
    roster.dismiss(member, { drainsUs: atUs, goneUs: atUs + usOf(event.notice) });
    const { replacement } = event;
    if (replacement === undefined) return;
    const joinsUs = atUs + usOf(replacement);
    roster.hire(member.group, { joinsUs, onUs: atUs });
  } else {
    roster.burden(member, effectOf(event, atUs));
  }
}

function effectOf(
  event: Extract<FleetEvent, { kind: 'crash' | 'slow' | 'network' | 'metrics' }>,
  fromUs: number,
): Effect {
  if (event.kind === 'crash') {
    const upUs = fromUs + usOf(event.down);
    const untilUs = upUs + usOf(event.warmUp);
    return { kind: 'crash', mode: event.mode, fromUs, downUntilUs: upUs, untilUs };
  }
  const untilUs = fromUs + usOf(event.for);
  if (event.kind === 'slow') return { kind: 'slow', factor: event.factor, fromUs, untilUs };
  if (event.kind === 'metrics') return { kind: 'metrics', mode: event.mode, fromUs, untilUs };
  const delayUs = usOf(event.delay);
  return { kind: 'network', delayUs, loss: event.loss, fromUs, untilUs };
}
