import type { TopLevelSpec } from 'vega-lite';
import type { GateRow, GateScenario } from '../gate/result.ts';

/**
 * A forest plot: how much worse each figure has become, with its interval, over a band of what is
 * tolerated. What lies right of its band is a regression. Undefined when nothing was judged.
 */
export function gateEffectsPlot({ rows }: GateScenario): TopLevelSpec | undefined {
  if (rows.length === 0) return undefined;
  const values = rows.map(({ interval, label, outcome, worsening, ...row }) => ({
    label,
    outcome,
    worsening,
    low: interval?.low ?? worsening,
    high: interval?.high ?? worsening,
    least: -toleratedShare(row),
    most: toleratedShare(row),
  }));
  const y = {
    field: 'label',
    type: 'nominal' as const,
    sort: rows.map(({ label }) => label),
    title: null,
    axis: { labelLimit: 260 },
  };
  const outcomes = ['identical', 'pass', 'inconclusive', 'regress'];
  const color = {
    field: 'outcome',
    type: 'nominal' as const,
    scale: { domain: outcomes, range: ['#7f7f7f', '#0072b2', '#e69f00', '#d55e00'] },
    legend: null,
  };
  const x = {
    field: 'low',
    type: 'quantitative' as const,
    title: 'worse by (95 % interval); the band is what is tolerated',
    axis: { format: '+.1%' },
  };
  return {
    width: 640,
    height: { step: 26 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', color: '#8883', height: 22 },
        encoding: { x: { ...x, field: 'least' }, x2: { field: 'most' }, y },
      },
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', color: '#8888' },
        encoding: { x: { field: 'zero', type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 3 },
        encoding: { x, x2: { field: 'high' }, y, color },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: { x: { field: 'worsening', type: 'quantitative' }, y, color },
      },
    ],
  };
}

/** The floor is a share of the figure as well. */
function toleratedShare({
  base,
  floorMs,
  kind,
  tolerance,
}: Pick<GateRow, 'base' | 'floorMs' | 'kind' | 'tolerance'>): number {
  return kind === 'latency' && base > 0 ? Math.max(tolerance, floorMs / base) : tolerance;
}
