import type { JudgedFleet } from '../../reports/plan.ts';
import type { Limits } from './candidates.ts';
import { tightest } from './checks.ts';
import { judgedFleet } from './describe.ts';
import { byCost, type Card, contains, type Fleet, uniformFleet } from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import type { Losses } from './losses.ts';
import { searchUniform, type UniformSearch } from './search.ts';

interface SearchedOptions extends Losses {
  readonly cards: readonly Card[];
  readonly limits: Limits;
  readonly needs: ReadonlyMap<string, number>;
  readonly judge: FleetJudge;
  readonly uniform: ReadonlyMap<string, UniformSearch>;
}

/** GPUs beside those of the winner of which the smallest fleet is found, however dear. */
const otherGpus = 3;
const mostShown = 5;

/** What else keeps the SLO: other mixtures, and fleets of other GPUs alone. */
export async function runnersUp(
  options: SearchedOptions & { readonly fleet: Fleet },
): Promise<{ fleets: JudgedFleet[]; uniform: ReadonlyMap<string, UniformSearch> }> {
  const { fleet, judge, limits, needs } = options;
  const uniform = new Map(options.uniform);
  for (const card of otherCards(options)) {
    const known = uniform.get(card.group);
    if (known?.keeps !== undefined) continue;
    const need = needs.get(card.group) ?? 0;
    const searched = await searchUniform(card, { ...options, judge, limits, need });
    uniform.set(card.group, searched);
  }
  const fleets = judge.judged
    .filter((one) => one.verdict.kind === 'keeps' && byCost(fleet, one.fleet) < 0)
    // More of the same is no other choice.
    .filter((one) => !contains(one.fleet, fleet))
    .filter((one, _index, all) => !all.some((other) => isLess(other.fleet, one.fleet)))
    .sort((a, b) => byCost(a.fleet, b.fleet))
    .slice(0, mostShown)
    .map(judgedFleet);
  return { fleets, uniform };
}

function isLess(fleet: Fleet, than: Fleet): boolean {
  return fleet !== than && contains(than, fleet);
}

/** Of each other GPU the card that looks cheapest, the cheapest of these first. */
function otherCards({
  cards,
  fleet,
  limits,
  needs,
}: SearchedOptions & { readonly fleet: Fleet }): Card[] {
  const usdOf = (card: Card) => card.usdPerHour * Math.ceil(needs.get(card.group) ?? 0);
  const own = fleet.parts.map(({ card }) => card.gpu);
  const others = cards
    .filter(({ gpu, group }) => !own.includes(gpu) && (needs.get(group) ?? 0) < limits.maxReplicas)
    .sort((a, b) => usdOf(a) - usdOf(b));
  const firsts = others.filter(
    (card, index) => others.findIndex(({ gpu }) => gpu === card.gpu) === index,
  );
  return firsts.slice(0, otherGpus);
}

/** Where nothing keeps the SLO: what is undecided, cheapest first, else what misses it by least. */
export async function nearestFleets(options: SearchedOptions): Promise<JudgedFleet[]> {
  const { cards, judge, limits } = options;
  for (const card of cards) {
    const { budgetUsdPerHour = Number.POSITIVE_INFINITY } = limits;
    const most = Math.min(limits.maxReplicas, Math.floor(budgetUsdPerHour / card.usdPerHour));
    if (most >= 1) await judge.judge(uniformFleet(card, most));
  }
  const { judged } = judge;
  const open = judged.filter(({ verdict }) => verdict.kind === 'undecided');
  if (open.length > 0) {
    return open
      .sort((a, b) => byCost(a.fleet, b.fleet))
      .slice(0, mostShown)
      .map(judgedFleet);
  }
  const missed = (one: (typeof judged)[number]) => {
    const { cause, checks } = one.verdict;
    if (cause?.kind !== 'objective') return Number.POSITIVE_INFINITY;
    return -(tightest(checks).headroomShare ?? Number.NEGATIVE_INFINITY);
  };
  return [...judged]
    .sort((a, b) => missed(a) - missed(b) || byCost(a.fleet, b.fleet))
    .slice(0, mostShown)
    .map(judgedFleet);
}
