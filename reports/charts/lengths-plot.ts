import type { TopLevelSpec } from 'vega-lite';
import type { HistogramBin, TrafficFacts, TrafficPreview } from '../traffic/preview.ts';
import { tenantColour } from './arrivals-plot.ts';

/**
 * How long prompts or answers are, on a logarithmic axis: bars, or a line for each tenant. Lines
 * at p50, p90 and p99 of all.
 */
export function lengthsPlot(
  { all, tenants }: TrafficPreview,
  which: 'prompt' | 'answer',
): TopLevelSpec {
  const { p50, p90, p99 } = all[which];
  const named = Object.entries({ p50, p90, p99 });
  const quantiles = [...new Set([p50, p90, p99])].map((tokens) => {
    const label = named.filter(([, value]) => value === tokens).map(([name]) => name);
    return { tokens, label: label.join(', ') };
  });
  const marks = tenants.length === 0 ? bars(all[which].histogram) : outlines(tenants, which);
  const at = { field: 'tokens', type: 'quantitative' as const };
  return {
    width: 720,
    height: 180,
    layer: [
      marks,
      {
        data: { values: quantiles },
        mark: { type: 'rule', strokeDash: [4, 3], color: '#888' },
        encoding: { x: at },
      },
      {
        data: { values: quantiles },
        mark: { type: 'text', align: 'left', dx: -6, y: -6, color: 'currentColor', fontSize: 12 },
        encoding: { x: at, text: { field: 'label' } },
      },
    ],
  } as TopLevelSpec;
}

function bars(histogram: readonly HistogramBin[]) {
  return {
    data: { values: histogram.map((bin) => ({ ...bin, floor: 0 })) },
    mark: { type: 'rect', stroke: '#8888' },
    encoding: { ...xAxis(), x2: { field: 'until' }, ...yAxis('requests'), y2: { field: 'floor' } },
  };
}

/** A step from edge to edge of the bins; it begins and ends at zero. */
function outlines(tenants: readonly TrafficFacts[], which: 'prompt' | 'answer') {
  const values = tenants.flatMap(({ [which]: { histogram }, name: tenant }) => {
    const [first, last] = [histogram[0], histogram.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      { tenant, from: first.from, share: 0 },
      ...histogram.map(({ from, share }) => ({ tenant, from, share })),
      { tenant, from: last.until, share: 0 },
    ].map((point, order) => ({ ...point, order }));
  });
  return {
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
    encoding: {
      ...xAxis(),
      ...yAxis('its requests'),
      order: { field: 'order', type: 'quantitative' },
      color: tenantColour(tenants.map(({ name }) => name)),
    },
  };
}

function xAxis() {
  return {
    x: {
      field: 'from',
      type: 'quantitative',
      title: 'tokens',
      scale: { type: 'log', nice: false },
      axis: { format: '~s', tickCount: 8 },
    },
  };
}

function yAxis(of: string) {
  return {
    y: {
      field: 'share',
      type: 'quantitative',
      title: `share of ${of}`,
      axis: { format: '.0%', tickCount: 5 },
    },
  };
}
