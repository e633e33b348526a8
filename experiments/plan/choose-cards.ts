import { FairleadError } from '../../core/errors.ts';
import type { PlanPrice } from '../../reports/plan.ts';
import type { FleetGroup, Scenario } from '../../scenarios/scenario.ts';
import type { Gpu } from '../../sim/catalog/gpu.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { findGpu } from '../../sim/catalog/lookup.ts';
import { type Price, usdPerGpuHour } from '../../sim/catalog/prices.ts';
import { enginesOf, fleetProblem } from '../../sim/fleet-facts.ts';
import { engineElsewhere } from '../fleets/engine-elsewhere.ts';
import { idleProblem } from './bounds.ts';
import type { Card } from './fleet.ts';

export type TensorParallelSize = FleetGroup['engine']['tensorParallelSize'];

export interface CardOptions {
  readonly scenario: Scenario;
  /** Names of the catalogue; sensible ones when left out. */
  readonly gpus?: readonly string[] | undefined;
  readonly tensorParallelSizes?: readonly TensorParallelSize[] | undefined;
  readonly tier?: Price['tier'] | undefined;
  /** USD per GPU-hour that take the place of the catalogue's. */
  readonly prices?: ReadonlyMap<string, number> | undefined;
  readonly maxModelLen?: number | undefined;
}

export interface ChosenCards {
  readonly cards: readonly Card[];
  readonly prices: readonly PlanPrice[];
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly gpu: string;
  readonly reason: string;
}

/** More would take longer, and hardly be cheaper. */
const mostGpus = 8;

/** What fleets may be made of, each with its price, and why the rest of the catalogue is not. */
export function chooseCards(options: CardOptions): ChosenCards {
  const asked = options.gpus?.map((name) => findGpu(name));
  for (const name of options.prices?.keys() ?? []) findGpu(name);
  const priced: Priced[] = [];
  const leftOut: LeftOut[] = [];
  for (const gpu of asked ?? gpus) {
    const price = priceOf(gpu, options, asked !== undefined);
    if (typeof price === 'string') leftOut.push({ gpu: gpu.name, reason: price });
    else priced.push({ gpu, price });
  }
  const wanted = asked === undefined ? sensible(priced, leftOut, options) : priced;
  const chosen = wanted.map(({ gpu, price }) => {
    const made = cardsOf(gpu, price.usdPerGpuHour, options);
    if (made.cards.length === 0) leftOut.push({ gpu: gpu.name, reason: made.reasons[0]! });
    return { price, ...made };
  });
  const kept = chosen.filter(({ cards }) => cards.length > 0);
  // That all of them are too slow is an answer, and no mistake of whoever asks.
  if (kept.length === 0 && !chosen.some(({ isTooSlow }) => isTooSlow)) {
    const reasons = leftOut.map(({ gpu, reason }) => `${gpu}: ${reason}.`).join(' ');
    throw new FairleadError('USAGE', `there is no GPU to plan with. ${reasons}`);
  }
  return {
    cards: kept.flatMap(({ cards }) => cards),
    prices: kept.map(({ price }) => price),
    leftOut,
  };
}

interface Priced {
  readonly gpu: Gpu;
  readonly price: PlanPrice;
}

function priceOf(gpu: Gpu, options: CardOptions, isAsked: boolean): PlanPrice | string {
  const { name } = gpu;
  const given = options.prices?.get(name);
  if (given !== undefined) {
    return { gpu: name, usdPerGpuHour: given, ...givenOrigin };
  }
  const { tier } = options;
  const known = quotedPrice(name, tier);
  if (known === undefined) {
    const where = tier === undefined ? 'nobody quotes a price' : `no ${tier} price is known`;
    return `${where}; give one with --price ${name}=1.20`;
  }
  if (known.tier === 'long-tail' && tier === undefined && !isAsked) {
    return 'only marketplaces of private machines quote it; name it with --gpus to have it in';
  }
  return known;
}

/** That of the catalogue, with where it came from. */
export function quotedPrice(
  gpu: string,
  asked: Price['tier'] | undefined,
  market: Price['market'] = 'on-demand',
): PlanPrice | undefined {
  const known = usdPerGpuHour(gpu, { market, ...(asked === undefined ? {} : { tier: asked }) });
  if (known === undefined) return undefined;
  const { date, source, tier, verified } = known.price;
  return { gpu, usdPerGpuHour: known.usd, tier, date, source, verified };
}

/** Of a price that somebody wrote. */
export const givenOrigin = {
  tier: 'given',
  date: 'today',
  source: 'the command line',
  verified: true,
};

/** Of equals the better one; then those whose price is known best, and with the most for it. */
function sensible(
  priced: readonly Priced[],
  leftOut: LeftOut[],
  { prices, scenario }: CardOptions,
): Priced[] {
  const own = scenario.fleet.map(({ gpu }) => gpu);
  const isWanted = ({ gpu }: Priced) => own.includes(gpu.name) || prices?.has(gpu.name) === true;
  const rank = (one: Priced) => (isWanted(one) ? 0 : one.price.verified ? 1 : 2);
  const useful = priced.filter((one) => {
    const better = priced.find((other) => outdoes(other, one));
    if (better === undefined || isWanted(one)) return true;
    const reason = `${better.gpu.name} costs no more and is no worse in anything`;
    leftOut.push({ gpu: one.gpu.name, reason });
    return false;
  });
  const ranked = useful.sort(
    (a, b) => rank(a) - rank(b) || usdPerBandwidth(a) - usdPerBandwidth(b),
  );
  for (const { gpu } of ranked.slice(mostGpus)) {
    const reason = `${mostGpus} kinds are looked at; name it with --gpus to have it among them`;
    leftOut.push({ gpu: gpu.name, reason });
  }
  return ranked.slice(0, mostGpus);
}

/** Tokens are made as fast as weights and caches are read. */
function usdPerBandwidth({ gpu, price }: Priced): number {
  return price.usdPerGpuHour / gpu.bandwidthGBps;
}

function outdoes({ gpu: a, price: priceA }: Priced, { gpu: b, price: priceB }: Priced): boolean {
  const figures = (gpu: Gpu) => [
    gpu.bf16Tflops,
    gpu.fp8Tflops ?? 0,
    gpu.bandwidthGBps,
    gpu.memoryBytes,
    gpu.linkGBps,
  ];
  const [of, than] = [figures(a), figures(b)];
  return (
    a.name !== b.name &&
    priceA.tier === priceB.tier &&
    priceA.usdPerGpuHour <= priceB.usdPerGpuHour &&
    of.every((figure, index) => figure >= than[index]!) &&
    of.some((figure, index) => figure > than[index]!)
  );
}

const allSizes: readonly TensorParallelSize[] = [1, 2, 4, 8];

interface MadeCards {
  readonly cards: readonly Card[];
  /** Why some sizes are not among them. */
  readonly reasons: readonly string[];
  readonly isTooSlow: boolean;
}

function cardsOf(gpu: Gpu, usd: number, options: CardOptions): MadeCards {
  const { scenario, tensorParallelSizes } = options;
  const reasons: string[] = [];
  const cards: Card[] = [];
  let isTooSlow = false;
  for (const size of tensorParallelSizes ?? allSizes) {
    const engine = engineFor(gpu, size, options);
    if (typeof engine === 'string') return { cards: [], reasons: [engine], isTooSlow };
    const group = `${gpu.name.toLowerCase()}${size === 1 ? '' : `-tp${size}`}`;
    const made = { name: group, gpu: gpu.name, replicas: 1, engine };
    const gpusPerReplica = enginesOf(made) * size;
    const usdPerHour = Math.round(usd * gpusPerReplica * 1e6) / 1e6;
    const facts = { group, gpu: gpu.name, engine };
    const card = { ...facts, tensorParallelSize: size, gpusPerReplica, usdPerHour };
    const misfit = fleetProblem({ ...scenario, fleet: [made] })?.message;
    const problem = misfit ?? idleProblem(card, scenario);
    if (misfit === undefined && problem !== undefined) isTooSlow = true;
    if (problem === undefined) cards.push(card);
    else if (misfit === undefined) reasons.unshift(problem);
    else reasons.push(problem.replace(/\.$/, ''));
    // The smallest that will do, and the next one.
    if (tensorParallelSizes === undefined && cards.length === 2) break;
  }
  return { cards, reasons, isTooSlow };
}

/** As the scenario runs this GPU, else as it runs its first group, without what depends on it. */
function engineFor(
  gpu: Gpu,
  tensorParallelSize: TensorParallelSize,
  { maxModelLen, scenario }: CardOptions,
): Card['engine'] | string {
  const own = scenario.fleet.find((group) => group.gpu === gpu.name);
  const { engine } = own ?? scenario.fleet[0]!;
  const length = maxModelLen === undefined ? {} : { maxModelLen };
  if (own !== undefined) return { ...engine, ...length, tensorParallelSize };
  if (engine.stepTime.kind === 'profile') {
    return 'the step times of the scenario were measured on another GPU';
  }
  return { ...engineElsewhere(engine), ...length, tensorParallelSize };
}
