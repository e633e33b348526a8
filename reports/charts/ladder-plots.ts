import type { TopLevelSpec } from 'vega-lite';
import type { Ladder, LadderPoint } from '../ladder.ts';
import { axisText, byKnee } from '../ladder-text.ts';
import { type MetricName, metrics } from '../metrics.ts';

/**
 * A latency over what is asked of the fleet, on a logarithmic axis: the lines go through the places
 * where all seeds were run, dots are the places of single searches, and hollow are those where most
 * seeds fell behind, so that the figure only says how long the run was.
 */
export function ladderLatencyPlot(
  ladder: Ladder,
  metric: 'ttftP99Ms' | 'tpotP99Ms',
  limitMs?: number,
): TopLevelSpec {
  const rule = {
    data: { values: [{ limit: limitMs }] },
    mark: { type: 'rule' as const, strokeDash: [2, 3], color: '#c00' },
    encoding: { y: { field: 'limit', type: 'quantitative' as const } },
  };
  return ladderPlot(ladder, {
    metric,
    logarithmic: true,
    marks: limitMs === undefined ? [] : [rule],
  });
}

/** Requests within their SLO over what is asked of the fleet, with the knee of each strategy. */
export function ladderGoodputPlot(ladder: Ladder): TopLevelSpec {
  const knees = ladder.strategies.flatMap(({ knee, name }) =>
    knee.mean === null ? [] : [{ strategy: name, at: knee.mean }],
  );
  const rules = {
    data: { values: knees },
    mark: { type: 'rule' as const, strokeDash: [4, 3], strokeWidth: 1.5 },
    encoding: { x: { field: 'at', type: 'quantitative' as const }, color: colourOf(ladder) },
  };
  return ladderPlot(ladder, {
    metric: 'goodputRps',
    logarithmic: false,
    marks: knees.length === 0 ? [] : [rules],
  });
}

interface PlotOptions {
  readonly metric: MetricName & keyof LadderPoint['metrics'];
  readonly logarithmic: boolean;
  /** Layers of its own. */
  readonly marks: readonly object[];
}

function ladderPlot(ladder: Ladder, { logarithmic, marks, metric }: PlotOptions): TopLevelSpec {
  const { label, unit } = metrics[metric];
  const values = ladder.strategies.flatMap(({ knee, name, points }) =>
    points.flatMap(({ at, metrics: figures, saturated, seeds }) => {
      const value = figures[metric];
      // A logarithm has no place for nothing.
      if (value === null || (logarithmic && value <= 0)) return [];
      const isWhole = seeds === knee.perSeed.length;
      return [{ strategy: name, at, value, isWhole, isHollow: saturated * 2 >= seeds }];
    }),
  );
  const x = {
    field: 'at',
    type: 'quantitative' as const,
    title: axisText(ladder.axis),
    scale: { zero: false, nice: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    title: `${label}, ${unit}`,
    scale: logarithmic ? { type: 'log' as const, nice: false } : { zero: false },
    axis: { tickCount: 6, format: '~s' },
  };
  const encoding = { x, y, color: colourOf(ladder) };
  const opacity = { condition: { test: 'datum.isWhole', value: 1 }, value: 0.4 };
  const dots = (test: string, filled: boolean) => ({
    transform: [{ filter: test }],
    mark: { type: 'point' as const, filled, size: filled ? 30 : 45 },
    encoding: { ...encoding, opacity },
  });
  const spec = {
    width: 720,
    height: 300,
    data: { values },
    layer: [
      {
        transform: [{ filter: 'datum.isWhole' }],
        mark: { type: 'line' as const, strokeWidth: 2 },
        encoding,
      },
      dots('!datum.isHollow', true),
      dots('datum.isHollow', false),
      ...marks,
    ],
  };
  return spec as TopLevelSpec;
}

function colourOf(ladder: Ladder) {
  const sort = byKnee(ladder).map(({ name }) => name);
  return { field: 'strategy', type: 'nominal' as const, sort, title: null };
}
