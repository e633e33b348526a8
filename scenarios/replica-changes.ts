import type { CrashMode, MetricsMode } from './fleet-events.ts';
import type { ReplicaChange } from './fleet-timeline.ts';

/** Something that is wrong with a replica for a time. */
export type Effect = { readonly fromUs: number; readonly untilUs: number } & (
  | { readonly kind: 'crash'; readonly mode: CrashMode; readonly downUntilUs: number }
  | { readonly kind: 'slow'; readonly factor: number }
  | { readonly kind: 'network'; readonly delayUs: number; readonly loss: number }
  | { readonly kind: 'metrics'; readonly mode: MetricsMode }
);

export interface ReplicaPlan {
  /** Absent for those that are there from the start, infinite for those of which nobody knows. */
  readonly joinsUs?: number | undefined;
  readonly drainsUs?: number | undefined;
  readonly goneUs?: number | undefined;
  readonly weights: readonly { readonly atUs: number; readonly weight: number }[];
  /** By the time they begin. */
  readonly effects: readonly Effect[];
}

type TimedChange = ReplicaChange & { readonly atUs: number };

/**
 * The changes of one replica by time. What overlaps adds up: factors of slowness multiply, delays
 * add, losses are independent of each other; a crash lasts until the last one of them is over, and
 * looks like the one that came last.
 */
export function replicaChanges(plan: ReplicaPlan): TimedChange[] {
  const { drainsUs, effects, goneUs = Number.POSITIVE_INFINITY, joinsUs, weights } = plan;
  const changes: TimedChange[] = [];
  if (joinsUs === Number.POSITIVE_INFINITY) return [];
  if (joinsUs !== undefined) changes.push({ atUs: joinsUs, kind: 'up' });
  if (effects.length > 0) changes.push(...effectChanges(effects));
  if (joinsUs !== undefined) changes.push({ atUs: joinsUs, kind: 'join' });
  for (const { atUs, weight } of weights) changes.push({ atUs, kind: 'weight', weight });
  // A way that is cut stays so when the machine at its end goes; and who goes as it comes has come.
  const during = changes.filter(
    ({ atUs, kind }) => atUs < goneUs || kind === 'network' || atUs === joinsUs,
  );
  if (drainsUs !== undefined) during.push({ atUs: drainsUs, kind: 'drain' });
  if (goneUs < Number.POSITIVE_INFINITY) during.push({ atUs: goneUs, kind: 'off' });
  return during.sort((a, b) => a.atUs - b.atUs);
}

const health = { kind: 'up' } as const;
const pace = { kind: 'pace', factor: 1 } as const;
const network = { kind: 'network', delayUs: 0, loss: 0 } as const;
const metrics = { kind: 'metrics', mode: 'ok' } as const;

function effectChanges(effects: readonly Effect[]): TimedChange[] {
  const changes: TimedChange[] = [];
  let state: readonly ReplicaChange[] = [health, pace, network, metrics];
  let active: Effect[] = [];
  let next = 0;
  for (const atUs of boundaries(effects)) {
    active = active.filter(({ untilUs }) => untilUs > atUs);
    for (; next < effects.length && effects[next]!.fromUs <= atUs; next++) {
      active.push(effects[next]!);
    }
    const now = stateOf(active, atUs);
    for (const [at, change] of now.entries()) {
      if (!areEqual(change, state[at]!)) changes.push({ ...change, atUs });
    }
    state = now;
  }
  return changes;
}

function boundaries(effects: readonly Effect[]): number[] {
  const times = effects.flatMap((effect) =>
    effect.kind === 'crash'
      ? [effect.fromUs, effect.downUntilUs, effect.untilUs]
      : [effect.fromUs, effect.untilUs],
  );
  return [...new Set(times)].sort((a, b) => a - b);
}

/** In the order of the kinds above. */
function stateOf(active: readonly Effect[], nowUs: number): ReplicaChange[] {
  let engine: ReplicaChange = health;
  let factor = 1;
  let delayUs = 0;
  let loss = 0;
  let mode: MetricsMode | 'ok' = 'ok';
  for (const effect of active) {
    if (effect.kind === 'slow') {
      factor *= effect.factor;
    } else if (effect.kind === 'network') {
      delayUs += effect.delayUs;
      loss += effect.loss - loss * effect.loss;
    } else if (effect.kind === 'metrics') {
      if (mode !== 'lost') mode = effect.mode;
    } else if (effect.downUntilUs > nowUs) {
      engine = { kind: 'down', mode: effect.mode };
    } else if (engine.kind === 'up') {
      engine = { kind: 'loading' };
    }
  }
  const now: ReplicaChange[] = [engine];
  now.push({ kind: 'pace', factor }, { kind: 'network', delayUs, loss });
  now.push({ kind: 'metrics', mode });
  return now;
}

function areEqual(a: ReplicaChange, b: ReplicaChange): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'network' && b.kind === 'network') {
    return a.delayUs === b.delayUs && a.loss === b.loss;
  }
  if (a.kind === 'pace' && b.kind === 'pace') return a.factor === b.factor;
  if (a.kind === 'down' || a.kind === 'metrics') return a.mode === (b as typeof a).mode;
  return true;
}
