import { suggestion } from '../core/closest.ts';
import { formatDurationUs } from '../core/time.ts';
import type { Effect } from './replica-changes.ts';
import type { FleetGroup } from './scenario.ts';

/** A replica and what is planned for it. */
export interface RosterMember {
  readonly name: string;
  readonly group: number;
  readonly joinsUs: number | undefined;
  /** When its machine is switched on; infinity for a reserve, of which nothing is planned. */
  readonly onUs: number;
  drainsUs: number | undefined;
  goneUs: number | undefined;
  readonly weights: { atUs: number; weight: number }[];
  readonly effects: Effect[];
}

interface Complaint {
  readonly message: string;
}

interface Start {
  readonly joinsUs: number | undefined;
  readonly onUs: number;
}

const fromStart: Start = { joinsUs: undefined, onUs: 0 };
const reserve: Start = { joinsUs: Number.POSITIVE_INFINITY, onUs: Number.POSITIVE_INFINITY };

/** Who belongs to a fleet, and from when to when. Events are entered in the order of their time. */
export class FleetRoster {
  readonly members: RosterMember[] = [];
  /** How often something was planned for somebody. */
  hits = 0;
  readonly #byName = new Map<string, RosterMember>();
  readonly #groups: readonly { readonly name: string; readonly members: RosterMember[] }[];

  /** `sizes` are the most that a group may have, where that is more than it begins with. */
  constructor(
    fleet: readonly Pick<FleetGroup, 'name' | 'replicas'>[],
    sizes: ReadonlyMap<string, number> = new Map(),
  ) {
    this.#groups = fleet.map(({ name }) => ({ name, members: [] }));
    for (const [group, { replicas }] of fleet.entries()) {
      for (let i = 0; i < replicas; i++) this.hire(group);
    }
    for (const [group, { name, replicas }] of fleet.entries()) {
      for (let i = replicas; i < (sizes.get(name) ?? 0); i++) this.hire(group, reserve);
    }
    this.hits = 0;
  }

  /** One more replica of a group, with the next number. */
  hire(group: number, { joinsUs, onUs }: Start = fromStart): void {
    const { members, name: groupName } = this.#groups[group]!;
    const name = `${groupName}-${members.length + 1}`;
    const member: RosterMember = {
      name,
      group,
      joinsUs,
      onUs,
      drainsUs: undefined,
      goneUs: undefined,
      weights: [],
      effects: [],
    };
    members.push(member);
    this.members.push(member);
    this.#byName.set(name, member);
    this.hits += 1;
  }

  dismiss(member: RosterMember, { drainsUs, goneUs }: { drainsUs: number; goneUs: number }): void {
    member.drainsUs = drainsUs;
    member.goneUs = goneUs;
    this.hits += 1;
  }

  weigh(member: RosterMember, change: RosterMember['weights'][number]): void {
    member.weights.push(change);
    this.hits += 1;
  }

  burden(member: RosterMember, effect: Effect): void {
    member.effects.push(effect);
    this.hits += 1;
  }

  groupNamed(name: string): number | Complaint {
    const index = this.#groups.findIndex((group) => group.name === name);
    if (index >= 0) return index;
    const names = this.#groups.map((group) => group.name);
    return { message: `there is no group "${name}". ${suggestion(name, names)}` };
  }

  /**
   * The replica of that name, or those of the group of that name that are there at the moment.
   * Who is on its way out cannot be taken away once more.
   */
  named(
    name: string,
    atUs: number,
    takesAway: boolean,
  ): { readonly members: readonly RosterMember[] } | Complaint {
    const member = this.#byName.get(name);
    if (member !== undefined) {
      const why = absence(member, atUs, takesAway);
      return why === undefined ? { members: [member] } : { message: why };
    }
    const group = this.#groups.find((other) => other.name === name);
    if (group === undefined) {
      const names = this.#groups.map((other) => other.name);
      const near = [...names, ...this.#groups.flatMap(fewNames)];
      return { message: `there is no replica or group "${name}". ${suggestion(name, near)}` };
    }
    const members = group.members.filter((one) => absence(one, atUs, takesAway) === undefined);
    if (members.length > 0) return { members };
    const when = formatDurationUs(atUs);
    return { message: `no replica of "${name}" is there at ${when}. Write another time.` };
  }
}

/** Names to suggest; a list of ten thousand helps nobody. */
function fewNames({ members }: { readonly members: readonly RosterMember[] }): string[] {
  return members.slice(0, 8).map(({ name }) => name);
}

function absence(
  { drainsUs, goneUs, joinsUs = 0, name }: RosterMember,
  atUs: number,
  takesAway: boolean,
): string | undefined {
  if (joinsUs === Number.POSITIVE_INFINITY) {
    return `${name} is there only when the gateway wants it. Write one that is there at first.`;
  }
  if (atUs < joinsUs) {
    return `${name} only comes at ${formatDurationUs(joinsUs)}. Write a later time.`;
  }
  if (goneUs !== undefined && atUs >= goneUs) {
    return `${name} is gone since ${formatDurationUs(goneUs)}. Write an earlier time.`;
  }
  if (takesAway && drainsUs !== undefined) {
    const since = formatDurationUs(drainsUs);
    return `${name} is on its way out since ${since} already. Write another replica.`;
  }
  return undefined;
}
