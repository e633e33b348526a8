import { formatNumber, usdFigure } from '../reports/format.ts';
import type { Gpu } from '../sim/catalog/gpu.ts';
import { gpus } from '../sim/catalog/gpus/registry.ts';
import { kvBytesPerToken, type Model } from '../sim/catalog/model.ts';
import { models } from '../sim/catalog/models/registry.ts';
import { countParameters } from '../sim/catalog/parameters.ts';
import { type Price, prices } from '../sim/catalog/price-list.ts';
import { usdPerGpuHour } from '../sim/catalog/prices.ts';
import { weightBytes } from '../sim/catalog/weight-bytes.ts';

/** Rows with a head, for the terminal and for the page in docs/. */
export type Rows = string[][];

export function gpuRows(): Rows {
  const head = ['GPU', '16-bit TFLOPS', 'fp8', 'memory GB', 'GB/s', 'link GB/s', 'W'];
  return [[...head, 'USD/h', 'tier', 'date'], ...gpus.map(gpuRow)];
}

function gpuRow(gpu: Gpu): string[] {
  const price = usdPerGpuHour(gpu.name);
  return [
    gpu.name,
    `${gpu.bf16Tflops}${gpu.hasBf16 === false ? ' (fp16)' : ''}`,
    gpu.fp8Tflops === undefined ? '–' : String(gpu.fp8Tflops),
    (gpu.memoryBytes / 1e9).toFixed(1),
    formatNumber(gpu.bandwidthGBps),
    `${gpu.linkGBps} ${gpu.linkKind}`,
    String(gpu.tdpWatts),
    ...priceCells(price),
  ];
}

/** Tiers differ by a factor of three, so each price says which it is of, and how old. */
function priceCells(known: ReturnType<typeof usdPerGpuHour>): string[] {
  if (known === undefined) return ['–', '–', '–'];
  const { price, usd } = known;
  return [`${usdFigure(usd)}${price.verified ? '' : '?'}`, price.tier, price.date];
}

export function modelRows(): Rows {
  const head = ['model', 'parameters', 'active', 'weights GB', 'format', 'KV B/token', 'context'];
  return [head, ...models.map(modelRow)];
}

function modelRow(model: Model): string[] {
  return [
    model.name,
    billions(model.parameters),
    model.moe === undefined ? '–' : billions(countParameters(model).active),
    formatNumber(weightBytes(model) / 1e9),
    model.weightFormat,
    formatNumber(kvBytesPerToken(model, 1)),
    formatNumber(model.maxPositionEmbeddings),
  ];
}

export function priceRows(shown: readonly Price[] = prices): Rows {
  const head = ['GPU', 'market', 'tier', 'USD/GPU-hour', 'date', 'source', 'verified'];
  return [
    head,
    ...shown.map((price) => [
      price.gpus.join(', '),
      price.market,
      price.tier,
      formatRange(price),
      price.date,
      price.source,
      price.verified ? 'yes' : 'no',
    ]),
  ];
}

export function billions(parameters: number): string {
  return `${(parameters / 1e9).toFixed(parameters < 1e11 ? 2 : 0)}B`;
}

function formatRange({ lowUsdPerGpuHour: low, highUsdPerGpuHour: high }: Price): string {
  return low === high ? usdFigure(low) : `${usdFigure(low)}–${usdFigure(high)}`;
}
