import { Command } from '@commander-js/extra-typings';
import type { Gpu } from '../../sim/catalog/gpu.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { findGpu } from '../../sim/catalog/lookup.ts';
import { pricesOf } from '../../sim/catalog/prices.ts';
import { efficiencies } from '../../sim/step-time/efficiencies.ts';
import { gpuRows, priceRows } from '../hardware-tables.ts';
import { printJson } from '../print-json.ts';
import { textTable } from '../print-table.ts';
import { textStyle } from '../text-style.ts';

const list = new Command('list')
  .description('Shows every GPU with its rates, its memory and a price.')
  .option('--json', 'print one JSON document and nothing else')
  .action(({ json }) => {
    if (json) return printJson(gpus.map(asJson));
    const style = textStyle(process.stdout);
    const note = style.grey(
      'Dense rates. USD/h is the middle of the first tier that quotes the card: specialised, hyperscaler, long-tail, median; ? is unverified.',
    );
    process.stdout.write(`${textTable(gpuRows(), style)}\n\n${note}\n`);
  });

const show = new Command('show')
  .description('Shows one GPU with all prices known of it.')
  .argument('<gpu>')
  .option('--json', 'print one JSON document and nothing else')
  .action((name, { json }) => {
    const gpu = findGpu(name);
    if (json) return printJson(asJson(gpu));
    const style = textStyle(process.stdout);
    const prices = pricesOf(name);
    const lines = [
      style.bold(gpu.name),
      `  ${gpu.bf16Tflops} TFLOPS dense in ${gpu.hasBf16 === false ? 'fp16; no bf16' : 'bf16'}, ${gpu.fp8Tflops === undefined ? 'no fp8' : `${gpu.fp8Tflops} in fp8`}`,
      `  ${(gpu.memoryBytes / 1e9).toFixed(1)} GB as CUDA or HIP reports them, ${gpu.bandwidthGBps} GB/s`,
      `  ${gpu.linkGBps} GB/s per direction over ${gpu.linkKind}, ${gpu.tdpWatts} W`,
      `  Step times: ${efficiencies.byGpu[gpu.name] === undefined ? 'from the data sheet' : 'efficiencies fitted on measurements of this GPU'}`,
      `  Source: ${gpu.source}${gpu.unverified === undefined ? '' : `; from memory: ${gpu.unverified}`}`,
      '',
      prices.length === 0 ? '  No price is known.' : indent(textTable(priceRows(prices), style)),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });

export const hardwareCommand = new Command('hardware')
  .summary('the catalogue of GPUs and their prices')
  .description('The catalogue of GPUs and their prices.')
  .addCommand(list)
  .addCommand(show);

/** The fitted efficiencies mean nothing one by one, so they are not shown. */
function asJson(gpu: Gpu) {
  const hasEfficiencies = efficiencies.byGpu[gpu.name] !== undefined;
  return { ...gpu, hasEfficiencies, prices: pricesOf(gpu.name) };
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
