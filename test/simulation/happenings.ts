import type { ReplicaView } from '../../strategies/strategy.ts';
import type { Played } from './check-world.ts';
import type { PlayedCalls } from './played-calls.ts';
import type { World } from './world.ts';

/** What may happen in a world, so that a sweep can say in how many of them it did. */
export const happenings = [
  ...(['crashed', 'drained', 'several gateways', 'retried', 'hedged', 'barred'] as const),
  ...(['preempted', 'cached', 'held', 'sent again', 'ok', 'failed', 'timeout'] as const),
  ...(['rejected', 'cancelled'] as const),
];
export type Happening = (typeof happenings)[number];

export function happeningsOf({ logs, rows, world }: Played): Set<Happening> {
  const seen = new Set<Happening>();
  const note = (what: Happening, happened: boolean) => {
    if (happened) seen.add(what);
  };
  for (const kind of eventKinds(world)) {
    note('crashed', kind === 'crash');
    note('drained', kind === 'remove' || kind === 'reclaim');
  }
  note('several gateways', logs.length > 1);
  for (const { attempts, cachedTokens, dispatchedUs, outcome, ...row } of rows) {
    if (outcome !== 'truncated') note(outcome, true);
    note('preempted', row.preemptions > 0);
    note('cached', cachedTokens > 0);
    note('held', attempts === 1 && dispatchedUs > row.sentUs);
    note('sent again', row.tries > 1);
  }
  for (const { all } of logs) {
    for (const what of doneByGateway(all)) note(what, what !== 'barred' || !canThin(world));
  }
  return seen;
}

function eventKinds({ scenario }: World): string[] {
  return (scenario['events'] as { kind: string }[]).map(({ kind }) => kind);
}

/** A slow start leaves replicas out that nothing is wrong with. */
function canThin({ scenario }: World): boolean {
  return JSON.stringify(scenario['gateway']).includes('slowStart');
}

/** What can only be told from the order of the calls. */
function doneByGateway(calls: PlayedCalls['all']): Set<Happening> {
  const seen = new Set<Happening>();
  const outside = new Set<number>();
  const views: ReplicaView[] = [];
  const running = new Map<number, number>();
  const sentTo = new Map<number, Set<number>>();
  for (const call of calls) {
    const { changed, replica, request, told } = call;
    for (const view of changed) views[view.index] = view;
    const now = running.get(request) ?? 0;
    if (told.kind === 'onJoined') outside.delete(replica);
    if (told.kind === 'onLeft') outside.add(replica);
    if (told.kind === 'onEnded') running.set(request, now - 1);
    if (told.kind === 'pick' && leavesOut(request, told.among, { views, outside, sentTo }))
      seen.add('barred');
    if (told.kind !== 'onDispatched') continue;
    if (now > 0) seen.add('hedged');
    else if (sentTo.has(request)) seen.add('retried');
    running.set(request, now + 1);
    sentTo.set(request, (sentTo.get(request) ?? new Set()).add(replica));
  }
  return seen;
}

interface Whereabouts {
  readonly views: readonly ReplicaView[];
  readonly outside: ReadonlySet<number>;
  readonly sentTo: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Somebody who is in the pool, has nothing to do and has not had the request. */
function leavesOut(
  request: number,
  among: readonly number[],
  { outside, sentTo, views }: Whereabouts,
): boolean {
  return views.some(
    ({ inFlight, index }) =>
      inFlight === 0 &&
      !among.includes(index) &&
      !outside.has(index) &&
      sentTo.get(request)?.has(index) !== true,
  );
}
