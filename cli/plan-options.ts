import { InvalidArgumentError } from '@commander-js/extra-typings';
import { FairleadError } from '../core/errors.ts';
import type { Threshold } from '../core/slo.ts';
import type { TensorParallelSize } from '../experiments/plan/choose-cards.ts';
import type { SpotOptions } from '../experiments/plan/spot-cards.ts';
import { parseThreshold } from '../scenarios/thresholds.ts';

/** "H100-SXM,L40S". */
export function names(text: string): string[] {
  const all = text.split(',').map((name) => name.trim());
  if (all.every((name) => name !== '')) return [...new Set(all)];
  throw new InvalidArgumentError('Write names with commas between them, such as H100-SXM,L40S.');
}

const sizes: readonly TensorParallelSize[] = [1, 2, 4, 8];

/** "1,2,4". */
export function tensorParallelSizes(text: string): TensorParallelSize[] {
  return [...new Set(names(text))]
    .map((name) => {
      const size = sizes.find((one) => String(one) === name);
      if (size !== undefined) return size;
      throw new InvalidArgumentError(`Write 1, 2, 4 or 8, or several as 1,2, not "${text}".`);
    })
    .sort((a, b) => a - b);
}

/** USD per GPU-hour. */
export interface GivenPrices {
  readonly onDemand: ReadonlyMap<string, number>;
  readonly spot: ReadonlyMap<string, number>;
}

const noPrices: GivenPrices = { onDemand: new Map(), spot: new Map() };

/** "H100-SXM=2.10", or "H100-SXM:spot=1.20"; may be given several times. */
export function gpuPrice(text: string, before = noPrices): GivenPrices {
  const [, name, spot, price] = /^([^=:]+)(:spot)?=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const usd = Number(price);
  if (name === undefined || !(usd > 0)) {
    const message = `Write a GPU and its dollars per hour, such as H100-SXM=2.10 or H100-SXM:spot=1.20, not "${text}".`;
    throw new InvalidArgumentError(message);
  }
  const market = spot === undefined ? 'onDemand' : 'spot';
  return { ...before, [market]: new Map([...before[market], [name, usd]]) };
}

/** "50%", as a share. */
export function percentage(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError(
    `Write a share above 0 % and up to 100 %, such as 50%, not "${text}".`,
  );
}

/** What was asked about spot, if anything was. */
export function spotOptions({
  price,
  reclaim,
  spot,
}: {
  readonly price?: GivenPrices | undefined;
  readonly reclaim?: number | undefined;
  readonly spot?: true | readonly string[] | undefined;
}): SpotOptions | undefined {
  const prices = price?.spot ?? new Map();
  if (spot !== undefined) {
    const gpus = spot === true ? undefined : spot;
    return { gpus, prices, reclaimShare: reclaim ?? usualReclaimShare };
  }
  const [first] = prices.keys();
  const idle = first === undefined ? reclaim && '--reclaim' : `--price ${first}:spot`;
  if (!idle) return undefined;
  throw new FairleadError(
    'USAGE',
    `${idle} is about spot replicas, and none are planned with. Add --spot.`,
  );
}

const usualReclaimShare = 0.5;

/** "ttft.p99 < 2s"; may be given several times. */
export function thresholds(text: string, before: Threshold[] = []): Threshold[] {
  return [...before, parseThreshold(text)];
}
