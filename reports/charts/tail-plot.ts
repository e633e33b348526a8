import type { TopLevelSpec } from 'vega-lite';
import type { StrategySummary } from '../summary.ts';

/**
 * Latency over 1/(1-q) on a logarithmic axis, so that p90, p99 and p99.9 stand at equal distances
 * and the tail gets the room it deserves. Dashed where fewer than ten requests of a run lie beyond.
 */
export function tailPlot(strategies: readonly StrategySummary[], sloMs?: number): TopLevelSpec {
  const values = strategies.flatMap(({ name, ttftTail }) => {
    const firstThin = ttftTail.findIndex(({ thin }) => thin);
    // The last solid point starts the dashed part too, or the line would have a hole.
    const joint = firstThin > 0 ? [{ ...ttftTail[firstThin - 1]!, thin: true }] : [];
    return [...ttftTail, ...joint].map((point) => ({ ...point, strategy: name }));
  });
  const sloRule = {
    data: { values: [{ limit: sloMs }] },
    mark: { type: 'rule' as const, strokeDash: [2, 3], color: '#c00' },
    encoding: { y: { field: 'limit', type: 'quantitative' as const } },
  };
  return {
    width: 720,
    height: 320,
    data: { values },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: {
            field: 'oneIn',
            type: 'quantitative',
            scale: { type: 'log', nice: false },
            title: 'quantile',
            axis: {
              values: [1, 2, 10, 100, 1_000, 10_000, 100_000],
              labelExpr:
                "datum.value == 1 ? 'min' : datum.value == 2 ? 'p50' : 'p' + format(100 - 100 / datum.value, '~f')",
            },
          },
          y: {
            field: 'ms',
            type: 'quantitative',
            scale: { type: 'log', nice: false },
            title: 'TTFT, ms',
            axis: { tickCount: 6, format: '~s' },
          },
          color: {
            field: 'strategy',
            type: 'nominal',
            sort: strategies.map(({ name }) => name),
            title: null,
          },
          strokeDash: { field: 'thin', type: 'nominal', legend: null, scale: dashScale },
        },
      },
      ...(sloMs === undefined ? [] : [sloRule]),
    ],
  };
}

const dashScale = {
  domain: [false, true],
  range: [
    [1, 0],
    [4, 3],
  ],
};
