import type { Efficiency } from '../../sim/step-time/efficiency.ts';
import { stepPartsMs } from '../../sim/step-time/roofline.ts';
import { dataSheetTimes, type StepParts } from '../../sim/step-time/roofline-parts.ts';
import { fitCurve, type Unknown } from './levenberg-marquardt.ts';
import type { StepRow } from './step-rows.ts';

/** A row with its parts at the speed of the data sheet, which no fit changes. */
export interface PartedRow {
  readonly row: StepRow;
  readonly parts: Readonly<StepParts>;
  /** Rows of one source, GPU, model, TP, weights and kind together count as much as any others. */
  readonly group: string;
}

/**
 * The rows that say something about a card: without the older of two sets of kernels, and without
 * the all-reduce of a PCIe machine with many cards, which says more about that machine.
 */
export function partedRows(rows: readonly StepRow[]): PartedRow[] {
  return rows.filter(isAboutTheCard).map((row) => {
    const { gpu, model, tensorParallelSize, weights, shape } = row;
    const times = dataSheetTimes({ gpu, model, tensorParallelSize, weights });
    const parts = times.emptyParts();
    times.fill(parts, shape);
    const names = [row.source, gpu.name, model.name, tensorParallelSize, weights, row.kind];
    return { row, parts, group: names.join('/') };
  });
}

function isAboutTheCard({ source, gpu, kernels, tensorParallelSize }: StepRow): boolean {
  if (gpu.name === 'H100-SXM' && kernels === '0.14.0') return false;
  const isPcie = gpu.linkGBps <= 64;
  return source === 'LLMServingSim' || !isPcie || tensorParallelSize <= 2;
}

/**
 * LLMServingSim measured attention on prompts and decodes together; aiconfigurator measured them
 * apart, so that its mixed steps are sums by construction.
 */
export function usesSharedKernel({ source }: StepRow): boolean {
  return source === 'LLMServingSim';
}

export function efficiencyPredictor(efficiency: Efficiency): (row: PartedRow) => number {
  return ({ row, parts }) => stepPartsMs(parts, efficiency, usesSharedKernel(row));
}

export function fitEfficiency(rows: readonly PartedRow[], start?: Efficiency): Efficiency {
  const unknowns =
    start === undefined
      ? bounds
      : bounds.map((bound, i) => ({ ...bound, start: valuesOf(start)[i]! }));
  const logMs = Float64Array.from(rows, ({ row }) => Math.log(row.ms));
  const x = fitCurve({
    unknowns,
    weights: groupWeights(rows),
    residuals: (values) => {
      const predict = efficiencyPredictor(efficiencyOf(values));
      return Float64Array.from(rows, (row, i) => Math.log(predict(row)) - logMs[i]!);
    },
  });
  return efficiencyOf(x.map((value) => Number(value.toPrecision(4))));
}

function groupWeights(rows: readonly PartedRow[]): Float64Array {
  const counts = new Map<string, number>();
  for (const { group } of rows) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Float64Array.from(rows, ({ group }) => 1 / counts.get(group)!);
}

/** In the order of `efficiencyOf`. */
const bounds: readonly Unknown[] = [
  { start: 0.8, least: 0.3, most: 1.2 },
  { start: 0.9, least: 0.3, most: 1.2 },
  { start: 0.8, least: 0.2, most: 1.5 },
  { start: 0.5, least: 0.1, most: 1.5 },
  { start: 0.5, least: 0.1, most: 1.2 },
  { start: 0.008, least: 0, most: 0.1 },
  { start: 0.04, least: 0, most: 0.2 },
  { start: 0.1, least: 0, most: 3 },
  { start: 2, least: 1, most: 10 },
  { start: 4, least: 0, most: 12 },
  { start: 1, least: 0, most: 5 },
  { start: 0.001, least: 0, most: 0.05 },
  { start: 20, least: 0, most: 60 },
  { start: 0.1, least: 0, most: 5 },
  { start: 0.5, least: 0, most: 5 },
  { start: 0.01, least: 0, most: 0.1 },
  { start: 0.05, least: 0, most: 1 },
];

function efficiencyOf(x: readonly number[]): Efficiency {
  return {
    weightBandwidth: x[0]!,
    compute: x[1]!,
    kvBandwidth: x[2]!,
    attention: x[3]!,
    link: x[4]!,
    head: 1,
    allReduceMs: x[5]!,
    layerMs: x[6]!,
    stepMs: x[7]!,
    overlapNorm: x[8]!,
    elementwise: x[9]!,
    meanContext: x[10]!,
    sequenceMs: x[11]!,
    historyNs: x[12]!,
    mixed: {
      kvCache: x[13]!,
      sharedKernelKvCache: x[14]!,
      layerMs: x[15]!,
      compute: x[16]!,
    },
  };
}

function valuesOf(efficiency: Efficiency): number[] {
  const { mixed, ...e } = efficiency;
  return [
    e.weightBandwidth,
    e.compute,
    e.kvBandwidth,
    e.attention,
    e.link,
    e.allReduceMs,
    e.layerMs,
    e.stepMs,
    e.overlapNorm,
    e.elementwise,
    e.meanContext,
    e.sequenceMs,
    e.historyNs,
    mixed.kvCache,
    mixed.sharedKernelKvCache,
    mixed.layerMs,
    mixed.compute,
  ];
}
