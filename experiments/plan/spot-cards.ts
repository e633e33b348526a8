import { FairleadError } from '../../core/errors.ts';
import type { PlanPrice } from '../../reports/plan.ts';
import { findGpu } from '../../sim/catalog/lookup.ts';
import type { Price } from '../../sim/catalog/prices.ts';
import { type ChosenCards, givenOrigin, type LeftOut, quotedPrice } from './choose-cards.ts';
import type { Card } from './fleet.ts';

export interface SpotOptions {
  /** Names of the catalogue; all that are planned with when left out. */
  readonly gpus?: readonly string[] | undefined;
  /** USD per GPU-hour on spot that take the place of the catalogue's. */
  readonly prices?: ReadonlyMap<string, number> | undefined;
  /** Of the spot replicas of one kind those that are taken back together. */
  readonly reclaimShare: number;
}

/** The same, and each replica that is rented on spot for less behind those of its GPU. */
export function withSpot(
  chosen: ChosenCards,
  spot: SpotOptions,
  tier: Price['tier'] | undefined,
): ChosenCards {
  refuseUnplanned([...(spot.gpus ?? []), ...(spot.prices?.keys() ?? [])], chosen);
  const leftOut: LeftOut[] = [];
  const prices: PlanPrice[] = [];
  const cards = chosen.prices.flatMap((onDemand) => {
    const { gpu } = onDemand;
    const own = chosen.cards.filter((card) => card.gpu === gpu);
    if (spot.gpus?.includes(gpu) === false) return own;
    const price = spotPrice(onDemand, spot, tier);
    if (typeof price === 'string') {
      leftOut.push({ gpu: `${gpu} spot`, reason: price });
      return own;
    }
    prices.push(price);
    return [...own, ...own.map((card) => twin(card, price.usdPerGpuHour))];
  });
  // Who names a GPU wants it; who names none wants some.
  const missing = spot.gpus === undefined && prices.length > 0 ? [] : leftOut;
  if (missing.length > 0) {
    const reasons = missing.map(({ gpu, reason }) => `${gpu}: ${reason}.`).join(' ');
    throw new FairleadError('USAGE', `--spot has no price. ${reasons}`);
  }
  return {
    cards,
    prices: [...chosen.prices, ...prices],
    leftOut: [...chosen.leftOut, ...leftOut],
  };
}

function refuseUnplanned(names: readonly string[], { cards, leftOut }: ChosenCards): void {
  for (const name of names) {
    findGpu(name);
    if (cards.some(({ gpu }) => gpu === name)) continue;
    const reason = leftOut.find(({ gpu }) => gpu === name)?.reason;
    const why = reason === undefined ? 'it is not among --gpus' : `it is left out, since ${reason}`;
    throw new FairleadError('USAGE', `${name} on spot cannot be planned with: ${why}.`);
  }
}

function spotPrice(
  onDemand: PlanPrice,
  { prices }: SpotOptions,
  tier: Price['tier'] | undefined,
): PlanPrice | string {
  const { gpu } = onDemand;
  const found = givenPrice(gpu, prices) ?? knownPrice(gpu, tier);
  if (found === undefined) {
    const whose = tier === undefined ? 'no spot price' : `no ${tier} spot price`;
    return `${whose} is known; give one with --price ${gpu}:spot=0.50`;
  }
  if (found.usdPerGpuHour < onDemand.usdPerGpuHour) return found;
  const [less, more] = [onDemand.usdPerGpuHour, found.usdPerGpuHour];
  return `it costs $${more}, and $${less} on demand`;
}

function givenPrice(gpu: string, prices: SpotOptions['prices']): PlanPrice | undefined {
  const usdPerGpuHour = prices?.get(gpu);
  if (usdPerGpuHour === undefined) return undefined;
  return { gpu, market: 'spot', usdPerGpuHour, ...givenOrigin };
}

function knownPrice(gpu: string, tier: Price['tier'] | undefined): PlanPrice | undefined {
  const known = quotedPrice(gpu, tier, 'spot');
  return known && { ...known, market: 'spot' };
}

function twin(card: Card, usdPerGpuHour: number): Card {
  const usdPerHour = Math.round(usdPerGpuHour * card.gpusPerReplica * 1e6) / 1e6;
  return { ...card, group: `${card.group}-spot`, spotOf: card.group, usdPerHour };
}
