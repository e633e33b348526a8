import fc from 'fast-check';
import { US_PER_MS } from '../../core/time.ts';
import type { FleetEvent } from '../../scenarios/fleet-events.ts';
import { fleetEventProblem } from '../../scenarios/fleet-timeline.ts';

export interface DrawnFleet {
  readonly fleet: readonly { readonly name: string; readonly replicas: number }[];
  /** Of the run, the warm-up included. */
  readonly lengthMs: number;
}

/** What may happen to any fleet; names and places are still to be found. */
export interface DrawnEvent {
  readonly kind: FleetEvent['kind'];
  readonly at: number;
  readonly who: number;
  readonly lasts: number;
  readonly after: number;
  readonly dice: number;
}

/** Those that hurt most come twice as often. */
export const drawnKinds = [
  ...(['crash', 'slow', 'network', 'metrics', 'reclaim', 'add', 'remove', 'weight'] as const),
  ...(['crash', 'slow', 'network'] as const),
];

export function drawnEvents(maxLength: number): fc.Arbitrary<readonly DrawnEvent[]> {
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  return fc.array(
    fc.record({
      kind: fc.constantFrom<FleetEvent['kind'][]>(...drawnKinds),
      at: share,
      who: fc.nat(99),
      lasts: share,
      after: fc.oneof(fc.constant(0), share),
      dice: fc.nat(11),
    }),
    { maxLength },
  );
}

/** The events of a fleet, without those that cannot happen to it, such as to who has gone. */
export function eventsOf(drawn: readonly DrawnEvent[], given: DrawnFleet): FleetEvent[] {
  const { fleet, lengthMs } = given;
  const events = drawn.map((event) => eventOf(event, given));
  const [warmupUs, durationUs] = [0, lengthMs * US_PER_MS];
  const scenario = { fleet, warmupUs, durationUs } as unknown as Parameters<
    typeof fleetEventProblem
  >[0];
  for (;;) {
    const problem = fleetEventProblem({ ...scenario, events });
    if (problem === undefined) return events;
    events.splice(Number(problem.path[1]), 1);
  }
}

function eventOf(
  { after, at: atShare, dice, kind, lasts, who }: DrawnEvent,
  { fleet, lengthMs }: DrawnFleet,
): FleetEvent {
  const ms = (share: number) => `${Math.floor(share * lengthMs)}ms`;
  const at = ms(atShare);
  const length = `${1 + Math.floor(lasts * lengthMs * 0.5)}ms`;
  const group = fleet[who % fleet.length]!;
  const isWhole = dice === 0;
  const replicas = [isWhole ? group.name : `${group.name}-${1 + (who % (group.replicas + 1))}`];
  switch (kind) {
    case 'crash': {
      const mode = (['reset', 'hang', 'fail-fast'] as const)[dice % 3]!;
      return { kind, at, replicas, mode, down: length, warmUp: ms(after * 0.2) };
    }
    case 'slow':
      return { kind, at, replicas, factor: [1.5, 2, 7][dice % 3]!, for: length };
    case 'network': {
      const loss = [0, 0.3, 1][dice % 3]!;
      return { kind, at, replicas, delay: dice % 2 === 0 ? '7ms' : '0ms', loss, for: length };
    }
    case 'metrics':
      return { kind, at, replicas, mode: dice % 2 === 0 ? 'lost' : 'frozen', for: length };
    case 'reclaim': {
      const replacement = dice % 2 === 0 ? { replacement: ms(after) } : {};
      return { kind, at, replicas, notice: ms(after * 0.3), ...replacement };
    }
    case 'add':
      return { kind, at, group: group.name, count: 1 + (dice % 2), boot: ms(after * 0.3) };
    case 'remove':
      return { kind, at, replicas, drain: ms(after * 0.3) };
    case 'weight':
      return { kind, at, replicas, weight: 1 + dice };
  }
}
