import type { TopLevelSpec } from 'vega-lite';
import type { StrategySummary } from '../summary.ts';

/** How evenly the tokens were spread: one row per strategy, one mark per replica. */
export function replicaSharePlot(strategies: readonly StrategySummary[]): TopLevelSpec {
  const values = strategies.flatMap(({ name, replicas }) => {
    const sum = replicas.reduce((total, { tokens }) => total + tokens, 0);
    return replicas.map(({ replica, tokens }) => ({
      strategy: name,
      replica,
      share: sum > 0 ? tokens / sum : 0,
    }));
  });
  // Fleets of different sizes have no equal share in common.
  const sizes = [...new Set(strategies.map(({ replicas }) => Math.max(1, replicas.length)))];
  const even = sizes.length === 1 ? [{ even: 1 / sizes[0]! }] : [];
  return {
    width: 720,
    height: { step: 30 },
    data: { values },
    layer: [
      {
        data: { values: even },
        mark: { type: 'rule', color: '#8888', strokeDash: [4, 3] },
        encoding: { x: { field: 'even', type: 'quantitative' } },
      },
      {
        mark: { type: 'tick', thickness: 3, height: 16, opacity: 0.75 },
        encoding: {
          x: {
            field: 'share',
            type: 'quantitative',
            title: `share of all tokens, one mark per replica${even.length === 0 ? '' : '; dashed: an equal share'}`,
            scale: { zero: false, nice: true },
            axis: { format: '.2%', tickCount: 6 },
          },
          y: {
            field: 'strategy',
            type: 'nominal',
            sort: strategies.map(({ name }) => name),
            title: null,
          },
          color: {
            field: 'strategy',
            type: 'nominal',
            sort: strategies.map(({ name }) => name),
            legend: null,
          },
        },
      },
    ],
  };
}
