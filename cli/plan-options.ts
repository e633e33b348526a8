import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Threshold } from '../core/slo.ts';
import type { TensorParallelSize } from '../experiments/plan/choose-cards.ts';
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

/** "H100-SXM=2.10"; may be given several times. */
export function gpuPrice(text: string, before = new Map<string, number>()): Map<string, number> {
  const [, name, price] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const usd = Number(price);
  if (name === undefined || !(usd > 0)) {
    const message = `Write a GPU and its dollars per hour, such as H100-SXM=2.10, not "${text}".`;
    throw new InvalidArgumentError(message);
  }
  return new Map([...before, [name, usd]]);
}

/** "ttft.p99 < 2s"; may be given several times. */
export function thresholds(text: string, before: Threshold[] = []): Threshold[] {
  return [...before, parseThreshold(text)];
}
