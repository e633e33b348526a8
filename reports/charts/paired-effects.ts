import type { TopLevelSpec } from 'vega-lite';
import { type MetricName, metrics } from '../metrics.ts';
import type { StrategySummary } from '../summary.ts';

/**
 * A forest plot: how much worse each strategy is than the best one, with the interval of the paired
 * difference. An interval that crosses zero is a tie. Undefined when there is nothing to compare.
 */
export function pairedEffectsPlot(
  strategies: readonly StrategySummary[],
  metric: MetricName,
): TopLevelSpec | undefined {
  const best = strategies.find((strategy) => strategy.metrics[metric].standing === 'best');
  const values = strategies.flatMap(({ name, metrics: figures }) => {
    const change = figures[metric].versusBest;
    if (change?.interval == null || change.kind !== 'ratio') return [];
    return [{ strategy: name, estimate: change.estimate, ...change.interval }];
  });
  if (best === undefined || values.length === 0) return undefined;
  const y = {
    field: 'strategy',
    type: 'nominal' as const,
    sort: strategies.map(({ name }) => name),
    title: null,
  };
  return {
    width: 720,
    height: { step: 30 },
    data: { values },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', color: '#8888' },
        encoding: { x: { field: 'zero', type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 3 },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative',
            title: `${metrics[metric].label} against ${best.name}, 95 % interval`,
            axis: { format: '+.0%' },
          },
          x2: { field: 'high' },
          y,
        },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: { x: { field: 'estimate', type: 'quantitative' }, y },
      },
    ],
  };
}
