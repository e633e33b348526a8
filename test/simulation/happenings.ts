import type { DecisionEntry } from '../../gateway/decision-log/entry.ts';
import { replicaColumns } from '../../gateway/decision-log/replica-looks.ts';
import type { Played } from './check-world.ts';
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
  for (const log of logs) {
    for (const what of doneByGateway(log)) note(what, what !== 'barred' || !canThin(world));
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

const inFlightColumn = replicaColumns.indexOf('inFlight');

/** What can only be told from the order of the calls. */
function doneByGateway(log: readonly DecisionEntry[]): Set<Happening> {
  const seen = new Set<Happening>();
  const outside = new Set<number>();
  const inFlight: number[] = [];
  const running = new Map<number, number>();
  const sentTo = new Map<number, Set<number>>();
  let among: readonly number[] = [];
  for (const entry of log) {
    if (entry.kind === 'replica') inFlight[entry.view.index] = entry.view.inFlight;
    if (entry.kind === 'candidates') among = entry.replicas;
    if ('changes' in entry) follow(entry.changes, inFlight);
    if (entry.kind === 'joined') outside.delete(entry.replica);
    if (entry.kind === 'left') outside.add(entry.replica);
    if (!('attempts' in entry)) continue;
    const { request } = entry;
    const now = running.get(request) ?? 0;
    if (entry.kind === 'ended') running.set(request, now - 1);
    if (entry.kind === 'pick' && leavesOut(request, among, { inFlight, outside, sentTo }))
      seen.add('barred');
    if (entry.kind !== 'dispatched') continue;
    if (now > 0) seen.add('hedged');
    else if (sentTo.has(request)) seen.add('retried');
    running.set(request, now + 1);
    sentTo.set(request, (sentTo.get(request) ?? new Set()).add(entry.replica));
  }
  return seen;
}

function follow(changes: readonly number[], inFlight: number[]): void {
  for (let at = 0; at < changes.length; at += 3) {
    if (changes[at + 1] === inFlightColumn) inFlight[changes[at]!] = changes[at + 2]!;
  }
}

interface Whereabouts {
  readonly inFlight: readonly number[];
  readonly outside: ReadonlySet<number>;
  readonly sentTo: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Somebody who is in the pool, has nothing to do and has not had the request. */
function leavesOut(
  request: number,
  among: readonly number[],
  { inFlight, outside, sentTo }: Whereabouts,
): boolean {
  return inFlight.some(
    (sent, index) =>
      sent === 0 &&
      !among.includes(index) &&
      !outside.has(index) &&
      sentTo.get(request)?.has(index) !== true,
  );
}
